"""What was measured of answers to sentences: how often they were right by confidence, and how often a warning was."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ccds_core.explain.trust.warnings import WARNINGS
from ccds_core.paths import checkpoints_dir
from ccds_core.runs.consensus import Reliability
from ccds_core.runs.records import RunRecord
from ccds_core.storage import changed_at, load_record, save_record
from ccds_core.validation import STRICT_JSON, raise_faults

FILE = "sentence_trust.json"  # in the checkpoints folder
# one of each: the keyword baseline, learned embeddings, the best Word2Vec model, the fine-tuned encoder
KINDS = (
    ("one-word-rule",),
    ("text-embedding",),
    ("text-word2vec-random", "text-word2vec-frozen", "text-word2vec-fine-tuned"),
    ("bert-emotion",),
)


@dataclass(frozen=True)
class WarningScore:
    """One warning, counted on our own test sentences and on the validation texts of the emotion data."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    kind: str  # one of `WARNINGS`
    n: int  # of our own sentences
    true: int  # sentences that deserve the warning
    given: int  # sentences that get it
    right: int  # sentences that get it and deserve it
    misclassified: int  # sentences that get it and whose answer is not their emotion
    val_given: int  # validation texts that get it
    val_misclassified: int  # of them, how many are misclassified

    def __post_init__(self) -> None:
        """Counts that are parts of others are not larger."""
        faults = [] if self.kind in WARNINGS else [f"kind is one of {', '.join(WARNINGS)}, got {self.kind!r}"]
        if not 0 <= self.right <= min(self.true, self.given) <= max(self.true, self.given) <= self.n:
            faults.append("right is at most true and given, and both at most n")
        if not (0 <= self.misclassified <= self.given and 0 <= self.val_misclassified <= self.val_given):
            faults.append("at most the texts with the warning are misclassified")
        raise_faults(faults)

    @property
    def precision(self) -> float:
        """Of the sentences that get the warning, the fraction that deserves it; 0 where none gets it."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Of the sentences that deserve the warning, the fraction that gets it; 0 where none does."""
        return self.right / self.true if self.true else 0.0


@dataclass(frozen=True)
class SentenceTrust:
    """What the Emotions page says of an answer."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    models: tuple[str, ...]  # whose mean is the answer that `scores` counts
    n_val: int
    val_misclassified: int  # validation texts that these models answer wrongly
    n_unwarned: int  # of our own sentences, those that get no warning
    unwarned_misclassified: int  # of them, how many are misclassified
    reliability: tuple[Reliability, ...]  # of these models together, then of each shipped text model alone
    scores: tuple[WarningScore, ...]

    @property
    def val_warned(self) -> int:
        """Validation texts that get a warning; a text gets one at most."""
        return sum(score.val_given for score in self.scores)

    @property
    def val_warned_share(self) -> float:
        """The misclassified fraction of the validation texts that get a warning."""
        return sum(score.val_misclassified for score in self.scores) / max(1, self.val_warned)

    def reliability_of(self, models: Collection[str]) -> Reliability | None:
        """What was measured for exactly these models together."""
        return next((each for each in self.reliability if set(each.models) == set(models)), None)

    def score_of(self, kind: str) -> WarningScore | None:
        """How often one warning was right."""
        return next((score for score in self.scores if score.kind == kind), None)


def default_models(records: Iterable[RunRecord]) -> list[str]:
    """Of each kind of text model the run of highest validation accuracy, shipped ones before those made here."""
    runs = list(records)
    return [name for name in (_best(runs, kinds) for kinds in KINDS) if name]


def _best(records: Sequence[RunRecord], kinds: Sequence[str]) -> str | None:
    alike = [record for record in records if record.kind in kinds]
    ranked = max(alike, key=lambda r: (r.shipped, max(e.val_accuracy for e in r.metrics.history)), default=None)
    return ranked.name if ranked else None


def save_trust(trust: SentenceTrust) -> Path:
    """Write it into the checkpoints folder."""
    return save_record(checkpoints_dir() / FILE, trust)


def load_trust() -> SentenceTrust | None:
    """The measurement for the shipped models; None if there is none; a damaged one is a `CheckpointError`."""
    trust: SentenceTrust | None = load_record(SentenceTrust, checkpoints_dir() / FILE)
    return trust


def trust_changed() -> int:
    """When the measurement last changed, in nanoseconds; 0 if there is none."""
    return changed_at(checkpoints_dir() / FILE)
