"""Whether attention or an attribution names the words that a BERT's answer hangs on: a block of the Attention page."""

import streamlit as st

from ccds_core.disagreement import compare_measures
from ccds_core.errors import CcdsError
from ccds_core.run_folders import RunRecord
from ccds_core.text_methods import TEXT_METHODS
from pages.ui import frame, text_loaders
from pages.ui.attention_controls import EXAMPLES
from pages.ui.attention_loaders import Sentences
from pages.ui.faithful_views import draw_faithfulness, draw_many_rows
from pages.ui.text import plain

PAIR = (TEXT_METHODS["first-row"].label, TEXT_METHODS["integrated-gradients"].label)
WORKED = {"by the sea": "Where attention misleads", "old dog": "Where it is the truer one"}  # of the example sentences
ONE_ONLY = "One sentence at a time is judged. Choose an example, or write one."
AS_IT_IS = "Judged is the sentence as it is, before the change."


def draw(sentences: Sentences, record: RunRecord, target: int, changed: bool) -> None:
    """The panel, one click away, and in it the way to two worked examples."""
    judging = st.expander("Is it true?", key="attention_true", bind="query-params")
    if judging.open:
        with judging, st.container(horizontal=True):
            for name, said in WORKED.items():
                label = f"{said}: {name}"
                st.button(label, key=f"attention_worked_{name}", on_click=_show_example, args=(name,))
        with judging:
            _draw_judged(sentences, record, target, changed)


def link_to_worked() -> None:
    """The way here from another page: the sentence where attention misleads, judged."""
    name = next(iter(WORKED))
    frame.link("attention", f"{WORKED[name]}: {name}", (("attention_example", name), ("attention_true", "true")))


def _show_example(name: str) -> None:
    """A button's doing: this example sentence, on the next run."""
    st.session_state["attention_source"] = EXAMPLES
    st.session_state["attention_example"] = name


def _draw_judged(sentences: Sentences, record: RunRecord, target: int, changed: bool) -> None:
    if len(sentences) > 1:
        st.info(ONE_ONLY)
        return
    try:
        judged = text_loaders.judge_words(sentences[0], record, target)
    except CcdsError as error:
        st.info(plain(str(error)))
        return
    found = compare_measures(sentences[0], judged.scores, judged.erasures, PAIR)
    st.markdown(plain(found.sentence))
    if changed:
        st.caption(AS_IT_IS)
    draw_faithfulness(judged.erasures, judged.scores, "attention_faithful", "words", record.card.classes[target])
    draw_many_rows(record, "attention_faithful")
