"""What each word did by a chosen measure, and whether that is true: blocks of the Emotions page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from ccds_core.agreement import Verdict
from ccds_core.errors import CcdsError
from ccds_core.figures.word_strip import Measured, WordRow, strip_title, word_strip
from ccds_core.run_folders import RunRecord
from ccds_core.text_methods import TEXT_METHODS, methods_of, needed_by
from pages.ui import attention_judging, text_controls, text_loaders
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.faithful_views import draw_faithfulness, draw_many_rows
from pages.ui.text import plain

MOST_WORDS = 64  # of a strip; `leave_one_out` asks again for so many
LEFT_OUT = "leave-one-out"  # done for all classes at once, and of a longer text for its first words
JUDGING = (
    "Words are taken out of the sentence in the order of each measure, and given back likewise: a true measure moves "
    "the answer sooner than random order does. What is left is a sentence that nobody would write."
)


@dataclass(frozen=True)
class _Asked:
    """What the strip is about."""

    words: Sequence[str]
    target: str
    place: int  # of the target among the classes
    method: str


def draw_words(words: Sequence[str], records: Sequence[RunRecord], verdict: Verdict, number: int) -> None:
    """The strip of words by the measure and for the class that are chosen, and whether the measure is true."""
    classes = list(verdict.consensus.classes)
    likeliest = f"{'their mean' if verdict.n_models > 1 else 'the answer'}: {verdict.consensus.prediction}"
    chosen = text_controls.choose_class(f"emotions_target_{number}", classes, likeliest)
    target = chosen or verdict.consensus.prediction
    asked = _Asked(words, target, classes.index(target), text_controls.choose_method(f"emotions_measure_{number}"))
    able = [record for record in records if asked.method in methods_of(record.card.config.model)]
    try:
        _draw_strip(asked, able, number)
    except CcdsError as error:
        st.info(plain(str(error)))
    if unable := [record.name for record in records if record not in able]:
        st.caption(plain(f"Not by this measure: {', '.join(unable)}, without {needed_by(asked.method)}."))
    judging = st.expander("Is it true?", key=f"emotions_true_{number}", bind="query-params")
    if judging.open:
        with judging:
            _draw_judged(asked, records, number)


def _draw_strip(asked: _Asked, records: Sequence[RunRecord], number: int) -> None:
    """All models on the same words."""
    if not records:
        return
    method = TEXT_METHODS[asked.method]
    shown = list(asked.words[:MOST_WORDS])
    answers = text_loaders.answer_all(asked.words, records)
    rows, gaps = {}, []
    for record in records:
        values, gap = _explain(asked, record)
        known = dict(zip(answers[record.name].words, answers[record.name].known, strict=True))
        rows[record.name] = WordRow(values, [known.get(word, True) for word in shown])
        gaps += [] if gap is None else [abs(gap)]
    measured = Measured(asked.target, method.unit)
    title = strip_title(shown, rows, measured)
    strip = word_strip(shown, rows, measured, title)
    draw_as_wide_as_it_is(strip, title, f"emotions_strip_{number}")
    said = [method.explanation]
    if method.signed:
        said.append(f"Red speaks for {asked.target}, blue against it.")
    if gaps:
        said.append(f"They add up to within {max(gaps):.2f} logits.")
    if any(not all(row.known) for row in rows.values()):
        said.append("A question mark: the model does not know the word.")
    if len(asked.words) > MOST_WORDS:
        said.append(f"The first {MOST_WORDS} of {len(asked.words):,} words.")
    st.caption(plain(" ".join(said)))


def _explain(asked: _Asked, record: RunRecord) -> tuple[np.ndarray, float | None]:
    """(W,) of the words shown, and what they do not add up to where they should."""
    if asked.method == LEFT_OUT:
        return text_loaders.leave_one_out(asked.words, record)[:, asked.place], None
    explained = text_loaders.explain_words(asked.words, record, asked.place, asked.method)
    return explained.attribution.values, explained.completeness_gap


def _draw_judged(asked: _Asked, records: Sequence[RunRecord], number: int) -> None:
    """Every measure of one model, erased by."""
    st.caption(JUDGING)
    record = text_controls.choose_judged(f"emotions_judged_{number}", records)
    try:
        judged = text_loaders.judge_words(asked.words, record, asked.place)
    except CcdsError as error:
        st.info(plain(str(error)))
        return
    draw_faithfulness(judged.erasures, judged.scores, f"emotions_faithful_{number}", "words", asked.target)
    draw_many_rows(record, f"emotions_faithful_{number}")
    attention_judging.link_to_worked()
