"""The report's six most attentive tokens, and what our readings say for or against each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.top_tokens.evidence import bootstrap
from ccds_core.explain.top_tokens.table import TokenTable
from ccds_core.validation import STRICT_JSON

# workshop report, Task 6
REPORT_TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "sadness": "depressed",
        "anger": "feeling",
        "love": "fond",
        "surprise": "overwhelmed",
        "fear": "shy",
        "joy": "feel",
    }
)
FOLLOWED = tuple(dict.fromkeys(("feel", "feeling", *REPORT_TOKENS.values())))  # along the ladder
VERDICTS = ("for", "against", "open")


@dataclass(frozen=True)
class ReportCheck:
    """One answer of the report beside our evidence."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    class_name: str
    token: str
    n: int  # sentences of the class that hold it
    n_all: int  # sentences of any class that hold it
    share: float  # n / n_all
    prior: float  # share of the class among all sentences
    least: int  # minimum count of the class
    score: float  # contrast
    low: float
    high: float
    rank: int | None  # in our corrected list; None: fewer than `least` sentences
    n_ranked: int  # words of that list
    workshop_rank: int | None  # in our run of the report's procedure; None: never on top of a sentence
    best_class: str  # the class in which it has the highest score
    our_token: str  # the first of our corrected list
    verdict: str  # "for", "against" or "open"


def check_report(corrected: TokenTable, workshop: TokenTable) -> tuple[ReportCheck, ...]:
    """For each class that the report has an answer for: "for" where the interval of the contrast is above 0 and no
    other class has a higher score, "open" where the word is too rare to rank, "against" otherwise.
    """
    classes = corrected.readings.classes
    places = {token: corrected.place_of(token) for token in REPORT_TOKENS.values() if token in corrected}
    words = np.array(sorted(places.values()), np.int64)
    ends = bootstrap(corrected, words)  # (2, v, C)
    interval = {token: ends[:, int(np.searchsorted(words, place))] for token, place in places.items()}  # (2, C) each
    return tuple(
        _check(corrected, workshop, name, interval.get(token, np.zeros((2, len(classes)))))
        for name, token in REPORT_TOKENS.items()
        if name in classes
    )


def _check(corrected: TokenTable, workshop: TokenTable, name: str, interval: NDArray[np.float64]) -> ReportCheck:
    classes, tally = corrected.readings.classes, corrected.tally
    target, token = classes.index(name), REPORT_TOKENS[name]
    none = np.zeros(len(classes))
    counts = tally.counts[corrected.place_of(token)] if token in corrected else none
    scores = corrected.scores[corrected.place_of(token)] if token in corrected else none
    low, high = interval[:, target]
    ranking, rank = corrected.ranking(target), corrected.rank_of(token, target)
    best = int(scores.argmax())
    holds = bool(low > 0) and best == target
    return ReportCheck(
        class_name=name,
        token=token,
        n=int(counts[target]),
        n_all=int(counts.sum()),
        share=float(counts[target] / max(1.0, counts.sum())),
        prior=float(tally.sizes[target] / max(1.0, tally.sizes.sum())),
        least=int(corrected.least[target]),
        score=float(scores[target]),
        low=float(low),
        high=float(high),
        rank=rank,
        n_ranked=len(ranking),
        workshop_rank=workshop.rank_of(token, target),
        best_class=classes[best],
        our_token=corrected.readings.words[ranking[0]] if len(ranking) else "",
        verdict="open" if rank is None else "for" if holds else "against",
    )
