"""The top tokens of one run on one part of its data: computed whole, shipped as counts and scores, read with checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.data.datasets import load_text_rows
from ccds_core.errors import CheckpointError, InvalidInputError
from ccds_core.explain.top_tokens.corpus_pass import read_words
from ccds_core.explain.top_tokens.corrections import CorrectionStep, run_ablation
from ccds_core.explain.top_tokens.evidence import ListAgreement, TokenScore, compare_lists, list_tokens, words_of
from ccds_core.explain.top_tokens.masking import MaskedSentence, MaskingCheck, mask_top_words, sum_up
from ccds_core.explain.top_tokens.options import CORRECTIONS, TokenOptions
from ccds_core.explain.top_tokens.readings import WordReadings, join_readings
from ccds_core.explain.top_tokens.report_check import FOLLOWED, ReportCheck, check_report
from ccds_core.explain.top_tokens.table import METHODS, build_table
from ccds_core.models.classifier import TextClassifier
from ccds_core.runs.artifacts import load_beside, path_beside, save_beside
from ccds_core.runs.records import RunRecord
from ccds_core.runs.weights import load_classifier
from ccds_core.validation import STRICT_JSON, raise_faults

WHAT = "tokens"  # in the file's name
FORMAT = 1  # raised when the numbers of today would not be those of then
SHOWN = 20  # words a list
MASKED = 10  # of them are masked
PASS = ("cls", "integrated")  # what the methods need
GROUPINGS = {  # how sentences are put into classes
    "predicted": TokenOptions(),
    "true": TokenOptions(group="true"),
    "correct": TokenOptions(correct_only=True),
}


@dataclass(frozen=True)
class LabelledPart:
    """Texts of one part of a data set, in its order, with their labels."""

    texts: list[str]
    labels: NDArray[np.int64]  # (N,)
    source: str
    digest: str  # of the whole data set


@dataclass(frozen=True)
class TokenView:
    """Every list under one grouping of the sentences."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    options: TokenOptions
    sizes: dict[str, int]  # class -> sentences
    least: dict[str, int]  # class -> minimum count
    lists: dict[str, dict[str, tuple[TokenScore, ...]]]  # method -> class -> first words
    ladder: tuple[CorrectionStep, ...]
    agreement: dict[str, dict[str, ListAgreement]]  # other method -> class -> against "contrast"
    report: tuple[ReportCheck, ...]

    def __post_init__(self) -> None:
        """What is drawn side by side has the same classes, also where it was read from a file."""
        classes = self.sizes.keys()
        class_sets = [set(part) for part in self.lists.values()] + [set(part) for part in self.agreement.values()]
        class_sets += [names for entry in self.ladder for names in (set(entry.tops), set(entry.ranks))]
        faults = ["every list needs the classes of sizes"] if any(names != classes for names in class_sets) else []
        if [entry.step for entry in self.ladder] != list(CORRECTIONS):
            faults.append("ladder needs every step once, in their order")
        if not self.lists.keys() | self.agreement.keys() <= METHODS.keys() or not classes:
            faults.append("lists and agreement are by method and class")
        raise_faults(faults)


@dataclass(frozen=True)
class TokenResults:
    """What the page shows without a pass of its own, and what it was measured on."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    format: int
    model: str
    run_digest: str
    split: str
    data_source: str
    data_digest: str
    n: int  # sentences
    n_left_out: int  # words beyond what the model reads
    hidden_share: float  # of the [CLS] row, what went to special tokens, mean over sentences
    views: dict[str, TokenView]  # a name in GROUPINGS -> its lists
    masking: dict[str, dict[str, MaskingCheck]]  # method -> predicted class -> check


def summarize(readings: WordReadings, options: TokenOptions, k: int = SHOWN) -> TokenView:
    """All lists of one grouping; those of integrated gradients only where the pass read them."""
    methods = [name for name in METHODS if name != "integrated-gradients" or "integrated" in readings.values]
    tables = {method: build_table(readings, method, options) for method in methods}
    main = tables["contrast"]
    others = [method for method in methods if method != "contrast"]
    classes = readings.classes
    return TokenView(
        options=options,
        sizes=dict(zip(classes, main.tally.sizes.astype(int).tolist(), strict=True)),
        least=dict(zip(classes, main.least.tolist(), strict=True)),
        lists={method: list_tokens(table, k) for method, table in tables.items()},
        ladder=run_ablation(readings, options, k // 2, FOLLOWED),
        agreement={method: compare_lists(main, tables[method]) for method in others},
        report=check_report(main, tables["workshop"]),
    )


def load_part(classifier: TextClassifier, part: str) -> LabelledPart:
    """ "train", "val" or "test" of the data that a classifier was trained on."""
    rows = load_text_rows(classifier.config.data)
    if rows.classes != classifier.classes:
        raise CheckpointError(f"Run '{classifier.name}' was trained on other classes than the data set here has.")
    rows_of_part = rows.split.part(part)
    return LabelledPart([rows.texts[row] for row in rows_of_part], rows.labels[rows_of_part], rows.source, rows.digest)


def measure_tokens(
    classifier: TextClassifier, record: RunRecord, part: str
) -> Iterator[tuple[int, int] | TokenResults]:
    """Yields (done, of all) while it reads, then while it masks, and at the end the results."""
    data = load_part(classifier, part)
    texts = data.texts
    parts, done = [], 0
    for read in read_words(classifier, texts, PASS):
        parts.append(read)
        done += len(read.places)
        yield done, len(texts)
    readings = join_readings(parts, classifier.classes, data.labels)
    views = {name: summarize(readings, options) for name, options in GROUPINGS.items()}
    masking = {}
    for method, lists in views["predicted"].lists.items():
        tops = {name: words[:MASKED] for name, words in words_of(lists).items()}
        masked: list[MaskedSentence] = []
        for some in mask_top_words(classifier, texts, readings, tops):
            masked += some
            yield len(masked), len(texts)
        masking[method] = sum_up(masked, tops)
    yield TokenResults(
        format=FORMAT,
        model=record.name,
        run_digest=record.digest,
        split=part,
        data_source=data.source,
        data_digest=data.digest,
        n=len(readings),
        n_left_out=readings.n_left_out,
        hidden_share=readings.hidden_share("cls"),
        views=views,
        masking=masking,
    )


def results_path(model: str) -> Path:
    """Where the results of a run are shipped: beside its folder."""
    return path_beside(model, WHAT)


def save_results(results: TokenResults) -> Path:
    """Write them beside the shipped runs, numbers rounded to what they can mean."""
    return save_beside(results, WHAT)


def ship_results(record: RunRecord, part: str = "test") -> str:
    """Measure a run's top tokens, write them beside the shipped runs, and say so; minutes, mostly for gradients."""
    classifier = load_classifier(record)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{record.name}' classifies images, which have no words. Choose a BERT run.")
    *_, results = measure_tokens(classifier, record, part)
    assert isinstance(results, TokenResults)
    save_results(results)
    return f"Top tokens of '{record.name}' measured on {results.n:,} {part} texts."


def load_results(record: RunRecord, part: str) -> TokenResults | None:
    """The shipped results of a run on one part of its data; None where there are none.

    A file that is damaged, or made with other weights or other data than the run's, is a `CheckpointError`.
    """
    results: TokenResults | None = load_beside(record, WHAT, TokenResults, FORMAT)
    if results is None:
        return None
    if results.data_digest != record.metrics.data_digest:
        raise CheckpointError(
            f"'{results_path(record.name).name}' was made on other data than '{record.name}' was trained on."
        )
    return results if results.split == part else None
