"""McNemar's exact test of two runs on the same test rows: whether their accuracies differ significantly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ccds_core.runs.records import RunRecord
from ccds_core.training.metrics import mcnemar, paired_interval

SIGNIFICANT = 0.05  # two-sided p-value; not corrected for multiple comparisons


@dataclass(frozen=True)
class PairedTest:
    """Two runs on the same n test rows; `better` has at least as many correct predictions as `other`."""

    better: str
    other: str
    n: int
    only_better: int  # rows that only `better` classifies correctly
    only_other: int  # rows that only `other` classifies correctly
    p_value: float
    what: str  # "texts" or "images"

    @property
    def significant(self) -> bool:
        """Whether the p-value is below `SIGNIFICANT`."""
        return self.p_value < SIGNIFICANT

    @property
    def difference(self) -> float:
        """Accuracy of `better` minus accuracy of `other`; never negative."""
        return (self.only_better - self.only_other) / max(1, self.n)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `difference`; it contains 0 where the difference is not significant."""
        return paired_interval(self.only_better, self.only_other, self.n)

    @property
    def p_text(self) -> str:
        """The p-value as it is written."""
        return "p < 0.001" if self.p_value < 0.001 else f"p = {self.p_value:.3f}"

    @property
    def sentence(self) -> str:
        """The result as a sentence."""
        differ = self.only_better + self.only_other
        return (
            f"{self.better} and {self.other} differ on {differ:,} of {self.n:,} {self.what} (only the first is right "
            f"on {self.only_better:,}, only the second on {self.only_other:,}): "
            f"{'significant' if self.significant else 'not significant'} (McNemar, {self.p_text})."
        )


def compare_pairs(records: Sequence[RunRecord]) -> list[PairedTest]:
    """All pairs of runs tested on the same rows, smallest p-value first."""
    pairs = [_compare(one, other) for one, other in combinations(records, 2) if same_rows(one, other)]
    return sorted(pairs, key=lambda pair: pair.p_value)


def same_rows(one: RunRecord, other: RunRecord) -> bool:
    """Whether both were tested on the same rows, and their mistakes are known row by row."""
    tests = one.metrics.test, other.metrics.test
    return (
        all(test is not None and test.mistakes is not None for test in tests)
        and one.metrics.data_digest == other.metrics.data_digest
        and one.card.config.data.split == other.card.config.data.split
        and tests[0].n == tests[1].n  # type: ignore[union-attr]  # both are there, as checked above
    )


def _compare(one: RunRecord, other: RunRecord) -> PairedTest:
    wrong = {record.name: {row for row, _ in record.metrics.test.mistakes or ()} for record in (one, other)}  # type: ignore[union-attr]
    better, worse = sorted((one.name, other.name), key=lambda name: len(wrong[name]))
    only_better, only_other = len(wrong[worse] - wrong[better]), len(wrong[better] - wrong[worse])
    n = one.metrics.test.n  # type: ignore[union-attr]
    what = "texts" if one.task == "text" else "images"
    return PairedTest(better, worse, n, only_better, only_other, mcnemar(only_better, only_other), what)
