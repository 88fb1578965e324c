"""The attribution of each word by a chosen method, and its faithfulness test: blocks of the Emotions page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from ccds_core.errors import CcdsError
from ccds_core.explain.methods import TEXT_METHODS, lacked_for, methods_of
from ccds_core.figures.word_strip import Measured, WordRow, strip_title, word_strip
from ccds_core.runs.consensus import Verdict
from ccds_core.runs.records import RunRecord
from pages.ui.shared import text_controls, text_loaders
from pages.ui.shared.charts import draw_as_wide_as_it_is
from pages.ui.shared.crude import on_screen
from pages.ui.shared.faithfulness_view import draw_faithfulness, draw_many_rows
from pages.ui.shared.markdown import plain

MOST_WORDS = 64  # of a strip; `leave_one_out` predicts again for so many
LEFT_OUT = "leave-one-out"  # done for all classes at once, and of a longer text for its first words
TEST = (
    "Words are deleted from the sentence, or inserted, in the order of each method. A faithful method changes the "
    "probability sooner than random order does. The shortened sentences are not natural text."
)


@dataclass(frozen=True)
class _Question:
    """The sentence, the target class and the method of a strip."""

    words: Sequence[str]
    target: str
    place: int  # of the target among the classes
    method: str


def draw_words(words: Sequence[str], records: Sequence[RunRecord], verdict: Verdict, number: int) -> None:
    """The strip of words for the chosen method and class, and the faithfulness test."""
    classes = list(verdict.consensus.classes)
    whose, predicted = "ensemble" if verdict.n_models > 1 else "predicted", verdict.consensus.label
    with st.container(horizontal=True):
        method = text_controls.choose_method(f"emotions_measure_{number}")
        target = text_controls.choose_class(f"emotions_target_{number}", classes, whose, predicted) or predicted
    question = _Question(words, target, classes.index(target), method)
    able = [record for record in records if question.method in methods_of(record.card.config.model)]
    try:
        _draw_strip(question, able, number)
    except CcdsError as error:
        st.info(plain(str(error)))
    if unable := [record.name for record in records if record not in able]:
        st.caption(plain(f"Not available for {', '.join(unable)}: no {lacked_for(question.method)}."))
    panel = st.expander("Faithfulness test", key=f"emotions_true_{number}", bind="query-params")
    if panel.open:
        with panel:
            _draw_test(question, records, number)


def _draw_strip(question: _Question, records: Sequence[RunRecord], number: int) -> None:
    """All models on the same words."""
    if not records:
        return
    method = TEXT_METHODS[question.method]
    read = question.words[:MOST_WORDS]
    shown = [on_screen(word) for word in read]
    answers = text_loaders.answer_all(question.words, records)
    rows, gaps = {}, []
    for record in records:
        values, gap = _explain(question, record)
        known = dict(zip(answers[record.name].words, answers[record.name].known, strict=True))
        rows[record.name] = WordRow(values, [known.get(word, True) for word in read])
        gaps += [] if gap is None else [abs(gap)]
    measured = Measured(question.target, method.unit)
    title = strip_title(shown, rows, measured)
    strip = word_strip(shown, rows, measured, title)
    draw_as_wide_as_it_is(strip, title, f"emotions_strip_{number}")
    notes = [method.explanation]
    if method.signed:
        notes.append(f"Red supports {question.target}, blue opposes it.")
    if gaps:
        notes.append(f"Largest completeness gap: {max(gaps):.2f} logits.")
    if any(not all(row.known) for row in rows.values()):
        notes.append("?: out of vocabulary.")
    if len(question.words) > MOST_WORDS:
        notes.append(f"The first {MOST_WORDS} of {len(question.words):,} words.")
    st.caption(plain(" ".join(notes)))


def _explain(question: _Question, record: RunRecord) -> tuple[np.ndarray, float | None]:
    """(W,) of the words shown, and the completeness gap, None for a method that has none."""
    if question.method == LEFT_OUT:
        return text_loaders.leave_one_out(question.words, record)[:, question.place], None
    explained = text_loaders.explain_words(question.words, record, question.place, question.method)
    return explained.attribution.values, explained.completeness_gap


def _draw_test(question: _Question, records: Sequence[RunRecord], number: int) -> None:
    """The faithfulness test of every method of one model."""
    st.caption(TEST)
    record = text_controls.choose_judged(f"emotions_judged_{number}", records)
    try:
        result = text_loaders.judge_words(question.words, record, question.place)
    except CcdsError as error:
        st.info(plain(str(error)))
        return
    draw_faithfulness(result.erasures, result.scores, f"emotions_faithful_{number}", "words", question.target)
    draw_many_rows(record, f"emotions_faithful_{number}")
    text_controls.link_to_worked()
