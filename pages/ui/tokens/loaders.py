"""The core's functions for the Top tokens page, cached. A pass reports its progress; any click cancels it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
import streamlit as st

from ccds_core.explain.top_tokens.evidence import TokenScore
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.readings import SentenceReadings, WordReadings
from ccds_core.explain.top_tokens.results import TokenResults, TokenView, load_results, results_path
from ccds_core.runs.records import RunRecord
from ccds_core.storage import changed_at
from pages.ui.shared.loaders import BY_DIGEST, load_classifier

Progress = Callable[[float, str], None]
SLICE = 100  # texts between two reports of progress


@dataclass(frozen=True)
class Texts:
    """The texts of a pass."""

    name: str  # shown on the page
    texts: tuple[str, ...]
    labels: tuple[int, ...] | None  # where the truth is known

    @cached_property
    def digest(self) -> str:
        """For cache keys."""
        return sha256(repr((self.texts, self.labels)).encode()).hexdigest()


@st.cache_data(max_entries=4, show_spinner=False, hash_funcs=BY_DIGEST)
def _results_of(record: RunRecord, part: str, changed: int) -> TokenResults | None:
    return load_results(record, part)


def load_shipped(record: RunRecord, part: str) -> TokenResults | None:
    """The shipped results of a run; None where there are none."""
    return _results_of(record, part, changed_at(results_path(record.name)))


@st.cache_resource(max_entries=2, show_spinner="Loading the sentences", hash_funcs=BY_DIGEST)
def load_part(record: RunRecord, part: str) -> Texts:
    """ "train", "val" or "test" of the data that a run was trained on."""
    from ccds_core.explain.top_tokens import results

    labelled = results.load_part(load_classifier(record), part)
    return Texts(f"{part}, {labelled.source}", tuple(labelled.texts), tuple(labelled.labels.tolist()))


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_DIGEST)
def _read_slice(texts: Sequence[str], measures: tuple[str, ...], record: RunRecord) -> list[SentenceReadings]:
    from ccds_core.explain.top_tokens.corpus_pass import read_words

    return list(read_words(load_classifier(record), texts, measures))


def read_texts(texts: Texts, record: RunRecord, measures: Sequence[str], progress: Progress) -> WordReadings:
    """One pass of a run's BERT over texts; progress is reported outside the cached part."""
    from ccds_core.explain.top_tokens.readings import join_readings

    parts = []
    for start in range(0, len(texts.texts), SLICE):
        batch = texts.texts[start : start + SLICE]
        for part in _read_slice(batch, tuple(measures), record):
            parts.append(replace(part, places=tuple(start + place for place in part.places)))
        done = start + len(batch)
        progress(done / len(texts.texts), f"{done:,} of {len(texts.texts):,} sentences read")
    labels = None if texts.labels is None else np.array(texts.labels)
    return join_readings(parts, record.card.classes, labels)


@st.cache_data(
    max_entries=16,
    show_spinner="Counting, with bootstrap intervals",
    hash_funcs={**BY_DIGEST, TokenOptions: repr, Texts: lambda texts: texts.digest},
)
def summarize(texts: Texts, record: RunRecord, _readings: WordReadings, options: TokenOptions) -> TokenView:
    """Every list of a run's pass over the texts under these options."""
    from ccds_core.explain.top_tokens import results

    return results.summarize(_readings, options)


def sentences_of(texts: Texts, score: TokenScore) -> list[str]:
    """The example sentences of a bar, the highest score first."""
    return [texts.texts[row] for row in score.examples]
