"""Widgets -> which words of a sentence are changed and how, and which heads are switched off."""

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from ccds_core.data.words import read_text_words
from pages.ui import controls
from pages.ui.text import plain

MASK, LEAVE_OUT, REPLACE = "Mask", "Leave out", "Replace"
MOST_WORDS = 80  # that can be clicked; more would push the heads off the screen
LONGEST = 24  # letters of a word that are written out
HEAD = re.compile(r"L(\d+)(?: H(\d+))?")
Heads = frozenset[tuple[int, int]]  # layer and head, from 0


@dataclass(frozen=True)
class Changes:
    """What is done to the sentence and to the network before it is asked again."""

    words: tuple[int, ...] = ()  # places of the words that are touched
    how: str = MASK
    new: tuple[str, ...] = ()  # what stands in their place, for `REPLACE`
    off: Heads = frozenset()

    @property
    def any(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.words or self.off)


def choose_changes(page: str, words: tuple[str, ...], shape: tuple[int, int]) -> Changes:
    """shape (L, H). What happens to which words, and the heads that are switched off here or in the grid."""
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown("Click a word to", width="content")
    how = controls.choose_one("How", (MASK, LEAVE_OUT, REPLACE), f"{page}_how", row)
    new = ""
    if how == REPLACE:
        new = row.text_input(
            "By", "calm", key=f"{page}_new", bind="query-params", width=160, label_visibility="collapsed"
        )
    places = _choose_words(page, words)
    off = _choose_heads(page, shape)
    return Changes(places, how, tuple(read_text_words(new)) if new.strip() else (), off)


def _choose_words(page: str, words: tuple[str, ...]) -> tuple[int, ...]:
    """Places of the words that are clicked: the sentence itself is the widget."""
    key = sha256(" ".join(words).encode()).hexdigest()[:6]  # another sentence has other words to click
    labels = _tell_apart(words[:MOST_WORDS])
    chosen = st.pills(
        "Words to change", labels, selection_mode="multi", key=f"{page}_words_{key}", bind="query-params",
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    if len(words) > MOST_WORDS:
        st.caption(f"The first {MOST_WORDS} of {len(words):,} words.")
    return tuple(sorted(labels.index(label) for label in chosen))


def _tell_apart(words: tuple[str, ...]) -> list[str]:
    """One label a word; a repeated one says which it is, since a pill is known by its label."""
    seen: Counter[str] = Counter()
    labels = []
    for word in words:
        short = plain(word[:LONGEST])
        seen[short] += 1
        labels.append(short if seen[short] == 1 else f"{short} ({seen[short]})")
    return labels


def _choose_heads(page: str, shape: tuple[int, int]) -> Heads:
    key = f"{page}_off"
    st.session_state.setdefault(key, [])
    st.session_state[key] += st.session_state.pop(f"{key}_asked", [])
    chosen = st.multiselect(
        "Heads switched off", _head_names(shape), key=key, bind="query-params",
        placeholder="a head, or a layer; or pin heads below and press the button there",
    )  # fmt: skip
    inverted = st.toggle("Keep only these", key=f"{page}_only", bind="query-params") if chosen else False
    picked = frozenset(head for name in chosen for head in _heads_of(name, shape[1]))
    every = frozenset((layer, head) for layer in range(shape[0]) for head in range(shape[1]))
    return every - picked if inverted else picked


def ask_to_switch_off(page: str, heads: tuple[tuple[int, int], ...]) -> None:
    """Heads pinned in the grid -> the widget above, on the next run."""
    key = f"{page}_off"
    names = [f"L{layer + 1} H{head + 1}" for layer, head in heads]
    if asked := [name for name in names if name not in st.session_state.get(key, [])]:
        st.session_state[f"{key}_asked"] = asked
        st.rerun()


def _head_names(shape: tuple[int, int]) -> list[str]:
    n_layers, n_heads = shape
    return [
        name
        for layer in range(1, n_layers + 1)
        for name in (f"L{layer}", *(f"L{layer} H{head}" for head in range(1, n_heads + 1)))
    ]


def _heads_of(name: str, n_heads: int) -> list[tuple[int, int]]:
    """ "L3 H2" -> [(2, 1)]; "L3" -> all heads of that layer"""
    found = HEAD.fullmatch(name)
    assert found, "one of `_head_names`"
    layer = int(found[1]) - 1
    return [(layer, int(found[2]) - 1)] if found[2] else [(layer, head) for head in range(n_heads)]
