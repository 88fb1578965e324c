"""How fast top tokens are found: our batched pass against the report's plan, sentence by sentence, in turns."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from ccds_core.attending import find_bert
from ccds_core.checkpoints import load_classifier
from ccds_core.classifier import TextClassifier
from ccds_core.data.vocabulary import Encoding
from ccds_core.data.words import split_words
from ccds_core.errors import InvalidInputError
from ccds_core.token_options import TokenOptions
from ccds_core.token_pass import read_words
from ccds_core.token_results import load_part
from ccds_core.tokens import build_table
from ccds_core.word_readings import SentenceReadings, join_readings

TURNS = 10  # each side reads a tenth, then the other reads the same tenth
PADDED_SHARE = 20  # one in so many sentences is also read padded: the whole would take minutes


@dataclass(frozen=True)
class TokenBench:
    """Seconds of both, over the same sentences in one run."""

    model: str
    n: int
    mean_tokens: float  # of a sentence, special ones included
    ours: float
    plan: float
    kept_megabytes: float  # attention that the plan keeps
    padded_to: int  # tokens
    padded: float  # the plan where each sentence is padded; measured on every `PADDED_SHARE`th, scaled up
    same: float  # share of (class, word) sums of the report's procedure that both agree on within 1e-4
    threads: int

    @property
    def ratio(self) -> float:
        """How many times faster we are than the plan without padding."""
        return self.plan / self.ours

    def sentence(self) -> str:
        """The result in words."""
        return (
            f"{self.n:,} test sentences of {self.mean_tokens:.0f} tokens by {self.model}, {self.threads} threads: one "
            f"batched pass {self.ours:.1f} s; the report's plan, sentence by sentence with all attention kept "
            f"({self.kept_megabytes:.0f} MB), {self.plan:.1f} s, {self.ratio:.1f} times as long; padded to the model's "
            f"{self.padded_to} tokens {self.padded:.0f} s, {self.padded / self.ours:.1f} times as long (from one in "
            f"{PADDED_SHARE}). The sums agree in {self.same:.1%} of the words."
        )


@dataclass
class Plan:
    """The report's six steps for one sentence after the other, in its own order and with nothing left out."""

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
            answer = find_bert(self.classifier).network(
                input_ids=token_ids, attention_mask=mask.long(), output_attentions=True
            )
        attention = torch.stack(answer.attentions)[:, 0].numpy()  # (L, H, T, T)
        self.attention.append(attention)
        self.tokens += len(encoding.tokens)
        scores = [0.0] * len(encoding.words)
        for word, score in zip(encoding.word_of, attention[-1].mean(axis=0)[0].tolist(), strict=False):
            if word is not None:
                scores[word] += score
        if scores:
            top = max(range(len(scores)), key=scores.__getitem__)
            self.sums[int(answer.logits.argmax()), encoding.words[top]] += scores[top]

    def _pad(self, encoding: Encoding) -> tuple[torch.Tensor, torch.Tensor]:
        more = (0, max(0, self.pad_to - encoding.mask.shape[1]))
        return torch.nn.functional.pad(encoding.token_ids, more), torch.nn.functional.pad(encoding.mask, more)


def bench_token_pass(model: str, n: int) -> TokenBench:
    """Read n test sentences both ways, in alternating turns; a minute on two cores for 2,000."""
    classifier = load_classifier(model)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{model}' looks at pictures; this measures BERT runs.")
    texts = load_part(classifier, "test").texts
    texts = [texts[row] for row in np.linspace(0, len(texts) - 1, min(n, len(texts))).astype(int)]
    pad_to = classifier.encoder.max_tokens  # type: ignore[attr-defined]  # every encoder of a BERT has one
    plan, padded = Plan(classifier), Plan(classifier, pad_to)
    parts: list[SentenceReadings] = []
    seconds: dict[str, float] = defaultdict(float)
    list(read_words(classifier, texts[:TURNS]))  # warm
    for rows in np.array_split(np.arange(len(texts)), TURNS):
        own = [texts[row] for row in rows]
        start = time.perf_counter()
        for part in read_words(classifier, own):
            parts.append(_move(part, rows))
        seconds["ours"] += time.perf_counter() - start
        for name, each, some in (("plan", plan, own), ("padded", padded, own[::PADDED_SHARE])):
            start = time.perf_counter()
            for text in some:
                each.read(text)
            seconds[name] += time.perf_counter() - start
        padded.attention.clear()
    return TokenBench(
        model=model,
        n=len(texts),
        mean_tokens=plan.tokens / len(texts),
        ours=seconds["ours"],
        plan=seconds["plan"],
        kept_megabytes=sum(attention.nbytes for attention in plan.attention) / 1e6,
        padded_to=pad_to,
        padded=seconds["padded"] * len(texts) / sum(len(rows[::PADDED_SHARE]) for rows in np.array_split(texts, TURNS)),
        same=_compare(parts, plan, classifier.classes),
        threads=torch.get_num_threads(),
    )


def _move(part: SentenceReadings, rows: NDArray[np.int64]) -> SentenceReadings:
    """The part of a turn, its places counted over all turns."""
    return replace(part, places=tuple(int(rows[place]) for place in part.places))


def _compare(parts: Sequence[SentenceReadings], plan: Plan, classes: tuple[str, ...]) -> float:
    table = build_table(join_readings(parts, classes), "workshop", TokenOptions())
    found = {
        (int(target), table.readings.words[word]): float(table.scores[word, target])
        for word, target in zip(*np.nonzero(table.tally.counts), strict=True)
    }
    both = found.keys() | plan.sums.keys()
    return sum(abs(found.get(key, 0.0) - plan.sums.get(key, 0.0)) < 1e-4 for key in both) / max(1, len(both))
