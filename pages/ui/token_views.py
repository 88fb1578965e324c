"""Lists of words per class -> blocks of the Top tokens page."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from ccds_core.figures.agreement_bars import agreement_panels, agreement_title
from ccds_core.figures.ladder_lines import ladder_panels, ladder_title
from ccds_core.figures.token_bars import bars_title, class_bars, class_panels, masking_bars, masking_title
from ccds_core.report_tokens import REPORT_TOKENS, ReportCheck
from ccds_core.token_agreement import K
from ccds_core.token_evidence import TokenScore
from ccds_core.token_ladder import RankedToken
from ccds_core.token_results import TokenView
from ccds_core.tokens import METHODS
from ccds_core.word_masking import CAVEAT, MaskingCheck
from pages.ui import frame, panels, token_controls, token_loaders
from pages.ui.text import plain
from pages.ui.token_loaders import Texts

SHOWN = 8  # words a class
PANELS_A_ROW = 3
LADDER_AROUND = 170  # pixels: slanted names of the steps and a legend stand under the lines
FOLLOWED = ("feel", "feeling")
REASONS = (
    "**Attention is not an explanation.** It shows where a layer reads from. Beside each list stand the same list from "
    "integrated gradients, one from word counts alone, and what masking the words does.",
    "**A sum finds frequent words.** Nearly every sentence here holds 'feel' or 'feeling', so they win as long as "
    "attention is added up. The slider takes one correction at a time.",
    "**A mean finds rare words.** One sentence with one odd word is enough to lead; hence a minimum count, and "
    "means of few sentences drawn to the word's mean over all classes.",
    "**[CLS] and [SEP] are left out**, and what they took is said.",
    "**Attention has no sign.** A word can be read because it speaks against the class.",
)


def draw_lists(view: TokenView, texts: Texts | None) -> None:
    """A panel per class under one method, and the evidence behind one bar."""
    method = token_controls.choose_method("tokens", list(view.lists))
    lists = {name: scores[:SHOWN] for name, scores in view.lists[method].items()}
    unit, title = METHODS[method].unit, bars_title(lists, method)
    st.subheader(plain(title))
    panels.beside(class_panels(lists, unit, REPORT_TOKENS), "tokens_bars", PANELS_A_ROW)
    st.caption(f"{METHODS[method].explanation} In brackets: sentences. Lines: 95 % bootstrap intervals.")
    _draw_evidence(lists, unit, texts)
    table = _list_table(view.lists[method])
    with st.expander("The same as a table"):
        panels.number_table(table)
        panels.exports("tokens", class_bars(lists, unit, REPORT_TOKENS, title), table, "tokens_export")


def draw_ladder(view: TokenView) -> None:
    """The lists at one step, and how "feel" and "feeling" fall."""
    step = token_controls.choose_step("tokens")
    rung = next(rung for rung in view.ladder if rung.step == step)
    lists = {name: [_without_interval(token) for token in tokens[:5]] for name, tokens in rung.tops.items()}
    unit = METHODS["contrast"].unit if step == "contrast" else "attention"
    firsts = ", ".join(tokens[0].token for tokens in lists.values() if tokens)
    st.subheader(plain(ladder_title(view.ladder, FOLLOWED)))
    panels.beside(ladder_panels(view.ladder, FOLLOWED, step), "tokens_ladder", len(FOLLOWED), LADDER_AROUND)
    st.subheader(plain(f"At this step come first: {firsts}"))
    panels.beside(class_panels(lists, unit, REPORT_TOKENS), "tokens_rung", PANELS_A_ROW)


def draw_report(view: TokenView) -> None:
    """The report's six answers beside ours."""
    holds = sum(check.verdict == "for" for check in view.report)
    st.subheader(f"{holds} of the report's {len(view.report)} answers hold")
    st.table(pd.DataFrame([_report_row(check) for check in view.report]), hide_index=True, border="horizontal")
    st.caption(
        "For: the interval lies above 0 and no other class has a higher score. Open: too few sentences to rank the "
        "word. Score: attention in the class against the rest, in standard errors, with its 95 % interval."
    )


