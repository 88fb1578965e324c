"""What the pages of sentences and words ask the core for, cached. Keys are words, names and digests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import streamlit as st

from ccds_core.config import DataConfig
from ccds_core.data.text_rows import TextRows
from ccds_core.errors import MissingDataError
from ccds_core.faithfulness import Erasure
from ccds_core.run_folders import RunRecord
from ccds_core.sentence import SentenceAnswer
from ccds_core.text_methods import TEXT_METHODS
from ccds_core.word_tables import WordTable
from pages.ui.loaders import load_classifier, on_a_core

Progress = Callable[[float, str], None]
SLICE = 250  # texts answered between two tellings of progress


@dataclass(frozen=True)
class Judged:
    """The measures of one sentence's words by one run, and what each is worth; all by the methods' labels."""

    scores: Mapping[str, np.ndarray]  # (W,) each
    erasures: Mapping[str, Erasure]  # that of random order too


@st.cache_data(max_entries=512, show_spinner=False)
def _answer(words: tuple[str, ...], name: str, digest: str, _record: RunRecord) -> SentenceAnswer:
    from ccds_core.sentence import answer_sentence

    return answer_sentence(load_classifier(_record), words)


def answer_all(words: Sequence[str], records: Sequence[RunRecord]) -> dict[str, SentenceAnswer]:
    """Each run's answer to one sentence."""
    return {record.name: _answer(tuple(words), record.name, record.digest, record) for record in records}


@st.cache_data(max_entries=256, show_spinner="Asking again without each word")
@on_a_core
def _leave_one_out(words: tuple[str, ...], name: str, digest: str, _record: RunRecord) -> np.ndarray:
    from ccds_core.leave_one_out import leave_one_out

    return leave_one_out(load_classifier(_record), words)


def leave_one_out(words: Sequence[str], record: RunRecord) -> np.ndarray:
    """(W, n_classes): what each word does to each class."""
    return _leave_one_out(tuple(words), record.name, record.digest, record)


@st.cache_data(max_entries=256, show_spinner="Explaining the words")
@on_a_core
def _explain(words: tuple[str, ...], asked: tuple[int, str], name: str, digest: str, _record: RunRecord):  # type: ignore[no-untyped-def]  # torch is imported on first use only
    from ccds_core.text_explanations import explain_text

    return explain_text(load_classifier(_record), words, *asked)


def explain_words(words: Sequence[str], record: RunRecord, target: int, method: str):  # type: ignore[no-untyped-def]
    """`WordExplanation` of one run by one of `TEXT_METHODS`."""
    return _explain(tuple(words), (target, method), record.name, record.digest, record)


@st.cache_data(max_entries=128, show_spinner="Taking words away by every measure")
@on_a_core
def _judge(words: tuple[str, ...], target: int, name: str, digest: str, _record: RunRecord) -> Judged:
    from ccds_core.faithfulness import erase
    from ccds_core.text_explanations import explain_for_erasure

    scores, ask = explain_for_erasure(load_classifier(_record), words, target)
    labels = {method: TEXT_METHODS[method].label for method in scores}
    erasures = erase(scores, ask)
    return Judged(
        {labels[method]: values for method, values in scores.items()},
        {labels.get(method, method): erasure for method, erasure in erasures.items()},
    )


def judge_words(words: Sequence[str], record: RunRecord, target: int) -> Judged:
    """Every measure that a run can do of one sentence, and what erasing by each does to the target."""
    return _judge(tuple(words), target, record.name, record.digest, record)


@st.cache_data(max_entries=512, show_spinner=False)
def _answer_slice(texts_digest: str, name: str, digest: str, _texts: Sequence[str], _record: RunRecord) -> np.ndarray:
    from ccds_core.data.words import split_words

    classifier = load_classifier(_record)
    return classifier.predict_many([classifier.encode(split_words(text)) for text in _texts])


def answer_many(texts: Sequence[str], record: RunRecord, progress: Progress) -> np.ndarray:
    """(N, n_classes) probabilities of one run on many texts; progress is told from outside of what is cached."""
    probabilities = np.empty((len(texts), len(record.card.classes)))
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))  # a batch wants texts of about one length
    for start in range(0, len(order), SLICE):
        places = order[start : start + SLICE]
        part = [texts[place] for place in places]
        probabilities[places] = _answer_slice(digest_of(part), record.name, record.digest, part, record)
        done = start + len(places)
        progress(done / len(texts), f"{record.name}: {done:,} of {len(texts):,} texts")
    return probabilities


def digest_of(texts: Sequence[str]) -> str:
    """One key for many texts."""
    digest = sha256()
    for text in texts:
        digest.update(text.encode(errors="surrogatepass") + b"\0")
    return digest.hexdigest()


@st.cache_resource(max_entries=8, show_spinner=False)
def _table_of(name: str, digest: str, _record: RunRecord) -> WordTable:
    from ccds_core.word_tables import read_table

    return read_table(load_classifier(_record))


def load_table(record: RunRecord) -> WordTable:
    """A run's table of word vectors."""
    return _table_of(record.name, record.digest, record)


@st.cache_resource(max_entries=4, show_spinner=False)
def _counts_of(name: str, digest: str, _record: RunRecord) -> dict[str, np.ndarray]:
    from ccds_core.word_tables import count_classes

    return count_classes(load_classifier(_record))


def load_counts(record: RunRecord) -> dict[str, np.ndarray]:
    """word -> training texts of each class that hold it."""
    return _counts_of(record.name, record.digest, record)


def load_word_classes(record: RunRecord) -> dict[str, str]:
    """word -> the class that it stands with, by a one-word rule's counts; words without one are left out."""
    from ccds_core.word_tables import classes_of_words

    return classes_of_words(load_counts(record), record.card.classes)


@st.cache_data(max_entries=8, show_spinner="Laying out the map")
def _layout_of(name: str, digest: str, words: tuple[str, ...], _record: RunRecord) -> np.ndarray:
    from ccds_core.word_tables import lay_out

    return lay_out(load_table(_record), words)


def load_layout(record: RunRecord, words: Sequence[str]) -> np.ndarray:
    """(len(words), 2): the words' places on the map."""
    return _layout_of(record.name, record.digest, tuple(words), record)


@st.cache_resource(max_entries=2, show_spinner="Reading the sentences")
def _rows_of(config: DataConfig, digest: str) -> TextRows:
    from ccds_core.data.catalog import load_text_rows

    rows = load_text_rows(config)
    if rows.digest != digest:
        raise MissingDataError("The data set here is not the one that this run was tested on.")
    return rows


def sentences_of_cell(record: RunRecord, label: str, prediction: str) -> list[str]:
    """The test sentences of one label that a run gave one answer to."""
    from ccds_core.comparison import rows_of_cell

    rows = _rows_of(record.card.config.data, record.metrics.data_digest)
    labels = rows.labels[rows.split.test].tolist()
    places = rows_of_cell(record, labels, label, prediction)
    return [rows.texts[rows.split.test[place]] for place in places]
