"""The lists of the Top tokens page: the shipped ones, or those of a pass that the visitor asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from ccds_core.errors import MissingDataError
from ccds_core.run_folders import RunRecord
from ccds_core.token_options import TokenOptions
from ccds_core.token_results import GROUPINGS, TokenResults, TokenView
from ccds_core.word_masking import MaskingCheck
from pages.ui import token_controls, token_loaders
from pages.ui.text import plain
from pages.ui.token_loaders import Texts


@dataclass(frozen=True)
class Found:
    """What the views draw."""

    view: TokenView
    said: str  # what it was counted on
    texts: Texts | None = None  # where the sentences are here
    masking: Mapping[str, Mapping[str, MaskingCheck]] = field(default_factory=dict)


def find(source: str, record: RunRecord, options: TokenOptions) -> Found | None:
    """The shipped results where they answer what is asked; else a pass, once it is asked for. None until then."""
    shipped = token_loaders.load_shipped(record, "test") if source == token_controls.SHIPPED else None
    if shipped and token_controls.is_shipped(options):
        return _from_shipped(shipped, record, options)
    if shipped:
        st.info(
            "The shipped lists are counted with every correction on. Counted otherwise, the sentences are read again."
        )
    texts = token_controls.choose_texts("tokens", source, record)
    if texts is None:
        st.info("Upload a CSV with a column of texts: every sentence is read once, and its words counted by class.")
        return None
    integrated = st.toggle(
        "Integrated gradients too (about ten times slower)", key="tokens_integrated", bind="query-params"
    )
    measures = tuple(dict.fromkeys([options.measure, "cls", *(["integrated"] if integrated else [])]))
    asked = (texts.digest, measures, record.digest)
    # a callback, since the frame may start this run over, and the click would be gone
    st.button(f"Read {len(texts.texts):,} sentences", type="primary", key="tokens_go", on_click=_ask, args=(asked,))
    if st.session_state.get("tokens_asked") != asked:
        st.caption(f"{plain(texts.name)}, by {plain(record.name)}.")
        return None
    return _read(texts, record, options, measures)


def _read(texts: Texts, record: RunRecord, options: TokenOptions, measures: tuple[str, ...]) -> Found:
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, "Reading")
        st.button("Cancel", key="tokens_cancel", on_click=_ask, args=(None,))  # any click ends this run
        readings = token_loaders.read_texts(texts, record, measures, lambda done, said: _show(bar, done, said))
    place.empty()
    view = token_loaders.summarize(texts, record, readings, options)
    hidden = readings.hidden_share(options.measure)
    left_out = f" {readings.n_left_out:,} words did not fit." if readings.n_left_out else ""
    said = f"{len(readings):,} sentences of {texts.name}, by {record.name}; special tokens held {hidden:.0%}.{left_out}"
    return Found(view, plain(said), texts)


def _ask(asked: tuple[str, tuple[str, ...], str] | None) -> None:
    st.session_state["tokens_asked"] = asked


def _show(bar: st.delta_generator.DeltaGenerator, done: float, said: str) -> None:
    bar.progress(done, said)


def _from_shipped(results: TokenResults, record: RunRecord, options: TokenOptions) -> Found:
    group = next(name for name, usual in GROUPINGS.items() if usual == options)
    try:
        texts = token_loaders.load_part(record, results.split)
    except MissingDataError:
        texts = None  # the lists stand without the sentences
    said = (
        f"{results.n:,} sentences: {results.split}, {results.data_source}, by {results.model}; of the [CLS] row "
        f"{results.hidden_share:.0%} lay on special tokens."
    )
    return Found(results.views[group], plain(said), texts, results.masking)
