"""What the Top tokens page asks the core for, cached. Passes say how far they are; to stop asking is to cancel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from ccds_core.run_folders import RunRecord
from ccds_core.storage import changed_at
from ccds_core.token_evidence import TokenScore
from ccds_core.token_options import TokenOptions
from ccds_core.token_results import TokenResults, TokenView, load_results, results_path
from ccds_core.word_readings import SentenceReadings, WordReadings
from pages.ui.loaders import load_classifier
from pages.ui.text_loaders import digest_of

Progress = Callable[[float, str], None]
SLICE = 100  # texts read between two tellings of progress


@dataclass(frozen=True)
class Texts:
    """What a pass goes over."""

    name: str  # said on the page
    texts: tuple[str, ...]
    labels: tuple[int, ...] | None  # where the truth is known

    @property
    def digest(self) -> str:
        """For cache keys."""
        return digest_of([*self.texts, str(self.labels)])


@st.cache_data(max_entries=4, show_spinner=False)
def _results_of(name: str, digest: str, part: str, changed: int, _record: RunRecord) -> TokenResults | None:
    return load_results(_record, part)


def load_shipped(record: RunRecord, part: str) -> TokenResults | None:
    """The shipped results of a run; None where there are none."""
    changed = changed_at(results_path(record.name))
    return _results_of(record.name, record.digest, part, changed, record)


@st.cache_resource(max_entries=2, show_spinner="Reading the sentences")
def _part_of(name: str, digest: str, part: str, _record: RunRecord) -> Texts:
    from ccds_core.token_results import load_part

    found = load_part(load_classifier(_record), part)
    return Texts(f"{part}, {found.source}", tuple(found.texts), tuple(found.labels.tolist()))


def load_part(record: RunRecord, part: str) -> Texts:
    """ "train", "val" or "test" of the data that a run was trained on."""
    return _part_of(record.name, record.digest, part, record)


@st.cache_resource(max_entries=256, show_spinner=False)
def _read_slice(
    texts_digest: str, measures: tuple[str, ...], run: tuple[str, str], _texts: Sequence[str], _record: RunRecord
) -> list[SentenceReadings]:
    from ccds_core.token_pass import read_words

    return list(read_words(load_classifier(_record), _texts, measures))


def read_texts(texts: Texts, record: RunRecord, measures: Sequence[str], progress: Progress) -> WordReadings:
    """One pass of a run's BERT over texts; progress is told from outside of what is cached."""
    from ccds_core.word_readings import join_readings

    parts = []
    for start in range(0, len(texts.texts), SLICE):
        some = texts.texts[start : start + SLICE]
        found = _read_slice(digest_of(some), tuple(measures), (record.name, record.digest), some, record)
        parts += [replace(part, places=tuple(start + place for place in part.places)) for part in found]
        done = start + len(some)
        progress(done / len(texts.texts), f"{done:,} of {len(texts.texts):,} sentences read")
    labels = None if texts.labels is None else np.array(texts.labels)
    return join_readings(parts, record.card.classes, labels)


@st.cache_data(
    max_entries=16, show_spinner="Counting, and drawing again for the intervals", hash_funcs={TokenOptions: repr}
)
def _summary_of(key: tuple[str, tuple[str, ...], str], options: TokenOptions, _readings: WordReadings) -> TokenView:
    from ccds_core.token_results import summarize

    return summarize(_readings, options)


def summarize(texts: Texts, record: RunRecord, readings: WordReadings, options: TokenOptions) -> TokenView:
    """Every list of one way of counting."""
    return _summary_of((texts.digest, tuple(readings.values), record.digest), options, readings)


def sentences_of(texts: Texts, score: TokenScore) -> list[str]:
    """The sentences that a bar was read in, the strongest first."""
    return [texts.texts[row] for row in score.examples]