def draw_masking(masking: Mapping[str, Mapping[str, MaskingCheck]]) -> None:
    """What masking the top words of each list does, against random words."""
    if not masking:
        st.info("Masking was measured on the test sentences only. Choose them above.")
        return
    method = token_controls.choose_method("tokens_masking", list(masking))
    title = masking_title(masking[method])
    panels.beside({title: masking_bars(masking[method], title)}, "tokens_masked", 1)
    st.caption(f"Coloured: the ten top words masked. Pale: as many random words of the same sentences. {CAVEAT}")
    rows = {
        METHODS[name].label: {label: check.difference for label, check in checks.items()}
        for name, checks in masking.items()
    }
    st.markdown("**Fall of the probability beyond random words, by list**")
    panels.table(pd.DataFrame(rows).T.rename_axis("list").reset_index(), list(next(iter(masking.values()))))


def draw_agreement(view: TokenView) -> None:
    """How far each other method agrees with the corrected measure."""
    st.subheader(plain(agreement_title(view.agreement)))
    panels.beside(agreement_panels(view.agreement), "tokens_agreement", PANELS_A_ROW)
    st.caption(
        "Spearman's rank correlation over the words that stand in both lists: 1 = the same order, 0 = no relation; in "
        "the title its mean over the classes. Beside each bar: how many of the first words of both lists are the same."
    )
    rows = [
        {
            "with": METHODS[method].label,
            "class": name,
            "rank correlation": found.rank_correlation,
            "words in both": found.n_words,
            f"of the first {K}, shared": f"{len(found.shared)}: {', '.join(found.shared)}",
        }
        for method, agreements in view.agreement.items()
        for name, found in agreements.items()
    ]
    with st.expander("The shared words as a table"):
        panels.number_table(rows)


def why() -> None:
    """The honest small print, one click away."""
    with st.expander("Why is counting attention so easy to get wrong?"):
        for reason in REASONS:
            st.markdown(f"- {reason}")


def _draw_evidence(lists: Mapping[str, Sequence[TokenScore]], unit: str, texts: Texts | None) -> None:
    """One bar opened: its n, interval, three sentences, and a way to the heads."""
    names = [name for name, scores in lists.items() if scores]
    if not names:
        return
    left, right = st.columns([2, 3])
    with left:
        name = st.selectbox("Evidence for", names, key="tokens_class", bind="query-params") or names[0]
        words = {score.token: score for score in lists[name]}
        word = st.selectbox("Word", list(words), key="tokens_word", bind="query-params") or next(iter(words))
    score = words[word]
    with right:
        st.markdown(
            f"**{plain(score.token)}**, {plain(name)}: {score.score:.2f} ({score.low:.2f} to {score.high:.2f}) {unit}, "
            f"n = {score.n:,} sentences"
        )
        if texts is None:
            st.caption("The sentences behind it are shown where the emotion data are: see the README on data.")
            return
        for sentence in token_loaders.sentences_of(texts, score):
            st.markdown(f"> {plain(sentence)}")
            frame.link("attention", "Its heads", (("attention_source", "Write"), ("attention_text", sentence)))


def _report_row(check: ReportCheck) -> dict[str, str]:
    """One of the report's answers and what speaks for or against it, in short cells that can be read from afar."""
    score = f"{check.score:+.1f} ({check.low:+.1f} to {check.high:+.1f})".replace("-", "−")
    ranked = check.rank is not None
    return {
        "class": check.class_name,
        "the report": check.token,
        "ours": check.our_token,
        "evidence": check.verdict,
        "sentences with the word": f"{check.n_all:,}",
        "of the class (of all sentences)": f"{check.share:.0%} ({check.prior:.0%})" if check.n_all else panels.ABSENT,
        "score": score if ranked else panels.ABSENT,
        "rank": f"{check.rank:,} of {check.n_ranked:,}" if ranked else f"too rare: {check.n} of {check.least} needed",
        "highest for": check.best_class if ranked else panels.ABSENT,
    }


def _list_table(lists: Mapping[str, Sequence[TokenScore]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"class": name, "word": s.token, "score": s.score, "low": s.low, "high": s.high, "n": s.n}
            for name, scores in lists.items()
            for s in scores
        ]
    )


def _without_interval(token: RankedToken) -> TokenScore:
    return TokenScore(token.token, token.score, token.n, token.score, token.score, ())
