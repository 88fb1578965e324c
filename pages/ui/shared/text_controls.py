"""Widgets -> a sentence, the text models that classify it, a target class and an attribution method."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.errors import CheckpointError
from ccds_core.explain.methods import TEXT_METHODS, methods_of
from ccds_core.explain.trust.measured import default_models
from ccds_core.runs.records import RunRecord
from pages.ui.shared import controls, frame, loaders, mistakes_view
from pages.ui.shared.markdown import plain

EXAMPLES, WRITE, MANY, WRONG = "Examples", "Write", "Batch/CSV", "Misclassified"
SOURCES = (EXAMPLES, WRITE, MANY, WRONG)
EXAMPLE_WIDTH = 220  # pixels
MISSING = "No text model found. Train one on the emotion data: python -m ccds_core train text-embedding."
NO_BERT = "No BERT found. Fine-tune one on the emotion data: python -m ccds_core train bert-emotion."
BERT = "The fine-tuned encoder whose attention is shown."
METHOD = "How the contribution of each word is computed; the faithfulness test tells how far to trust it."
TARGET = "The class whose score the words are explained for."
MODELS_HELP = "Every trained model that classifies the sentence. The ensemble is the mean of the accurate ones."
FAITHFUL = "Faithfulness test"  # a tab of the Attention page
WORKED = {"by the sea": "Attention less faithful", "old dog": "Attention more faithful"}  # of the example sentences


def choose_text_runs(page: str) -> list[RunRecord]:
    """The text models: of each kind the best on validation, unless chosen otherwise."""
    runs = {record.name: record for record in loaders.load_runs() if record.task == "text" and record.has_weights}
    if not runs:
        raise CheckpointError(MISSING)
    default = default_models(runs.values()) or list(runs)[:4]
    chosen = st.multiselect(
        "Models", list(runs), default=default, key=f"{page}_models", bind="query-params", help=MODELS_HELP
    )
    return [runs[name] for name in chosen or default]


def choose_sentence(page: str, source: str, bar: DeltaGenerator) -> str | None:
    """An example's text, the one that was written in `bar`, or a misclassified one; None where there is none."""
    if source == WRONG:
        text = mistakes_view.choose_wrong_sentence()
        if text is not None:
            st.markdown(f"> {plain(text)}")
        return text
    if source == WRITE:
        return write_sentence(page, bar)
    names = list(EXAMPLE_SENTENCES)
    chosen = bar.selectbox(
        "Example", names, key=f"{page}_example", bind="query-params", label_visibility="collapsed", width=EXAMPLE_WIDTH,
    )  # fmt: skip
    text = EXAMPLE_SENTENCES[chosen or names[0]]
    st.markdown(f"> {plain(text)}")
    return text


def write_sentence(page: str, bar: DeltaGenerator) -> str:
    """What was written; Enter takes it, and the button, for a phone. Blank while nothing is written."""
    text = bar.text_input(
        "Sentence", key=f"{page}_text", bind="query-params", placeholder="I was so glad that it rained at last.",
        label_visibility="collapsed",
    )  # fmt: skip
    bar.button("Classify", key=f"{page}_classify", type="primary")
    return text


def choose_class(key: str, classes: Sequence[str], whose: str, predicted: str) -> str | None:
    """The target class; None: the predicted one, whose option is `whose` prediction it is.

    Which class that is stands in the field's name: a browser keeps the label of an option that was chosen.
    """
    chosen = st.segmented_control(
        f"Target class ({whose}: {plain(predicted)})", [whose, *classes], default=whose, required=True, key=key,
        bind="query-params", help=TARGET,
    )  # fmt: skip
    return None if chosen in (None, whose) else chosen


def choose_method(key: str) -> str:
    """One of `TEXT_METHODS`; leave-one-out unless chosen otherwise."""
    names = {method.label: name for name, method in TEXT_METHODS.items()}
    label = st.segmented_control(
        "Attribution method",
        list(names),
        default=next(iter(names)),
        required=True,
        key=key,
        bind="query-params",
        help=METHOD,
    )
    return names[label or next(iter(names))]


def choose_judged(key: str, records: Sequence[RunRecord]) -> RunRecord:
    """The model of the faithfulness test; by default the one with the most attribution methods."""
    ranked = sorted(records, key=lambda record: -len(methods_of(record.card.config.model)))
    runs = {record.name: record for record in ranked}
    return runs[controls.choose_one("Model", list(runs), key)]


def link_to_worked() -> None:
    """A link to the worked example on the Attention page, with the faithfulness test open."""
    name = next(iter(WORKED))
    frame.link(
        "attention",
        f"{WORKED[name]}: {name}",
        (("attention_example", write_out_example(name)), ("attention_tab", FAITHFUL)),
    )


def write_out_example(name: str) -> str:
    """An example as a list offers it."""
    return f"{name}: {EXAMPLE_SENTENCES[name]}"


def choose_bert(page: str, place: DeltaGenerator | None = None) -> RunRecord:
    """The encoder of a page: the shipped one unless chosen otherwise, in a popover of its own or in `place`."""
    runs = {record.name: record for record in loaders.load_runs() if record.can("attention") and record.has_weights}
    if not runs:
        raise CheckpointError(NO_BERT)
    with place or st.popover("Model", icon=":material/tune:"):
        chosen = st.selectbox("Model", list(runs), key=f"{page}_model", bind="query-params", help=BERT)
    return runs[chosen or next(iter(runs))]
