"""Widgets -> which words of a sentence are changed and how, and which heads are ablated."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.data.normalize import read_text_words, split_words
from pages.ui.shared import controls
from pages.ui.shared.markdown import plain

MASK, LEAVE_OUT, REPLACE = "Mask", "Leave out", "Replace"
MOST_WORDS = 80  # that can be clicked; more would push the heads off the screen
LONGEST = 24  # letters of a word that are written out
ABLATED = "Ablation: the output of a head that is switched off is set to 0. A second click switches it on again."
KEEP = "Switches off all heads but those that are selected beside the grid."
NAME, NUMBER = re.compile(r"Layer (\d+)"), re.compile(r"\d+")
Heads = frozenset[tuple[int, int]]  # layer and head, from 0


@dataclass(frozen=True)
class Changes:
    """The changes to the sentence and to the model."""

    words: tuple[int, ...] = ()  # places of the words that are changed
    how: str = MASK
    new: tuple[str, ...] = ()  # the words in their place, for `REPLACE`
    off: Heads = frozenset()

    @property
    def any(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.words or self.off)


def choose_changes(page: str, texts: tuple[str, ...], shape: tuple[int, int], options: DeltaGenerator) -> Changes:
    """shape (L, H). Changed words, and the heads that are ablated here or in the grid; `options` has what is rare."""
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(":small[Click a word to]", width="content")
    how = controls.choose_one("How", (MASK, LEAVE_OUT, REPLACE), f"{page}_how", row)
    new = ""
    if how == REPLACE:
        new = row.text_input(
            "By", "calm", key=f"{page}_new", bind="query-params", width=160, label_visibility="collapsed"
        )
    places = _choose_words(page, texts)
    off = _choose_heads(page, shape, options)
    return Changes(places, how, tuple(read_text_words(new)) if new.strip() else (), off)


def _choose_words(page: str, texts: tuple[str, ...]) -> tuple[int, ...]:
    """Places of the clicked words: the sentence itself, as it was typed, is the widget."""
    words = [word for text in texts for word in read_text_words(text)]
    typed = [word for text in texts for word in words_as_typed(text)]
    key = f"{page}_words_{sha256(' '.join(words).encode()).hexdigest()[:6]}"  # another sentence has other words
    labels = _tell_apart(typed[:MOST_WORDS])
    _follow_link(key, dict(zip(_tell_apart(words[:MOST_WORDS]), labels, strict=True)))  # words as the model gets them
    chosen = st.pills(
        "Words to change", labels, selection_mode="multi", key=key, bind="query-params",
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    if len(words) > MOST_WORDS:
        st.caption(f"The first {MOST_WORDS} of {len(words):,} words.")
    return tuple(sorted(labels.index(label) for label in chosen))


def words_as_typed(text: str) -> list[str]:
    """One item per word of the text, with its capitals and signs; where one run of signs holds several, bare words."""
    typed: list[str] = []
    for run in text.split():
        words = split_words(run)
        if len(words) == 1:
            typed.append(run)
        elif words:
            typed += words
        elif typed:
            typed[-1] += f" {run}"
    return typed


def _tell_apart(words: Sequence[str]) -> list[str]:
    """One label a word; a repeated one says which it is, since a pill is known by its label."""
    seen: Counter[str] = Counter()
    labels = []
    for word in words:
        short = plain(word[:LONGEST])
        seen[short] += 1
        labels.append(short if seen[short] == 1 else f"{short} ({seen[short]})")
    return labels


def _choose_heads(page: str, shape: tuple[int, int], options: DeltaGenerator) -> Heads:
    """Whole layers are offered here, single heads in the grid; those that are off stand here to be taken back."""
    key = f"{page}_off"
    layers = [head_group(layer) for layer in range(shape[0])]
    heads = [head_group(layer, head) for layer in range(shape[0]) for head in range(shape[1])]
    _follow_link(key, {NAME.sub(r"L\1", name).replace(", head ", " H"): name for name in (*layers, *heads)})
    off = [*st.session_state.setdefault(key, []), *st.session_state.pop(f"{key}_added", [])]
    st.session_state[key] = off
    single = {*off, *st.query_params.get_all(key)}
    offered = [*layers, *(name for name in heads if name in single)]
    chosen = st.pills(
        "Switch off a layer here, single heads in the grid", offered, selection_mode="multi", key=key,
        bind="query-params", help=ABLATED, wrap=True,
    )  # fmt: skip
    inverted = options.toggle("Keep only the selected heads", key=f"{page}_only", bind="query-params", help=KEEP)
    selected = frozenset(head for name in chosen for head in _heads_of(name, shape[1]))
    all_heads = frozenset((layer, head) for layer in range(shape[0]) for head in range(shape[1]))
    return all_heads - selected if inverted and selected else selected


def ask_to_switch_off(page: str, heads: tuple[tuple[int, int], ...]) -> None:
    """Heads pinned in the grid -> the widget beside it, on the next run."""
    key = f"{page}_off"
    names = [head_group(layer, head) for layer, head in heads]
    if added := [name for name in names if name not in st.session_state.get(key, [])]:
        st.session_state[f"{key}_added"] = added
        st.rerun()


def head_group(layer: int, head: int | None = None) -> str:
    """A layer, or one of its heads, both from 0, as people count them: from 1."""
    return f"Layer {layer + 1}" if head is None else f"Layer {layer + 1}, head {head + 1}"


def _follow_link(key: str, names: Mapping[str, str]) -> None:
    """A link may call an option by its short name, which Streamlit does not know: `names` short -> as offered."""
    short = [names[name] for name in st.query_params.get_all(key) if name in names]
    if short and key not in st.session_state:
        st.session_state[key] = short


def _heads_of(name: str, n_heads: int) -> list[tuple[int, int]]:
    """ "Layer 3, head 2" -> [(2, 1)]; "Layer 3" -> all heads of that layer"""
    layer, *head = (int(number) - 1 for number in NUMBER.findall(name))
    return [(layer, head[0])] if head else [(layer, each) for each in range(n_heads)]
