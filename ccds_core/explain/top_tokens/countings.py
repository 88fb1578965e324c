"""Three countings of the same attention side by side: the naive sum, the report's procedure, the corrected measure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccds_core.explain.top_tokens.corrections import CorrectionStep, RankedToken
from ccds_core.explain.top_tokens.evidence import K
from ccds_core.explain.top_tokens.report_check import REPORT_TOKENS
from ccds_core.explain.top_tokens.results import TokenView
from ccds_core.explain.top_tokens.table import METHODS

NO_WORD = "no word occurs in enough sentences"


@dataclass(frozen=True)
class Counting:
    """One way to count, its lists, and where they have the report's words."""

    label: str  # short enough for a third of a tablet's width
    explanation: str  # what is counted
    axis: str  # of the scores
    lists: Mapping[str, Sequence[RankedToken]]  # class -> its first words
    report_ranks: Mapping[str, int | None]  # class -> rank of the report's word; None: not in the list

    @property
    def report_sentence(self) -> str:
        """Which of the report's words are among the first, and which are not; empty for other classes than its own."""
        if not self.report_ranks:
            return ""
        ranks = sorted((rank, name) for name, rank in self.report_ranks.items() if rank is not None and rank <= K)
        first = ", ".join(f"{REPORT_TOKENS[name]} ({name}, rank {rank})" for rank, name in ranks)
        rest = ", ".join(REPORT_TOKENS[name] for name in self.report_ranks if name not in {name for _, name in ranks})
        return f"Of the report's words in the top {K}: {first or 'none'}" + (f"; lower: {rest}." if rest else ".")


def list_countings(view: TokenView) -> tuple[Counting, Counting, Counting]:
    """From the naive sum to the corrected measure, whatever corrections the view itself has."""
    naive, corrected = view.ladder[0], view.ladder[-1]
    procedure = {
        name: tuple(RankedToken(score.token, score.score, score.n) for score in scores)
        for name, scores in view.lists["workshop"].items()
    }
    return (
        Counting(
            "Naive sum",
            "Naive counting: sums the attention to every occurrence of a word, so frequent words lead.",
            "summed attention",
            naive.tops,
            _report_ranks(naive),
        ),
        Counting(
            "Report",
            "The report's procedure: takes the most attended word of each sentence only, and sums its attention.",
            METHODS["workshop"].axis,
            procedure,
            {check.class_name: check.workshop_rank for check in view.report},
        ),
        Counting(
            "Corrected",
            "Corrected measure: compares the mean attention to a word in this emotion with that in the other emotions.",
            METHODS["contrast"].axis,
            corrected.tops,
            _report_ranks(corrected),
        ),
    )


def leaders(lists: Mapping[str, Sequence[RankedToken]]) -> str:
    """Whether one word leads several classes, or each class has its own."""
    firsts = [tokens[0].token for tokens in lists.values() if tokens]
    if not firsts:
        return NO_WORD
    word, count = Counter(firsts).most_common(1)[0]
    if count == 1:
        return f"{len(firsts)} different words lead" if len(firsts) > 1 else f"'{word}' leads"
    return f"'{word}' leads {'all' if count == len(lists) else f'{count} of'} {len(lists)} emotions"


def _report_ranks(step: CorrectionStep) -> dict[str, int | None]:
    return {name: step.ranks[name].get(word) for name, word in REPORT_TOKENS.items() if name in step.ranks}
