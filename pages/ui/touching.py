"""A sentence or a network that is changed, and what is set beside it: the lower half of the Attention page."""

from dataclasses import dataclass

import streamlit as st

from ccds_core.attending import AttendedSentence
from ccds_core.data.words import read_text_words
from ccds_core.errors import InvalidInputError
from ccds_core.run_folders import RunRecord
from ccds_core.sentence_view import Look, SentenceView
from ccds_core.word_changes import replace_word
from pages.ui import attention_controls, attention_loaders, attention_views
from pages.ui.attention_controls import BEFORE, OTHER, UNTUNED
from pages.ui.attention_loaders import Sentences
from pages.ui.change_controls import LEAVE_OUT, REPLACE, Changes


@dataclass(frozen=True)
class Choice:
    """What was chosen about the maps."""

    record: RunRecord
    sentences: Sentences
    look: Look
    maps: str
    changes: Changes
    against: str


def attend_changed(sentences: Sentences, record: RunRecord, target: int, changes: Changes) -> AttendedSentence | None:
    """The changed sentence before the changed network; None where nothing is changed."""
    if not changes.any:
        return None
    return attention_loaders.attend(_change(sentences, record, changes), record, target, changes.off)


def draw_maps(before: AttendedSentence, after: AttendedSentence | None, choice: Choice) -> None:
    """The grid, or two side by side, or their difference, as chosen."""
    now = after or before
    view = attention_views.view_of(now, choice.look, choice.maps)
    if other := _find_other(before, choice):
        other_view = attention_views.view_of(other, choice.look, choice.maps)
        names = {BEFORE: ("As it was", "Changed"), UNTUNED: ("Before fine-tuning", "After fine-tuning")}
        first, second = names.get(choice.against, ("The other sentence", "This sentence"))
        _draw_both((other_view, first), (view, second))
    else:
        off = choice.changes.off
        attention_views.draw_heads(view, attention_views.finding(now), "attention_heads", choice.maps, off)
    attention_views.draw_hidden(view)
    attention_views.draw_table(view)


def _draw_both(left: tuple[SentenceView, str], right: tuple[SentenceView, str]) -> None:
    """As their difference where they have one size and it is wanted, else side by side."""
    sizes = [len(view.attention.tokens) for view, _ in (left, right)]
    if sizes[0] != sizes[1]:
        said = f"{sizes[0]} tokens beside {sizes[1]}: only maps of one size can be subtracted."
        st.caption(said)
        attention_views.draw_beside(left, right)
    elif attention_controls.choose_difference("attention"):
        attention_views.draw_difference(left, right)
    else:
        attention_views.draw_beside(left, right)


def _find_other(before: AttendedSentence, choice: Choice) -> AttendedSentence | None:
    """What the maps are set beside."""
    if choice.against == BEFORE:
        return before
    if choice.against == UNTUNED:
        return attention_loaders.attend_untuned(choice.sentences, choice.record)
    if choice.against == OTHER:
        words = tuple(read_text_words(attention_controls.choose_other("attention")))
        return attention_loaders.attend((words,), choice.record)
    return None


def _change(sentences: Sentences, record: RunRecord, changes: Changes) -> Sentences:
    """The words with those that were clicked masked, left out or replaced; places count through a pair."""
    mask = attention_loaders.mask_token(record)
    new: tuple[str, ...] = () if changes.how == LEAVE_OUT else changes.new if changes.how == REPLACE else (mask or "",)
    if changes.words and changes.how not in (LEAVE_OUT, REPLACE) and mask is None:
        raise InvalidInputError("This encoder has no mask token. Leave the word out, or replace it.")
    first, changed = 0, []
    for words in sentences:
        kept = list(words)
        for place in sorted((place - first for place in changes.words), reverse=True):
            if 0 <= place < len(words):
                kept = replace_word(kept, place, new)
        first += len(words)
        changed.append(tuple(kept))
    if not all(changed):
        raise InvalidInputError("No word is left. Leave one in, or mask it.")
    return tuple(changed)
