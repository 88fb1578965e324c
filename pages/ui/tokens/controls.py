"""Widgets -> which texts are counted, and with which corrections."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.data.text_file import TEXT_COLUMNS, find_column
from ccds_core.errors import InvalidInputError
from ccds_core.explain.top_tokens.options import CORRECTIONS, TokenOptions
from ccds_core.explain.top_tokens.readings import MEASURES
from ccds_core.explain.top_tokens.table import METHODS
from ccds_core.runs.records import RunRecord
from pages.ui.shared import controls, upload_loaders
from pages.ui.tokens import loaders
from pages.ui.tokens.loaders import Texts

SHIPPED, SPLIT, OWN = "Test sentences", "Another split", "Your texts"
SOURCES = (SHIPPED, SPLIT, OWN)
LADDER, LISTS, REPORT, MASKING, AGREEMENT = (
    "From naive to corrected", "Top words", "The report's six words", "Masking test", "Rank correlation",
)  # fmt: skip
VIEWS = (LADDER, LISTS, REPORT, MASKING, AGREEMENT)  # in the order in which they are best read
GROUPINGS = {"Predicted class": "predicted", "True class": "true", "Correct predictions only": "correct"}
SWITCHES = {
    "renormalised": "Renormalise over words (no special tokens)",
    "per_length": "Length-normalise (1 = uniform)",
    "once": "Count once per sentence",
    "average": "Mean instead of sum",
    "floor": "Minimum count",
    "shrunk": "Shrink rare words",
    "contrast": "Contrast: the class minus the rest",
    "function_words": "Keep stop words",
}
HELP = {
    "view": "In this order: what correction changes, the top words with examples, the report's words, and two tests.",
    "options": "Which sentences, which model and which corrections: the lists are shown with all corrections first.",
    "source": "The 2,000 test sentences are counted already; another split needs the emotion data, your texts a CSV.",
    "split": "The part of the emotion data whose sentences are read.",
    "group": "The class of a sentence: the model's prediction, or its label.",
    "measure": "Which attention of the encoder a word is given: by layer, row and mean over heads.",
    "method": "The score of a word: attention, attribution, or word counts alone.",
    "step": "From the naive sum on the left to the corrected measure on the right.",
    "csv": "A table with a column of texts; each is read once by the model on this computer.",
    "column": "The column that holds the texts.",
    "integrated": "Also attributes each prediction to its words by integrated gradients (Sundararajan et al. 2017).",
    "class": "The emotion whose words can be chosen.",
    "word": "The word whose sentences are shown: those with the highest, the median and the lowest score.",
    "renormalised": "The attention to the words of a sentence sums to 1: [CLS] and [SEP] are left out.",
    "per_length": "Attention times the number of words, so that long sentences do not count less.",
    "once": "A word that is repeated in a sentence counts once, with its mean attention.",
    "average": "The mean over the sentences that have the word: frequency has no effect.",
    "floor": "Words in fewer than 10 sentences of a class (5 in a small class) are left out.",
    "shrunk": "The mean of a word in few sentences moves towards its mean over all classes.",
    "contrast": "The mean in the class minus the mean in the other classes, over the spread of all words.",
    "function_words": "Off: stop words are left out unless their contrast is 2 or more in a class.",
}
METHOD_WIDTH = 230  # pixels
MOST = 20_000  # texts of a file that are read


def choose_view(bar: DeltaGenerator) -> str:
    """What is drawn of the lists."""
    return controls.choose_one("View", VIEWS, "tokens_view", bar, HELP["view"])


def choose_source(page: str) -> tuple[str, str]:
    """Where the sentences come from, and the part of the data set."""
    source = controls.choose_one("Sentences from", SOURCES, f"{page}_source", explanation=HELP["source"])
    if source != SPLIT:
        return source, "test"
    return source, controls.choose_one("Split", ("val", "train", "test"), f"{page}_split", explanation=HELP["split"])


def choose_options(page: str, labelled: bool) -> TokenOptions:
    """One switch per correction, the attention score, and how sentences are grouped into classes."""
    groups = list(GROUPINGS) if labelled else ["Predicted class"]
    chosen = GROUPINGS[controls.choose_one("Sentences by", groups, f"{page}_group", explanation=HELP["group"])]
    measures = [name for name in MEASURES if name != "integrated"]
    measure = st.selectbox(
        "Attention score", measures, key=f"{page}_measure", bind="query-params",
        format_func=lambda name: MEASURES[name].label, help=HELP["measure"],
    )  # fmt: skip
    st.caption(MEASURES[measure or "cls"].explanation)
    on = {
        name: st.toggle(label, value=True, key=f"{page}_{name}", bind="query-params", help=HELP[name])
        for name, label in SWITCHES.items()
    }
    if not on["average"]:  # a sum has no mean to shrink to and no spread
        on |= {"shrunk": False, "contrast": False}
    return TokenOptions(
        measure=measure or "cls", group="true" if chosen == "true" else "predicted", correct_only=chosen == "correct",
        **on,
    )  # fmt: skip


def choose_texts(page: str, source: str, part: str, record: RunRecord) -> Texts | None:
    """The texts to count; None while there are none."""
    return _upload(page) if source == OWN else loaders.load_part(record, part)


def choose_method(page: str, available: list[str], bar: DeltaGenerator) -> str:
    """The method of the lists."""
    labels = {METHODS[name].label: name for name in ("contrast", "workshop", "integrated-gradients", "log-odds")}
    offered = [label for label, name in labels.items() if name in available]
    chosen = bar.selectbox(
        "Method", offered, key=f"{page}_method", bind="query-params", help=HELP["method"], width=METHOD_WIDTH
    )
    return labels[chosen or offered[0]]


def choose_step(page: str) -> str:
    """A step of the ladder, from the naive sum to the corrected measure."""
    labels = {step.label: name for name, step in CORRECTIONS.items()}
    chosen = st.select_slider(
        "Corrections, added one by one", list(labels), key=f"{page}_step", bind="query-params", help=HELP["step"]
    )
    step = CORRECTIONS[labels[chosen]]
    st.caption(step.explanation)
    return step.name


def is_shipped(options: TokenOptions) -> bool:
    """Whether the shipped results have these options."""
    return options == TokenOptions(group=options.group, correct_only=options.correct_only)


def _upload(page: str) -> Texts | None:
    upload = st.file_uploader("CSV with a text column", type=["csv", "tsv", "txt"], key=f"{page}_csv", help=HELP["csv"])
    if upload is None:
        return None
    table = upload_loaders.load_table(upload.getvalue(), upload.name)
    columns = list(table)
    default = find_column(columns, TEXT_COLUMNS)
    index = columns.index(default) if default else 0
    column = st.selectbox("Text column", columns, index=index, key=f"{page}_column", help=HELP["column"])
    if default is None:
        st.warning("No column is named 'text'. Choose the text column.")
    texts = tuple(text for text in table[column] if text.strip())
    if not texts:
        raise InvalidInputError(f"The column '{column}' has no text.")
    if len(texts) > MOST:
        st.warning(f"{len(texts):,} texts: the first {MOST:,} are read.")
    return Texts(upload.name, texts[:MOST], None)
