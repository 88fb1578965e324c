"""From the naive sum to the corrected measure, one correction at a time: what each step does to the lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ccds_core.explain.top_tokens.options import LADDER, TokenOptions, options_at
from ccds_core.explain.top_tokens.readings import WordReadings
from ccds_core.explain.top_tokens.table import TokenTable, build_table
from ccds_core.validation import STRICT_JSON


@dataclass(frozen=True)
class RankedToken:
    """A word of a list, without an interval."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    token: str
    score: float
    n: int


@dataclass(frozen=True)
class CorrectionStep:
    """The lists at one step of the ladder."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    step: str  # a name in CORRECTIONS
    tops: dict[str, tuple[RankedToken, ...]]  # class -> its first words
    ranks: dict[str, dict[str, int | None]]  # class -> word that is followed -> its rank; None: not in the list
    lengths: dict[str, int]  # class -> words in its list


def run_ablation(
    readings: WordReadings, options: TokenOptions, k: int, followed: Sequence[str]
) -> tuple[CorrectionStep, ...]:
    """Every step of the ladder under the measure and grouping of `options`; `followed` are the words to rank."""
    return tuple(
        _measure_step(build_table(readings, "contrast", options_at(step.name, options)), step.name, k, followed)
        for step in LADDER
    )


def _measure_step(table: TokenTable, step: str, k: int, followed: Sequence[str]) -> CorrectionStep:
    classes = table.readings.classes
    rankings = {name: table.ranking(target) for target, name in enumerate(classes)}
    return CorrectionStep(
        step=step,
        tops={
            name: tuple(
                RankedToken(
                    table.readings.words[word], float(table.scores[word, target]), int(table.tally.counts[word, target])
                )
                for word in rankings[name][:k].tolist()
            )
            for target, name in enumerate(classes)
        },
        ranks={name: {word: table.rank_of(word, target) for word in followed} for target, name in enumerate(classes)},
        lengths={name: len(ranking) for name, ranking in rankings.items()},
    )
