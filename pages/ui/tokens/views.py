"""Lists of words per class -> blocks of the Top tokens page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.explain.top_tokens.evidence import K, TokenScore
from ccds_core.explain.top_tokens.masking import CAVEAT, MaskingCheck
from ccds_core.explain.top_tokens.report_check import REPORT_TOKENS, ReportCheck
from ccds_core.explain.top_tokens.results import TokenView
from ccds_core.explain.top_tokens.table import METHODS
from ccds_core.figures.ladder_lines import agreement_panels, agreement_title
from ccds_core.figures.token_bars import bars_title, class_bars, class_panels, masking_bars, masking_title
from ccds_core.results import percent
from pages.ui.shared import frame, panels
from pages.ui.shared.crude import on_screen, table_on_screen
from pages.ui.shared.markdown import plain
from pages.ui.tokens import controls, loaders
from pages.ui.tokens.loaders import Texts

SHOWN = 6  # words a class: two rows of panels fill a projector
PANELS_A_ROW = 3
EXAMPLES_MISSING = (
    "Example sentences need the emotion data, which is not on this computer. To download it (1.3 MB): "
    "`python -m ccds_core data fetch emotion`."
)
REASONS = (
    "**Attention is not an explanation.** It shows which tokens a layer attends to. The other methods are integrated "
    "gradients and word counts alone; the masking test shows the effect of the words.",
    "**A sum finds frequent words.** Nearly every sentence here has 'feel' or 'feeling', so they lead as long as "
    "attention is summed. The slider adds one correction at a time.",
    "**A mean finds rare words.** One sentence with one unusual word is enough to lead; hence a minimum count, and "
    "shrinkage of rare words towards their mean over all classes.",
    "**[CLS] and [SEP] are left out**; their fraction of the attention is shown below the lists.",
    "**Attention has no sign.** A word can get attention because it opposes the class.",
)


def draw_lists(view: TokenView, texts: Texts | None, bar: DeltaGenerator) -> None:
    """A panel per class under the method chosen in `bar`, and the examples of one bar."""
    method = controls.choose_method("tokens", list(view.lists), bar)
    lists = {name: scores[:SHOWN] for name, scores in view.lists[method].items()}
    unit, title = METHODS[method].unit, bars_title(lists, method)
    st.markdown(f"**{plain(title)}**")
    panels.beside(panels_on_screen(lists, METHODS[method].axis), "tokens_bars", PANELS_A_ROW)
    st.caption(f"{METHODS[method].explanation} In parentheses: number of sentences. Lines: 95 % bootstrap intervals.")
    _draw_examples(lists, unit, texts)
    table = _list_table(view.lists[method])
    with st.expander("The same as a table"):
        panels.number_table(table)
        panels.exports("tokens", class_bars(lists, METHODS[method].axis, REPORT_TOKENS, title), table, "tokens_export")


def draw_report(view: TokenView) -> None:
    """The report's six words beside ours."""
    holds = sum(check.verdict == "for" for check in view.report)
    st.subheader(f"{holds} of the report's {len(view.report)} answers hold")
    naive = view.ladder[0].ranks
    rows = pd.DataFrame([_report_row(check, naive[check.class_name].get(check.token)) for check in view.report])
    st.table(table_on_screen(rows), hide_index=True, border="horizontal")
    st.caption(
        "For: the interval is above 0 and no other class has a higher score. Open: too few sentences to rank the "
        "word. Score: contrast of the attention in the class with the rest, with its 95 % interval."
    )


def draw_masking(masking: Mapping[str, Mapping[str, MaskingCheck]], bar: DeltaGenerator) -> None:
    """The drop in probability with the top words of the list chosen in `bar` masked, against random words."""
    if not masking:
        st.info("Masking was measured on the test sentences only. Choose them above.")
        return
    method = controls.choose_method("tokens_masking", list(masking), bar)
    title = masking_title(masking[method])
    panels.beside({title: masking_bars(masking[method], title)}, "tokens_masked", 1)
    st.caption(f"Coloured: the ten top words masked. Pale: as many random words of the same sentences. {CAVEAT}")
    rows = {
        METHODS[name].label: {label: check.difference for label, check in checks.items()}
        for name, checks in masking.items()
    }
    st.markdown("**Drop in probability beyond random words, by method**")
    panels.table(pd.DataFrame(rows).T.rename_axis("method").reset_index(), list(next(iter(masking.values()))))


