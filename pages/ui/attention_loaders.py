"""What the Attention page asks the core for, cached. Keys are words, names, digests and heads; models are shared."""

from dataclasses import dataclass

import streamlit as st

from ccds_core.attending import AttendedSentence
from ccds_core.run_folders import RunRecord
from pages.ui.change_controls import Heads
from pages.ui.loaders import load_classifier, on_a_core

Sentences = tuple[tuple[str, ...], ...]  # the words of one sentence, or of two of a pair
NONE_OFF: Heads = frozenset()


@st.cache_resource(max_entries=2, show_spinner="Loading the encoder as it was before fine-tuning")
def _untuned_of(name: str, digest: str, _record: RunRecord):  # type: ignore[no-untyped-def]  # torch on first use only
    from ccds_core.pretrained import load_untuned

    return load_untuned(load_classifier(_record))


@dataclass(frozen=True)
class _Ask:
    """One question to one network; with the run's name and digest the whole of a cache key."""

    sentences: Sentences
    target: int | None = None
    off: tuple[tuple[int, int], ...] = ()
    untuned: bool = False


@st.cache_data(max_entries=64, show_spinner="Reading every head", hash_funcs={_Ask: repr})
@on_a_core
def _attend(ask: _Ask, name: str, digest: str, _record: RunRecord) -> AttendedSentence:
    from ccds_core.attending import attend
    from ccds_core.head_ablation import switch_off
    from ccds_core.sentence_pairs import attend_pair

    classifier = _untuned_of(name, digest, _record) if ask.untuned else load_classifier(_record)
    if ask.off:
        classifier = switch_off(classifier, ask.off)
    if len(ask.sentences) > 1:
        return attend_pair(classifier, (ask.sentences[0], ask.sentences[1]), ask.target)
    return attend(classifier, ask.sentences[0], ask.target)


def attend(
    sentences: Sentences, record: RunRecord, target: int | None = None, off: Heads = NONE_OFF
) -> AttendedSentence:
    """What a run's BERT does with one sentence, or a pair, with some heads switched off."""
    return _attend(_Ask(sentences, target, tuple(sorted(off))), record.name, record.digest, record)


def attend_untuned(sentences: Sentences, record: RunRecord) -> AttendedSentence:
    """The same by the encoder as it was before fine-tuning."""
    return _attend(_Ask(sentences, untuned=True), record.name, record.digest, record)


@st.cache_data(max_entries=4, show_spinner=False)
def _shape_of(name: str, digest: str, _record: RunRecord) -> tuple[int, int]:
    from ccds_core.attending import find_bert
    from ccds_core.head_ablation import shape_of

    return shape_of(find_bert(load_classifier(_record)))


def shape_of(record: RunRecord) -> tuple[int, int]:
    """(L, H) of a run's BERT."""
    return _shape_of(record.name, record.digest, record)


def mask_token(record: RunRecord) -> str | None:
    """The token that hides a word, where the encoder has one."""
    from ccds_core.word_changes import find_mask

    mask = find_mask(load_classifier(record).encoder)
    return mask.token if mask else None
