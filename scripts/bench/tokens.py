"""How fast top tokens are computed: our batched pass against the report's method, one sentence after the other."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from ccds_core.data.normalize import split_words
from ccds_core.data.word_tokenizer import Encoding
from ccds_core.errors import InvalidInputError
from ccds_core.explain.top_tokens.corpus_pass import read_words
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.readings import SentenceReadings, join_readings
from ccds_core.explain.top_tokens.results import load_part
from ccds_core.explain.top_tokens.table import build_table
from ccds_core.models.bert import find_bert
from ccds_core.models.classifier import TextClassifier
from ccds_core.results import percent
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier

ROUNDS = 10  # each side reads a tenth of the sentences, then the other reads the same tenth
PADDED_EVERY = 20  # every 20th sentence is also read padded: all of them would take minutes


@dataclass(frozen=True)
class TokenBench:
    """Seconds of both, over the same sentences in one run."""

    model: str
    n: int
    mean_tokens: float  # of a sentence, special ones included
    ours: float
    report: float  # the report's method
    kept_megabytes: float  # attention that the report's method keeps
    padded_to: int  # tokens
    padded: float  # the report's method where each sentence is padded; measured on every `PADDED_EVERY`th, scaled up
    same: float  # fraction of the (class, word) sums that agree within 1e-4
    threads: int

    @property
    def ratio(self) -> float:
        """How many times faster our pass is than the report's method without padding."""
        return self.report / self.ours

    def sentence(self) -> str:
        """The result in words."""
        return (
            f"{self.n:,} test sentences of {self.mean_tokens:.0f} tokens by {self.model}, {self.threads} threads: one "
            f"batched pass {self.ours:.1f} s; the report's method, sentence by sentence with all attention kept "
            f"({self.kept_megabytes:.0f} MB), {self.report:.1f} s, {self.ratio:.1f} times as long; padded to the "
            f"model's {self.padded_to} tokens {self.padded:.0f} s, {self.padded / self.ours:.1f} times as long (from "
            f"one in {PADDED_EVERY}). The sums agree for {percent(self.same, 1)} of the words."
        )


@dataclass
class ReportMethod:
    """The report's six steps for one sentence after the other, in its order and with nothing left out."""

    classifier: TextClassifier
    pad_to: int = 0  # tokens; 0 = as long as the sentence
    attention: list[NDArray[np.float32]] = field(default_factory=list)  # (L, H, T, T) of each sentence
    sums: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    tokens: int = 0

    def read(self, text: str) -> None:
        """Predicted class, most attended word and its score, added up."""
        encoding = self.classifier.encode(split_words(text))
        token_ids, mask = self._pad(encoding)
        with torch.no_grad():
            output = find_bert(self.classifier).network(
                input_ids=token_ids, attention_mask=mask.long(), output_attentions=True
            )
        attention = torch.stack(output.attentions)[:, 0].numpy()  # (L, H, T, T)
        self.attention.append(attention)
        self.tokens += len(encoding.tokens)
        scores = [0.0] * len(encoding.words)
        for word, score in zip(encoding.word_of, attention[-1].mean(axis=0)[0].tolist(), strict=False):
            if word is not None:
                scores[word] += score
        if scores:
            top = max(range(len(scores)), key=scores.__getitem__)
            self.sums[int(output.logits.argmax()), encoding.words[top]] += scores[top]

    def _pad(self, encoding: Encoding) -> tuple[torch.Tensor, torch.Tensor]:
        more = (0, max(0, self.pad_to - encoding.mask.shape[1]))
        return torch.nn.functional.pad(encoding.token_ids, more), torch.nn.functional.pad(encoding.mask, more)


def bench_token_pass(model: str, n: int) -> TokenBench:
    """Read n test sentences both ways, in alternating rounds; a minute on two cores for 2,000."""
    classifier = load_classifier(find_run(model))
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{model}' is an image run; this benchmark takes BERT runs.")
    texts = load_part(classifier, "test").texts
    texts = [texts[row] for row in np.linspace(0, len(texts) - 1, min(n, len(texts))).astype(int)]
    pad_to = classifier.encoder.max_tokens  # type: ignore[attr-defined]  # every encoder of a BERT has one
    report, padded = ReportMethod(classifier), ReportMethod(classifier, pad_to)
    parts: list[SentenceReadings] = []
    seconds: dict[str, float] = defaultdict(float)
    list(read_words(classifier, texts[:ROUNDS]))  # warm
    for rows in np.array_split(np.arange(len(texts)), ROUNDS):
        part_texts = [texts[row] for row in rows]
        start = time.perf_counter()
        for part in read_words(classifier, part_texts):
            parts.append(_move(part, rows))
        seconds["ours"] += time.perf_counter() - start
        for name, method, some in (
            ("report", report, part_texts),
            ("padded", padded, part_texts[::PADDED_EVERY]),
        ):
            start = time.perf_counter()
            for text in some:
                method.read(text)
            seconds[name] += time.perf_counter() - start
        padded.attention.clear()
    n_padded = sum(len(rows[::PADDED_EVERY]) for rows in np.array_split(texts, ROUNDS))
    return TokenBench(
        model=model,
        n=len(texts),
        mean_tokens=report.tokens / len(texts),
        ours=seconds["ours"],
        report=seconds["report"],
        kept_megabytes=sum(attention.nbytes for attention in report.attention) / 1e6,
        padded_to=pad_to,
        padded=seconds["padded"] * len(texts) / n_padded,
        same=_compare(parts, report, classifier.classes),
        threads=torch.get_num_threads(),
    )


def _move(part: SentenceReadings, rows: NDArray[np.int64]) -> SentenceReadings:
    """The part of a round, its rows counted over all rounds."""
    return replace(part, places=tuple(int(rows[place]) for place in part.places))


def _compare(parts: Sequence[SentenceReadings], report: ReportMethod, classes: tuple[str, ...]) -> float:
    table = build_table(join_readings(parts, classes), "workshop", TokenOptions())
    sums = {
        (int(target), table.readings.words[word]): float(table.scores[word, target])
        for word, target in zip(*np.nonzero(table.tally.counts), strict=True)
    }
    both = sums.keys() | report.sums.keys()
    return sum(abs(sums.get(key, 0.0) - report.sums.get(key, 0.0)) < 1e-4 for key in both) / max(1, len(both))