def draw_agreement(view: TokenView) -> None:
    """The rank correlation of each other method with the corrected measure."""
    st.subheader(plain(agreement_title(view.agreement)))
    panels.beside(agreement_panels(view.agreement), "tokens_agreement", PANELS_A_ROW)
    st.caption(
        "Spearman's rank correlation over the words in both lists: 1 = the same order, 0 = no correlation; the title "
        "has its mean over the classes. Beside each bar: how many of the top words of both lists are the same."
    )
    rows = [
        {
            "method": METHODS[method].label,
            "class": name,
            "rank correlation": pair.rank_correlation,
            "words in both": pair.n_words,
            f"shared in the top {K}": f"{len(pair.shared)}: {', '.join(pair.shared)}",
        }
        for method, agreements in view.agreement.items()
        for name, pair in agreements.items()
    ]
    with st.expander("The shared words as a table"):
        panels.number_table(rows)


def panels_on_screen(lists: Mapping[str, Sequence[TokenScore]], axis: str) -> dict[str, alt.LayerChart]:
    """A panel per class, its crude words masked."""
    shown = {name: [replace(score, token=on_screen(score.token)) for score in scores] for name, scores in lists.items()}
    return class_panels(shown, axis, REPORT_TOKENS)


def why() -> None:
    """The limits of the method, one click away."""
    with st.expander("Why does a sum of attention mislead?"):
        for reason in REASONS:
            st.markdown(f"- {reason}")


def _draw_examples(lists: Mapping[str, Sequence[TokenScore]], unit: str, texts: Texts | None) -> None:
    """One bar in detail: its n, interval, three sentences, and links to their attention heads."""
    names = [name for name, scores in lists.items() if scores]
    if not names:
        return
    left, right = st.columns([2, 3])
    with left:
        name = (
            st.selectbox("Examples for", names, key="tokens_class", bind="query-params", help=controls.HELP["class"])
            or names[0]
        )
        words = {score.token: score for score in lists[name]}
        word = st.selectbox(
            "Word", list(words), key="tokens_word", bind="query-params", format_func=on_screen,
            help=controls.HELP["word"],
        )  # fmt: skip
    score = words[word or next(iter(words))]
    with right:
        st.markdown(
            f"**{plain(score.token)}**, {plain(name)}: {unit} {score.score:.3g} ({score.low:.3g} to {score.high:.3g}), "
            f"n = {score.n:,} sentence{'s' if score.n != 1 else ''}"
        )
        if texts is None:
            st.caption(EXAMPLES_MISSING)
            return
        for sentence in loaders.sentences_of(texts, score):
            st.markdown(f"> {plain(sentence)}")
            frame.link(
                "attention", "Show attention heads", (("attention_source", "Write"), ("attention_text", sentence))
            )


def _report_row(check: ReportCheck, naive: int | None) -> dict[str, str]:
    """One of the report's words and the evidence for or against it, in short cells for a projector."""
    score = f"{check.score:+.1f} ({check.low:+.1f} to {check.high:+.1f})".replace("-", "−")
    fractions = f"{percent(check.share)} ({percent(check.prior)})"
    ranked = check.rank is not None
    corrected = f"{check.rank:,} of {check.n_ranked:,}" if ranked else f"too rare ({check.n} of {check.least})"
    return {
        "class": check.class_name,
        "the report": check.token,
        "ours": check.our_token,
        "evidence": check.verdict,
        "sentences with the word": f"{check.n_all:,}",
        "of the class (of all sentences)": fractions if check.n_all else panels.ABSENT,
        "score": score if ranked else panels.ABSENT,
        "rank: naive, report, corrected": f"{_rank(naive)}, {_rank(check.workshop_rank)}, {corrected}",
        "highest for": check.best_class if ranked else panels.ABSENT,
    }


def _rank(rank: int | None) -> str:
    return f"{rank:,}" if rank else panels.ABSENT


def _list_table(lists: Mapping[str, Sequence[TokenScore]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"class": name, "word": s.token, "score": s.score, "low": s.low, "high": s.high, "n": s.n}
            for name, scores in lists.items()
            for s in scores
        ]
    )
