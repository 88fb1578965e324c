"""What the runs of a guided experiment show, and its recordings: trainings on Digits that come with the app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

from ccds_core.config.lessons import ALIKE, DIFFERENT, LESSONS, Lesson, pair
from ccds_core.errors import CcdsError
from ccds_core.jobs import series
from ccds_core.paths import checkpoints_dir
from ccds_core.runs.step_log import StepRecord, read_steps
from ccds_core.storage import parse_json, read_text
from ccds_core.validation import STRICT_JSON

FOLDER, SHARES = "lessons", "shares.json"  # below the checkpoints
Steps = Mapping[str, Sequence[StepRecord]]  # by the entry's label


@dataclass(frozen=True)
class Share:
    """How often a lesson's runs showed what it says, on Digits, each time with other seeds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    held: int
    n: int


@dataclass(frozen=True)
class Shares:
    """The file of all lessons' shares."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    lessons: dict[str, Share]


def answer(lesson: Lesson, steps: Steps) -> str:
    """The one of `lesson.answers` that these runs give; several, with commas, where more than one is right.

    A run that ended before the others, with a loss that was no number, is never the lowest.
    """
    if lesson.asks == "same":
        same = [pair(first, second) for first, second in combinations(steps, 2) if _equal(steps[first], steps[second])]
        return ", ".join(same) or DIFFERENT
    most = max(map(len, steps.values()), default=0)
    ends = {label: series.final_loss(records) for label, records in steps.items() if len(records) == most}
    known = {label: loss for label, loss in ends.items() if loss is not None}
    best = [label for label, loss in known.items() if loss <= min(known.values()) + series.NOISE]
    return ALIKE if len(best) in (0, len(steps)) else ", ".join(best)


def losses(steps: Steps) -> str:
    """The loss at which each run ends, in words."""
    return ", ".join(
        f"{label} {'NaN' if (loss := series.final_loss(records)) is None else format(loss, '.2f')}"
        for label, records in steps.items()
    )


def recording(name: str) -> dict[str, list[StepRecord]]:
    """The steps of the lesson's recorded runs, by their labels; empty where they are not all there."""
    runs = {entry.label: read_steps(recording_folder(name, place)) for place, entry in enumerate(LESSONS[name].entries)}
    return runs if all(runs.values()) else {}


def recording_folder(name: str, place: int) -> Path:
    """Where the steps of the lesson's run at this place are."""
    return checkpoints_dir() / FOLDER / name / str(place)


def read_share(name: str) -> Share | None:
    """How often the lesson held when it was recorded; None where that is not known."""
    path = checkpoints_dir() / FOLDER / SHARES
    try:
        shares: Shares = parse_json(Shares, read_text(path), SHARES)
    except (CcdsError, OSError):
        return None
    return shares.lessons.get(name)


def _equal(first: Sequence[StepRecord], second: Sequence[StepRecord]) -> bool:
    """Whether the loss was the same at every step that both have done."""
    pairs = list(zip(first, second, strict=False))
    return bool(pairs) and all(one.loss == other.loss for one, other in pairs)
