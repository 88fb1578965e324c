"""The core's functions for the Attention page, cached. Keys are words, names, digests and heads."""

from dataclasses import dataclass

import streamlit as st

from ccds_core.explain.attention_forward import AttendedSentence
from ccds_core.runs.records import RunRecord
from pages.ui.attention.perturbation_controls import Heads
from pages.ui.shared.loaders import BY_DIGEST, limit_concurrency, load_classifier

Sentences = tuple[tuple[str, ...], ...]  # the words of one sentence, or of two of a pair
NONE_OFF: Heads = frozenset()


@st.cache_resource(max_entries=2, show_spinner="Loading the encoder before fine-tuning", hash_funcs=BY_DIGEST)
def _load_untuned(record: RunRecord):  # type: ignore[no-untyped-def]  # torch on first use only
    from ccds_core.models.bert import load_untuned

    return load_untuned(load_classifier(record))


@dataclass(frozen=True)
class AttentionRequest:
    """One sentence, or a pair, and the state of the model."""

    sentences: Sentences
    target: int | None = None
    off: tuple[tuple[int, int], ...] = ()
    untuned: bool = False


@st.cache_data(max_entries=64, show_spinner="Computing attention", hash_funcs={**BY_DIGEST, AttentionRequest: repr})
@limit_concurrency
def _attend(request: AttentionRequest, record: RunRecord) -> AttendedSentence:
    from ccds_core.explain.attention_forward import attend, attend_pair
    from ccds_core.models.head_ablation import switch_off

    classifier = _load_untuned(record) if request.untuned else load_classifier(record)
    if request.off:
        classifier = switch_off(classifier, request.off)
    if len(request.sentences) > 1:
        return attend_pair(classifier, (request.sentences[0], request.sentences[1]), request.target)
    return attend(classifier, request.sentences[0], request.target)


def attend(
    sentences: Sentences, record: RunRecord, target: int | None = None, off: Heads = NONE_OFF
) -> AttendedSentence:
    """The attention of a run's BERT over one sentence, or a pair, with some heads ablated."""
    return _attend(AttentionRequest(sentences, target, tuple(sorted(off))), record)


def attend_untuned(sentences: Sentences, record: RunRecord) -> AttendedSentence:
    """The same by the encoder before fine-tuning."""
    return _attend(AttentionRequest(sentences, untuned=True), record)


@st.cache_data(max_entries=4, show_spinner=False, hash_funcs=BY_DIGEST)
def shape_of(record: RunRecord) -> tuple[int, int]:
    """(L, H) of a run's BERT."""
    from ccds_core.models import head_ablation
    from ccds_core.models.bert import find_bert

    return head_ablation.shape_of(find_bert(load_classifier(record)))


def mask_token(record: RunRecord) -> str | None:
    """The token that hides a word, where the encoder has one."""
    from ccds_core.explain.perturbation import find_mask

    mask = find_mask(load_classifier(record).encoder)
    return mask.token if mask else None
