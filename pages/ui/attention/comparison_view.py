"""Attention before and after a change, or beside another sentence or encoder."""

from dataclasses import dataclass

import streamlit as st

from ccds_core.data.normalize import read_text_words
from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention_forward import AttendedSentence
from ccds_core.explain.attention_view import Look, SentenceView
from ccds_core.explain.perturbation import replace_word
from ccds_core.runs.records import RunRecord
from pages.ui.attention import controls, loaders, views
from pages.ui.attention.controls import BEFORE, OTHER, UNTUNED
from pages.ui.attention.head_grid.component import Grid
from pages.ui.attention.loaders import Sentences
from pages.ui.attention.perturbation_controls import LEAVE_OUT, REPLACE, Changes


@dataclass(frozen=True)
class Choice:
    """The choices for the maps."""

    record: RunRecord
    sentences: Sentences
    look: Look
    maps: str
    changes: Changes
    against: str


def attend_changed(sentences: Sentences, record: RunRecord, target: int, changes: Changes) -> AttendedSentence | None:
    """The attention of the changed model on the changed sentence; None where nothing is changed."""
    if not changes.any:
        return None
    return loaders.attend(_change(sentences, record, changes), record, target, changes.off)


def make_grids(
    before: AttendedSentence, after: AttendedSentence | None, choice: Choice
) -> tuple[list[Grid], SentenceView]:
    """One grid, two to stand side by side, or their difference, as chosen; and the sentence as it is now."""
    now = after or before
    view = views.view_of(now, choice.look, choice.maps)
    if other := _find_other(before, choice):
        other_view = views.view_of(other, choice.look, choice.maps)
        names = {BEFORE: ("Original", "Changed"), UNTUNED: ("Before fine-tuning", "After fine-tuning")}
        first, second = names.get(choice.against, ("The other sentence", "This sentence"))
        return _compare((other_view, first), (view, second)), view
    return [views.one_grid(view, views.finding(now, choice.record), choice.maps, choice.changes.off)], view


def _compare(left: tuple[SentenceView, str], right: tuple[SentenceView, str]) -> list[Grid]:
    """As a difference where both have one size and it is chosen, else side by side."""
    sizes = [len(view.attention.tokens) for view, _ in (left, right)]
    if sizes[0] != sizes[1]:
        st.caption(f"{sizes[0]} and {sizes[1]} tokens: only maps of one size can be subtracted.")
        return views.two_grids(left, right)
    return (
        [views.difference_grid(left, right)]
        if controls.choose_difference("attention")
        else views.two_grids(left, right)
    )


def _find_other(before: AttendedSentence, choice: Choice) -> AttendedSentence | None:
    """The attention to compare with; None for no comparison."""
    if choice.against == BEFORE:
        return before
    if choice.against == UNTUNED:
        return loaders.attend_untuned(choice.sentences, choice.record)
    if choice.against == OTHER:
        words = tuple(read_text_words(controls.choose_other("attention")))
        return loaders.attend((words,), choice.record)
    return None


def _change(sentences: Sentences, record: RunRecord, changes: Changes) -> Sentences:
    """The words with the clicked ones masked, left out or replaced; places count through a pair."""
    mask = loaders.mask_token(record)
    new: tuple[str, ...] = () if changes.how == LEAVE_OUT else changes.new if changes.how == REPLACE else (mask or "",)
    if changes.words and changes.how not in (LEAVE_OUT, REPLACE) and mask is None:
        raise InvalidInputError("This encoder has no mask token. Leave out the word, or replace it.")
    first, changed = 0, []
    for words in sentences:
        kept = list(words)
        for place in sorted((place - first for place in changes.words), reverse=True):
            if 0 <= place < len(words):
                kept = replace_word(kept, place, new)
        first += len(words)
        changed.append(tuple(kept))
    if not all(changed):
        raise InvalidInputError("No word is left. Keep at least one, or mask it.")
    return tuple(changed)
