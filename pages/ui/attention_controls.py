"""Widgets -> sentences, the BERT that reads them, how tokens are shown, and what is changed about them."""

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from ccds_core.data.example_sentences import EXAMPLE_SENTENCES
from ccds_core.data.words import read_text_words
from ccds_core.errors import CheckpointError
from ccds_core.run_folders import RunRecord
from ccds_core.sentence_view import Look
from pages.ui import controls, loaders
from pages.ui.text import plain

EXAMPLES, WRITE, PAIR = "Examples", "Write", "Two sentences"
SOURCES = (EXAMPLES, WRITE, PAIR)
MASK, LEAVE_OUT, REPLACE = "Mask", "Leave out", "Replace"
ALONE, BEFORE, UNTUNED, OTHER = (
    "Nothing",
    "The sentence as it was",
    "The encoder before fine-tuning",
    "Another sentence",
)
LIKELIEST = "likeliest"
HEADS, MEANS = "Every head", "Means and rollout"
MISSING = (
    "No BERT is here. The emotion data and a pretrained encoder train one: python -m ccds_core train bert-emotion."
)
MOST_WORDS = 80  # that can be clicked; more would push the heads off the screen
LONGEST = 24  # letters of a word that are written out
SECOND = "I was not sad at all, I was proud."
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


def choose_bert(page: str) -> RunRecord:
    """The BERT to look into: the shipped one unless chosen otherwise."""
    there = {
        record.name: record
        for record in loaders.load_runs()
        if record.card.config.model == "bert" and record.has_weights
    }
    if not there:
        raise CheckpointError(MISSING)
    with st.popover("Model", icon=":material/tune:"):
        chosen = st.selectbox("BERT to look into", list(there), key=f"{page}_model", bind="query-params")
    return there[chosen or next(iter(there))]


def choose_look(page: str) -> tuple[Look, str]:
    """How tokens are shown, and whether as heads or as means."""
    with st.popover("Show", icon=":material/visibility:"):
        view = controls.choose_one("Maps", (HEADS, MEANS), f"{page}_view")
        pieces = st.toggle("Word pieces instead of words", key=f"{page}_pieces", bind="query-params")
        special = st.toggle("Special tokens too", key=f"{page}_special", bind="query-params")
        st.caption(
            "Pieces of a word: what they receive is added up, what they read is averaged. Without the special tokens "
            "each row is made to sum to 1 again, and the share that was hidden is said."
        )
    return Look(merged=not pieces, special=special), view


def choose_texts(page: str, source: str) -> tuple[str, ...]:
    """One text, or two of a pair; blank while nothing is written."""
    if source == PAIR:
        first, second = st.columns(2)
        return (
            first.text_input("First", next(iter(EXAMPLE_SENTENCES.values())), key=f"{page}_one", bind="query-params"),
            second.text_input("Second", SECOND, key=f"{page}_two", bind="query-params"),
        )
    if source == WRITE:
        written = st.text_input(
            "Sentence", key=f"{page}_text", bind="query-params", placeholder="I was so glad that it rained at last.",
            label_visibility="collapsed",
        )  # fmt: skip
        return (written,)
    names = list(EXAMPLE_SENTENCES)
    chosen = st.pills(
        "Example", names, default=names[0], required=True, key=f"{page}_example", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return (EXAMPLE_SENTENCES[chosen or names[0]],)


def choose_words(page: str, words: tuple[str, ...]) -> tuple[int, ...]:
    """Places of the words that are clicked: the sentence itself is the widget."""
    key = sha256(" ".join(words).encode()).hexdigest()[:6]  # another sentence has other words to click
    labels = _tell_apart(words[:MOST_WORDS])
    chosen = st.pills(
        "Click words to change them", labels, selection_mode="multi", key=f"{page}_words_{key}", bind="query-params"
    )
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


def choose_changes(page: str, places: tuple[int, ...], shape: tuple[int, int]) -> Changes:
    """shape (L, H). What happens to the clicked words, and heads that are switched off here or in the grid."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    how = controls.choose_one("How", (MASK, LEAVE_OUT, REPLACE), f"{page}_how", row)
    new = ""
    if how == REPLACE:
        new = row.text_input(
            "By", "calm", key=f"{page}_new", bind="query-params", width=160, label_visibility="collapsed"
        )
    off = _choose_heads(page, shape)
    return Changes(places, how, tuple(read_text_words(new)) if new.strip() else (), off)


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


def choose_comparison(page: str, changes: Changes, pair: bool) -> str:
    """What the maps are compared with."""
    options = [ALONE, *([BEFORE] if changes.any else []), UNTUNED, *([] if pair else [OTHER])]
    return st.selectbox("Compare the maps with", options, key=f"{page}_against", bind="query-params") or ALONE


def choose_difference(page: str) -> bool:
    """Whether two maps are shown as their difference; False: side by side."""
    return st.toggle("As a difference", value=True, key=f"{page}_difference", bind="query-params")


def choose_other(page: str) -> str:
    """The sentence to compare with."""
    return st.text_input("Another sentence", SECOND, key=f"{page}_other", bind="query-params")


def choose_target(page: str, classes: tuple[str, ...], likeliest: str) -> int:
    """The class that gradients are about."""
    chosen = st.selectbox(
        "Explain", [LIKELIEST, *classes], key=f"{page}_target", bind="query-params",
        format_func=lambda name: f"likeliest: {likeliest}" if name == LIKELIEST else name,
    )  # fmt: skip
    return classes.index(likeliest if chosen in (None, LIKELIEST) else chosen)


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
