"""Two runs on the same test rows: is the difference demonstrated? McNemar's exact test, said in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ccds_core.metrics import mcnemar
from ccds_core.run_folders import RunRecord

DEMONSTRATED = 0.05  # two-sided; one pair at a time, not corrected for looking at many


@dataclass(frozen=True)
class Pair:
    """Two runs, `better` with at least as many right answers as `other`, on the same n test rows."""

    better: str
    other: str
    n: int
    only_better: int  # rows that only `better` has right
    only_other: int  # rows that only `other` has right
    p_value: float
    what: str  # "texts" or "pictures": what a row is

    @property
    def demonstrated(self) -> bool:
        """Whether chance alone would rarely do this."""
        return self.p_value < DEMONSTRATED

    @property
    def sentence(self) -> str:
        """The finding in words."""
        apart = self.only_better - self.only_other
        p_said = "p < 0.001" if self.p_value < 0.001 else f"p = {self.p_value:.3f}"
        said = "a demonstrated difference" if self.demonstrated else "not a demonstrated difference"
        return (
            f"{self.better} and {self.other}: {apart} of {self.n:,} {self.what} apart ({self.only_better} that only "
            f"the first has right, {self.only_other} only the second): {said} (McNemar, {p_said})."
        )


def compare_pairs(records: Sequence[RunRecord]) -> list[Pair]:
    """Every pair of tested runs with the same test rows, the surest difference first."""
    pairs = [_compare(one, other) for one, other in combinations(records, 2) if same_rows(one, other)]
    return sorted(pairs, key=lambda pair: pair.p_value)


def same_rows(one: RunRecord, other: RunRecord) -> bool:
    """Whether both were tested on the same rows, and their mistakes are known one by one."""
    tests = one.metrics.test, other.metrics.test
    return (
        all(test is not None and test.mistakes is not None for test in tests)
        and one.metrics.data_digest == other.metrics.data_digest
        and one.card.config.data.split == other.card.config.data.split
        and tests[0].n == tests[1].n  # type: ignore[union-attr]  # both are there, as said above
    )


def _compare(one: RunRecord, other: RunRecord) -> Pair:
    wrong = {record.name: {row for row, _ in record.metrics.test.mistakes or ()} for record in (one, other)}  # type: ignore[union-attr]
    better, worse = sorted((one.name, other.name), key=lambda name: len(wrong[name]))
    only_better, only_other = len(wrong[worse] - wrong[better]), len(wrong[better] - wrong[worse])
    n = one.metrics.test.n  # type: ignore[union-attr]
    what = "texts" if one.task == "text" else "pictures"
    return Pair(better, worse, n, only_better, only_other, mcnemar(only_better, only_other), what)
