"""Widgets -> a sentence, the text runs that answer it, and words."""

from collections.abc import Sequence

import streamlit as st

from ccds_core.data.example_sentences import EXAMPLE_SENTENCES
from ccds_core.errors import CheckpointError
from ccds_core.presets import architecture_of
from ccds_core.run_folders import RunRecord
from ccds_core.text_methods import TEXT_METHODS, methods_of
from pages.ui import controls, loaders, mistake_views
from pages.ui.text import plain

EXAMPLES, WRITE, MANY, WRONG = "Examples", "Write", "Many at once", "Wrong answers"
SOURCES = (EXAMPLES, WRITE, MANY, WRONG)
# one answer each: the floor, the learned table, the best Word2Vec row, the fine-tuned encoder
KINDS = ("one-word-rule", "text-embedding", "text-word2vec", "bert-emotion")
LIKELIEST = ""  # the choice of whatever class the models find likeliest; no class has this name
MISSING = "No text model is here. The emotion data train one: python -m ccds_core train text-embedding."


def choose_text_runs(page: str) -> list[RunRecord]:
    """The text runs to ask: of each kind the best on validation, unless chosen otherwise."""
    there = {record.name: record for record in loaders.load_runs() if record.task == "text" and record.has_weights}
    if not there:
        raise CheckpointError(MISSING)
    usual = [name for name in (_best(list(there.values()), kind) for kind in KINDS) if name] or list(there)[:4]
    with st.popover("Models", icon=":material/tune:"):
        chosen = st.multiselect(
            "Models that answer", list(there), default=usual, key=f"{page}_models", bind="query-params"
        )
    return [there[name] for name in chosen or usual]


def choose_sentence(page: str, source: str) -> str | None:
    """An example's text, the one that was written, or one that was answered wrong; None where there is none."""
    if source == WRONG:
        text = mistake_views.choose_wrong_sentence()
        if text is not None:
            st.markdown(f"> {plain(text)}")
        return text
    if source == WRITE:
        return st.text_area(
            "Sentence",
            key=f"{page}_text",
            height=90,
            placeholder="I was so glad that it rained at last.",
            label_visibility="collapsed",
        )
    names = list(EXAMPLE_SENTENCES)
    chosen = st.pills(
        "Example", names, default=names[0], required=True, key=f"{page}_example", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    text = EXAMPLE_SENTENCES[chosen or names[0]]
    st.markdown(f"> {plain(text)}")
    return text


def choose_class(key: str, classes: Sequence[str], likeliest: str) -> str | None:
    """The class that words are said to speak for; None: whatever the models find likeliest, said as `likeliest`."""
    chosen = st.segmented_control(
        "Class explained", [LIKELIEST, *classes], default=LIKELIEST, required=True, key=key, bind="query-params",
        format_func=lambda name: plain(likeliest if name == LIKELIEST else name),
    )  # fmt: skip
    return None if chosen in (None, LIKELIEST) else chosen


def choose_method(key: str) -> str:
    """One of `TEXT_METHODS`; leaving words out unless chosen otherwise."""
    names = {method.label: name for name, method in TEXT_METHODS.items()}
    label = st.segmented_control(
        "Measure", list(names), default=next(iter(names)), required=True, key=key, bind="query-params"
    )
    return names[label or next(iter(names))]


def choose_judged(key: str, records: Sequence[RunRecord]) -> RunRecord:
    """The run whose measures are judged; the one that most methods can explain to begin with."""
    ranked = sorted(records, key=lambda record: -len(methods_of(record.card.config.model)))
    there = {record.name: record for record in ranked}
    return there[controls.choose_one("Model judged", list(there), key)]


def choose_tables(page: str) -> list[RunRecord]:
    """Two runs with a table of word vectors, the learned one and Word2Vec's unless chosen otherwise."""
    there = {
        record.name: record
        for record in loaders.load_runs()
        if record.card.config.model == "text-embedding" and record.has_weights
    }
    if not there:
        raise CheckpointError(MISSING)
    usual = [name for name in ("text-embedding", "text-word2vec-frozen") if name in there] or list(there)[:2]
    with st.popover("Tables", icon=":material/tune:"):
        chosen = st.multiselect(
            "Tables side by side",
            list(there),
            default=usual,
            max_selections=2,
            key=f"{page}_tables",
            bind="query-params",
        )
    return [there[name] for name in chosen or usual]


def find_counter() -> RunRecord | None:
    """The one-word rule that is here: its counts say which class a word stands with."""
    counted = [
        record for record in loaders.load_runs() if record.card.config.model == "one-word" and record.has_weights
    ]
    return counted[0] if counted else None


def _best(records: Sequence[RunRecord], kind: str) -> str | None:
    """The run of that kind with the highest validation accuracy, shipped ones before those made here."""
    alike = [record for record in records if architecture_of(record.name).startswith(kind)]
    ranked = max(alike, key=lambda r: (r.shipped, max(e.val_accuracy for e in r.metrics.history)), default=None)
    return ranked.name if ranked else None
