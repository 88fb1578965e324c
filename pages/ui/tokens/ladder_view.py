"""The Top tokens page's first view: naive sum, report's procedure, corrected measure; then each step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.explain.top_tokens.corrections import CorrectionStep, RankedToken
from ccds_core.explain.top_tokens.countings import Counting, leaders, list_countings
from ccds_core.explain.top_tokens.evidence import TokenScore
from ccds_core.explain.top_tokens.options import CORRECTIONS
from ccds_core.explain.top_tokens.report_check import REPORT_TOKENS
from ccds_core.explain.top_tokens.results import TokenView
from ccds_core.explain.top_tokens.table import CONTRAST_AXIS
from ccds_core.figures.ladder_lines import ladder_panels, ladder_title
from ccds_core.figures.token_bars import firsts_title, list_bars
from pages.ui.shared import panels
from pages.ui.shared.charts import unchecked
from pages.ui.shared.crude import on_screen
from pages.ui.shared.markdown import plain
from pages.ui.tokens import controls
from pages.ui.tokens.views import PANELS_A_ROW, panels_on_screen

FIRST, SHOWN = 2, 5  # words a class, in the picture and at a step
HEIGHT = 405  # pixels of the picture: what a projector has between the controls and what is counted
LADDER_AROUND = 205  # pixels: slanted names of the steps and a legend below the lines
FOLLOWED = ("feel", "feeling")
STEPS, RANKS = "One correction at a time", "Ranks of 'feel' and 'feeling'"
TABS = (STEPS, RANKS)
HOW_TO_READ = (
    "In parentheses: number of sentences. 'report': a word that the report names for this emotion. Stars hide letters "
    "of crude words; Options shows them."
)


def draw_ladder(view: TokenView) -> None:
    """The three countings side by side, then the steps between them."""
    countings = list_countings(view)
    for column, counting in zip(st.columns(len(countings)), countings, strict=True):
        with column:
            _draw_counting(counting)
    st.caption(HOW_TO_READ)
    steps, ranks = st.tabs(TABS, key="tokens_ladder_tab", bind="query-params", on_change="rerun")
    if steps.open:
        with steps:
            _draw_step(view.ladder)
    if ranks.open:
        with ranks:
            step = st.session_state.get("tokens_step")
            name = next((name for name, entry in CORRECTIONS.items() if entry.label == step), next(iter(CORRECTIONS)))
            st.subheader(plain(ladder_title(view.ladder, FOLLOWED)))
            lines = ladder_panels(view.ladder, FOLLOWED, name)
            panels.beside(lines, "tokens_ladder", len(FOLLOWED), LADDER_AROUND)
    whole = alt.concat(*(_chart(counting, counting.lists) for counting in countings), spacing=16)
    panels.exports("countings", whole, _table(countings), "tokens_countings")


def _draw_counting(counting: Counting) -> None:
    """The first words of each class, and what was counted."""
    chart = _chart(counting, {name: [_masked(token) for token in tokens] for name, tokens in counting.lists.items()})
    title = f"{counting.label}: {on_screen(leaders(counting.lists))}"
    st.altair_chart(
        unchecked(chart.properties(padding=panels.PADDING)),
        key=f"tokens_counting_{counting.label}",
        alt=title,
        height=HEIGHT,
    )
    st.caption(plain(f"{counting.explanation} {counting.report_sentence}"))


def _chart(counting: Counting, lists: Mapping[str, Sequence[RankedToken]]) -> alt.LayerChart:
    first = {name: tokens[:FIRST] for name, tokens in lists.items()}
    title = f"{counting.label}: {leaders(lists)}"
    return list_bars(first, counting.axis, REPORT_TOKENS, title)


def _masked(token: RankedToken) -> RankedToken:
    return replace(token, token=on_screen(token.token))


def _draw_step(ladder: Sequence[CorrectionStep]) -> None:
    """The lists after the correction that is chosen here."""
    step = controls.choose_step("tokens")
    current = next(entry for entry in ladder if entry.step == step)
    lists = {name: [_without_interval(token) for token in tokens[:SHOWN]] for name, tokens in current.tops.items()}
    st.subheader(plain(firsts_title([tokens[0].token for tokens in lists.values() if tokens])))
    panels.beside(panels_on_screen(lists, axis_of(step)), "tokens_rung", PANELS_A_ROW)


def axis_of(step: str) -> str:
    """The name of the axis of scores at a step of the ladder."""
    names = list(CORRECTIONS)
    if step == names[-1]:
        return CONTRAST_AXIS
    return "summed attention" if names.index(step) < names.index("average") else "mean attention (1 = uniform)"


def _table(countings: Sequence[Counting]) -> pd.DataFrame:
    """Every word of the three lists."""
    rows = [
        {
            "counting": counting.label,
            "class": name,
            "rank": rank,
            "word": token.token,
            "score": token.score,
            "n": token.n,
        }
        for counting in countings
        for name, tokens in counting.lists.items()
        for rank, token in enumerate(tokens, start=1)
    ]
    return pd.DataFrame(rows, columns=["counting", "class", "rank", "word", "score", "n"])


def _without_interval(token: RankedToken) -> TokenScore:
    return TokenScore(token.token, token.score, token.n, token.score, token.score, ())
