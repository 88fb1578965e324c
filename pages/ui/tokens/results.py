"""The lists of the Top tokens page: the shipped ones, or those of a pass that the visitor starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from ccds_core.errors import MissingDataError
from ccds_core.explain.top_tokens.masking import MaskingCheck
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.results import GROUPINGS, TokenResults, TokenView
from ccds_core.results import percent
from ccds_core.runs.records import RunRecord
from pages.ui.shared.markdown import plain
from pages.ui.tokens import controls, loaders
from pages.ui.tokens.loaders import Texts


@dataclass(frozen=True)
class ShownResults:
    """What the views draw."""

    view: TokenView
    caption: str  # the sentences and the model
    texts: Texts | None = None  # None where the data set is not here
    masking: Mapping[str, Mapping[str, MaskingCheck]] = field(default_factory=dict)


def find(source: str, part: str, record: RunRecord, options: TokenOptions) -> ShownResults | None:
    """The shipped results where they have these options; else those of a pass, None until it is started."""
    shipped = loaders.load_shipped(record, "test") if source == controls.SHIPPED else None
    if shipped and controls.is_shipped(options):
        return _from_shipped(shipped, record, options)
    if shipped:
        st.info("The shipped lists use every correction. With other options the sentences are read again.")
    try:
        texts = controls.choose_texts("tokens", source, part, record)
    except MissingDataError as error:
        advice = "The lists of the test sentences need no data: choose them under Options."
        st.info(f"These sentences are not on this computer. {plain(str(error))} {advice}")
        return None
    if texts is None:
        st.info("Upload a CSV with a text column. Each sentence is read once, and its words are counted by class.")
        return None
    integrated = st.toggle(
        "Add integrated gradients (about ten times slower)",
        key="tokens_integrated",
        bind="query-params",
        help=controls.HELP["integrated"],
    )
    measures = tuple(dict.fromkeys([options.measure, "cls", *(["integrated"] if integrated else [])]))
    request = (texts.digest, measures, record.digest)
    # a callback, since the frame may start this run over, and the click would be gone
    label = f"Read {len(texts.texts):,} sentence{'s' if len(texts.texts) != 1 else ''}"
    st.button(label, type="primary", key="tokens_go", on_click=_request, args=(request,))
    if st.session_state.get("tokens_asked") != request:
        st.caption(f"{plain(texts.name)}; model: {plain(record.name)}.")
        return None
    return _read(texts, record, options, measures)


def _read(texts: Texts, record: RunRecord, options: TokenOptions, measures: tuple[str, ...]) -> ShownResults:
    progress = st.empty()
    with progress.container():
        bar = st.progress(0.0, "Reading")
        st.button("Cancel", key="tokens_cancel", on_click=_request, args=(None,))  # any click ends this run
        readings = loaders.read_texts(texts, record, measures, lambda done, message: _show(bar, done, message))
    progress.empty()
    view = loaders.summarize(texts, record, readings, options)
    hidden = percent(readings.hidden_share(options.measure))
    left_out = f" {readings.n_left_out:,} words did not fit." if readings.n_left_out else ""
    caption = (
        f"{len(readings):,} sentences of {texts.name}; model: {record.name}; on special tokens: {hidden} of the "
        f"attention.{left_out}"
    )
    return ShownResults(view, plain(caption), texts)


def _request(request: tuple[str, tuple[str, ...], str] | None) -> None:
    st.session_state["tokens_asked"] = request


def _show(bar: st.delta_generator.DeltaGenerator, done: float, message: str) -> None:
    bar.progress(done, message)


def _from_shipped(results: TokenResults, record: RunRecord, options: TokenOptions) -> ShownResults:
    group = next(name for name, default in GROUPINGS.items() if default == options)
    try:
        texts = loaders.load_part(record, results.split)
    except MissingDataError:
        texts = None  # the lists are shown without the sentences
    caption = (
        f"{results.n:,} sentences: {results.split}, {results.data_source}; model: {results.model}; on special tokens: "
        f"{percent(results.hidden_share)} of the [CLS] row."
    )
    return ShownResults(results.views[group], plain(caption), texts, results.masking)
