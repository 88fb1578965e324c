"""The faithfulness test of attention and attributions: a block of the Attention page."""

import streamlit as st

from ccds_core.errors import CcdsError
from ccds_core.explain.faithfulness import compare_measures
from ccds_core.explain.methods import TEXT_METHODS
from ccds_core.runs.records import RunRecord
from pages.ui.attention.controls import EXAMPLES
from pages.ui.attention.loaders import Sentences
from pages.ui.shared import text_loaders
from pages.ui.shared.faithfulness_view import draw_faithfulness, draw_many_rows
from pages.ui.shared.markdown import plain
from pages.ui.shared.text_controls import WORKED

PAIR = (TEXT_METHODS["first-row"].label, TEXT_METHODS["integrated-gradients"].label)
ONE_ONLY = "The faithfulness test takes one sentence. Choose an example, or write one."
ORIGINAL = "The faithfulness test uses the sentence and the model before the change."


def draw(sentences: Sentences, record: RunRecord, target: int, changed: bool) -> None:
    """The test of this sentence, below two worked examples."""
    with st.container(horizontal=True):
        for name, finding in WORKED.items():
            st.button(f"{finding}: {name}", key=f"attention_worked_{name}", on_click=_show_example, args=(name,))
    _draw_test(sentences, record, target, changed)


def _show_example(name: str) -> None:
    """Callback of a button: this example sentence, on the next run."""
    st.session_state["attention_source"] = EXAMPLES
    st.session_state["attention_example"] = name


def _draw_test(sentences: Sentences, record: RunRecord, target: int, changed: bool) -> None:
    if len(sentences) > 1:
        st.info(ONE_ONLY)
        return
    try:
        result = text_loaders.judge_words(sentences[0], record, target)
    except CcdsError as error:
        st.info(plain(str(error)))
        return
    disagreement = compare_measures(sentences[0], result.scores, result.erasures, PAIR)
    st.markdown(plain(disagreement.sentence))
    if changed:
        st.caption(ORIGINAL)
    draw_faithfulness(result.erasures, result.scores, "attention_faithful", "words", record.card.classes[target])
    draw_many_rows(record, "attention_faithful")
