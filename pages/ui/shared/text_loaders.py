"""The core's functions on sentences and words, cached. Keys are words, names and digests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from ccds_core.explain.faithfulness import Erasure
from ccds_core.explain.methods import TEXT_METHODS
from ccds_core.explain.trust import measured, warnings
from ccds_core.explain.trust.measured import SentenceTrust
from ccds_core.explain.trust.warnings import TrustWarning, WordKnowledge, read_knowledge
from ccds_core.models.sentence_answer import SentenceAnswer
from ccds_core.runs.records import RunRecord
from pages.ui.shared.loaders import BY_DIGEST, limit_concurrency, load_all, load_classifier, load_runs, none_if_missing

Progress = Callable[[float, str], None]
SLICE = 250  # texts between two reports of progress


@dataclass(frozen=True)
class FaithfulnessResult:
    """The attributions of one sentence's words by one run, and their erasure curves; all by the methods' labels."""

    scores: Mapping[str, np.ndarray]  # (W,) each
    erasures: Mapping[str, Erasure]  # that of random order too


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs=BY_DIGEST)
def _answer(words: tuple[str, ...], record: RunRecord) -> SentenceAnswer:
    from ccds_core.models.sentence_answer import answer_sentence

    return answer_sentence(load_classifier(record), words)


def answer_all(words: Sequence[str], records: Sequence[RunRecord]) -> dict[str, SentenceAnswer]:
    """Each run's prediction for one sentence."""
    load_all(records)
    return {record.name: _answer(tuple(words), record) for record in records}


@st.cache_data(max_entries=256, show_spinner="Leaving out each word", hash_funcs=BY_DIGEST)
@limit_concurrency
def leave_one_out(words: Sequence[str], record: RunRecord) -> np.ndarray:
    """(W, n_classes): the leave-one-out effect of each word on each class."""
    from ccds_core.explain import text_inputs

    return text_inputs.leave_one_out(load_classifier(record), words)


@st.cache_data(max_entries=256, show_spinner="Explaining the words", hash_funcs=BY_DIGEST)
@limit_concurrency
def explain_words(words: Sequence[str], record: RunRecord, target: int, method: str):  # type: ignore[no-untyped-def]  # torch is imported on first use only
    """`WordExplanation` of one run by one of `TEXT_METHODS`."""
    from ccds_core.explain.text_attribution import explain_text

    return explain_text(load_classifier(record), words, target, method)


@st.cache_data(max_entries=128, show_spinner="Deleting and inserting words", hash_funcs=BY_DIGEST)
@limit_concurrency
def judge_words(words: Sequence[str], record: RunRecord, target: int) -> FaithfulnessResult:
    """Every attribution that a run allows of one sentence, and the target's probability as words are erased by each."""
    from ccds_core.explain.faithfulness import erase
    from ccds_core.explain.text_attribution import explain_for_erasure

    scores, predict = explain_for_erasure(load_classifier(record), words, target)
    labels = {method: TEXT_METHODS[method].label for method in scores}
    erasures = erase(scores, predict)
    return FaithfulnessResult(
        {labels[method]: values for method, values in scores.items()},
        {labels.get(method, method): erasure for method, erasure in erasures.items()},
    )


def find_counter() -> RunRecord | None:
    """A keyword baseline: its counts give the class of each word."""
    baselines = (record for record in load_runs() if record.can("word-counts") and record.has_weights)
    return next(baselines, None)


@st.cache_resource(max_entries=2, show_spinner=False)
def _trust_of(changed: int) -> SentenceTrust | None:
    return none_if_missing(measured.load_trust)


def load_trust() -> SentenceTrust | None:
    """How often the shipped text models and the warnings were right; None where it is missing or damaged."""
    return _trust_of(measured.trust_changed())


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=BY_DIGEST)
def _knowledge_of(counter: RunRecord, encoder: RunRecord | None) -> WordKnowledge:
    return read_knowledge(load_classifier(counter), load_classifier(encoder) if encoder else None)


def find_warning(text: str, classes: Sequence[str]) -> TrustWarning | None:
    """What makes an answer of these classes doubtful; None also where no keyword baseline has the same classes."""
    counter = find_counter()
    if counter is None or counter.card.classes != tuple(classes):
        return None
    encoders = (record for record in load_runs() if record.can("attention") and record.has_weights)
    return warnings.find_warning(text, _knowledge_of(counter, next(encoders, None)))


@st.cache_data(max_entries=64, show_spinner=False)
def count_wordless(texts: Sequence[str]) -> int:
    """How many of the texts have no word that a model could read."""
    from ccds_core.data.normalize import split_words

    return sum(not split_words(text) for text in texts)


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs=BY_DIGEST)
def _answer_slice(texts: Sequence[str], record: RunRecord) -> np.ndarray:
    from ccds_core.data.normalize import split_words

    classifier = load_classifier(record)
    return classifier.predict_many([classifier.encode(split_words(text)) for text in texts])


def answer_many(texts: Sequence[str], record: RunRecord, progress: Progress) -> np.ndarray:
    """(N, n_classes) probabilities of one run on many texts; progress is reported outside the cached part."""
    probabilities = np.empty((len(texts), len(record.card.classes)))
    order = sorted(
        range(len(texts)), key=lambda place: len(texts[place])
    )  # texts of a batch should have about one length
    for start in range(0, len(order), SLICE):
        places = order[start : start + SLICE]
        part = [texts[place] for place in places]
        probabilities[places] = _answer_slice(part, record)
        done = start + len(places)
        progress(done / len(texts), f"{record.name}: {done:,} of {len(texts):,} texts")
    return probabilities
