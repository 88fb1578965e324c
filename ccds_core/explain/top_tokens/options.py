"""How the most attended tokens of a class are counted: one switch per correction, and the ladder that turns them on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar

from ccds_core.explain.top_tokens.readings import MEASURES
from ccds_core.validation import STRICT_JSON, one_of, raise_faults

MIN_COUNT, MIN_COUNT_SMALL = 10, 5  # sentences of a class that a word must stand in, in a large and a small class
SMALL_CLASS = 600  # sentences below which a class is small; surprise, the rarest emotion, has 572 of 16,000
# sentences that a word's global mean weighs: at the minimum count as much as the class's own; from 0 to 100 the first
# ten of a class change by one word at most (2,000 test sentences)
SHRINK = 10
GROUPS = ("predicted", "true")


@dataclass(frozen=True)
class TokenOptions:
    """The corrected measure; each correction can be switched off."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    measure: str = "cls"  # a name in MEASURES
    group: str = "predicted"  # the class of a sentence: the model's answer, or the "true" label
    correct_only: bool = False  # leave out the sentences that the model gets wrong
    renormalised: bool = True  # shares of what words get, the part of special tokens taken off
    per_length: bool = True  # times the number of words, so that 1 = uniform
    once: bool = True  # a word repeated in a sentence counts once, with its mean
    average: bool = True  # mean over the sentences that hold the word, not the sum
    floor: bool = True  # words of few sentences are left out
    shrunk: bool = True  # means are drawn to the word's mean over all classes
    contrast: bool = True  # the class minus the rest, over the spread of all words
    function_words: bool = True  # False: they are left out, unless the contrast marks them; negations always stay

    def __post_init__(self) -> None:
        faults = [*one_of("measure", self.measure, tuple(MEASURES)), *one_of("group", self.group, GROUPS)]
        faults += [
            f"{name} needs average: a sum has no spread and no mean to shrink to"
            for name in ("shrunk", "contrast")
            if getattr(self, name) and not self.average
        ]
        raise_faults(faults)


@dataclass(frozen=True)
class Correction:
    """One correction more than the step before."""

    name: str
    label: str
    explanation: str
    changes: Mapping[str, bool] = field(default_factory=dict)  # the switches that this step turns on


LADDER = (
    Correction("sum", "Sum", "Attention is summed over every occurrence: frequent words win."),
    Correction("renormalised", "+ renormalise", "Without special tokens each row sums to 1: each sentence counts "
               "the same.", {"renormalised": True}),
    Correction("per-length", "+ length-normalise", "Times the number of words, so that 1 = uniform: short sentences no "
               "longer count more.", {"per_length": True}),
    Correction("once", "+ count once per sentence", "A word repeated in a sentence counts once.", {"once": True}),
    Correction("average", "+ mean", "The mean instead of the sum: frequency has no effect, rare words rank high.",
               {"average": True}),
    Correction("floor", "+ minimum count", "Words of few sentences are left out.", {"floor": True}),
    Correction("shrunk", "+ shrinkage", "The mean of a word in few sentences moves towards its mean over all classes.",
               {"shrunk": True}),
    Correction("contrast", "+ contrast", "The class minus the rest: words that every class attends to "
               "drop out.", {"contrast": True}),
)  # fmt: skip
CORRECTIONS: Mapping[str, Correction] = MappingProxyType({step.name: step for step in LADDER})


def options_at(step: str, options: TokenOptions) -> TokenOptions:
    """`options` with the corrections up to this step of the ladder on, and those after it off."""
    raise_faults(one_of("step", step, tuple(CORRECTIONS)))
    switches = {name: False for correction in LADDER for name in correction.changes}
    for correction in LADDER[: list(CORRECTIONS).index(step) + 1]:
        switches |= correction.changes
    return replace(options, **switches)  # type: ignore[arg-type]  # the changes name switches only
