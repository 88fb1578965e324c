"""The verb `tokens`: the most attended words of each class on one part of a run's data; and its measurement."""

import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from ccds_core.checks import one_of, raise_faults
from ccds_core.cli_train import INTERRUPTED
from ccds_core.errors import CheckpointError, InvalidInputError

if TYPE_CHECKING:
    from ccds_core.classifier import TextClassifier
    from ccds_core.token_evidence import TokenScore
    from ccds_core.token_options import TokenOptions
    from ccds_core.word_readings import WordReadings

MOST = 1_000  # words a list
FIELDS = ("token", "score", "n", "low", "high")
PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Asked:
    """What is to be listed; each field is an option of the verb."""

    model: Annotated[str, typer.Option(help="A run of the family 'bert'.")] = "bert-emotion"
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test"
    method: Annotated[
        str, typer.Option(help="workshop (the report's), contrast (corrected), integrated-gradients or log-odds.")
    ] = "contrast"
    measure: Annotated[str, typer.Option(help="For workshop and contrast: cls, received, rollout or gradient.")] = "cls"
    by: Annotated[str, typer.Option(help="The class of a sentence: predicted or true.")] = "predicted"
    correct_only: Annotated[bool, typer.Option("--correct-only", help="Only sentences answered right.")] = False
    top: Annotated[int, typer.Option(help="Words a class.")] = 10
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute anew, even where results are shipped.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


def tokens(**choices: Any) -> None:
    """The most attended words of each class, with n and 95 % interval."""
    from ccds_core.token_options import TokenOptions
    from ccds_core.tokens import METHODS

    asked = Asked(**choices)
    raise_faults([*one_of("--method", asked.method, tuple(METHODS)), *one_of("--split", asked.split, PARTS)])
    if not 1 <= asked.top <= MOST:
        raise InvalidInputError(f"--top is from 1 to {MOST:,}, got {asked.top}.")
    options = TokenOptions(measure=asked.measure, group=asked.by, correct_only=asked.correct_only)
    try:
        lists = find_lists(asked, options)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(INTERRUPTED)
    if asked.as_json:
        classes = {
            name: [{field: asdict(score)[field] for field in FIELDS} for score in scores]
            for name, scores in lists.items()
        }
        said = {"model": asked.model, "split": asked.split, "method": asked.method, "classes": classes}
        typer.echo(json.dumps(said, indent=2))
        return
    for line in table_lines(lists, asked.method):
        typer.echo(line)


# typer reads a verb's options from its signature: here it is the record's
tokens.__signature__ = inspect.signature(Asked)  # type: ignore[attr-defined]
tokens.__annotations__ = get_type_hints(Asked, include_extras=True)


def find_lists(asked: Asked, options: "TokenOptions") -> "Mapping[str, Sequence[TokenScore]]":
    """The shipped lists where they answer what is asked, else those of a pass over the texts."""
    from ccds_core.checkpoints import load_classifier
    from ccds_core.classifier import TextClassifier
    from ccds_core.token_evidence import list_tokens
    from ccds_core.tokens import build_table

    shipped = None if asked.fresh else _find_shipped(asked, options)
    if shipped is not None:
        return shipped
    classifier = load_classifier(asked.model)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{asked.model}' looks at pictures, and pictures have no words. Choose a BERT run.")
    readings = _read(classifier, asked, options)
    return list_tokens(build_table(readings, asked.method, options), asked.top)


def table_lines(lists: "Mapping[str, Sequence[TokenScore]]", method: str) -> list[str]:
    """One line per word, a heading per class."""
    from ccds_core.tokens import METHODS

    lines = [f"{METHODS[method].label}: score in {METHODS[method].unit}, n sentences, 95 % bootstrap interval"]
    for name, scores in lists.items():
        lines += ["", name]
        lines += [
            f"  {score.token:20.20s} {score.score:8.2f}  n {score.n:5d}  {score.low:8.2f} to {score.high:.2f}"
            for score in scores
        ]
        lines += [] if scores else ["  no word stands in enough sentences"]
    return lines


def bench_tokens(
    model: Annotated[str, typer.Option(help="A run of the family 'bert'.")] = "bert-emotion",
    n: Annotated[int, typer.Option(help="Test sentences, spread over all lengths.")] = 2_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Top tokens: our batched pass against the report's plan, one sentence after the other."""
    from ccds_core.bench_tokens import bench_token_pass

    result = bench_token_pass(model, n)
    typer.echo(json.dumps(asdict(result) | {"ratio": result.ratio}, indent=2) if as_json else result.sentence())


def _find_shipped(asked: Asked, options: "TokenOptions") -> "Mapping[str, Sequence[TokenScore]] | None":
    from ccds_core.run_folders import find_run
    from ccds_core.token_results import SHOWN, load_results

    record = find_run(asked.model)
    try:
        results = load_results(record, asked.split)
    except CheckpointError as error:
        typer.echo(f"{error} The lists are computed anew.", err=True)
        return None
    view = next((view for view in results.views.values() if view.options == options), None) if results else None
    if view is None or asked.top > SHOWN or asked.method not in view.lists:
        return None
    return {name: scores[: asked.top] for name, scores in view.lists[asked.method].items()}


def _read(classifier: "TextClassifier", asked: Asked, options: "TokenOptions") -> "WordReadings":
    """A pass over the part, with a bar on the terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from ccds_core.token_pass import read_words
    from ccds_core.token_results import load_part
    from ccds_core.word_readings import join_readings

    data = load_part(classifier, asked.split)
    measure = "integrated" if asked.method == "integrated-gradients" else options.measure
    console = Console(stderr=True)
    parts = []
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading", total=len(data.texts))
        for part in read_words(classifier, data.texts, (measure,)):
            parts.append(part)
            progress.advance(task, len(part.places))
    return join_readings(parts, classifier.classes, data.labels)
