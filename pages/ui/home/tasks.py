"""The workshop's six tasks as cards on the Home page: a description, and links to the pages that show them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui.shared import frame


@dataclass(frozen=True)
class Link:
    """A link to one page."""

    page: str  # a name in `frame.PAGES`
    label: str
    query: tuple[tuple[str, str], ...] = ()  # the page's widget values


@dataclass(frozen=True)
class Task:
    """One of the workshop's six tasks."""

    number: int
    title: str
    about: str
    links: tuple[Link, ...]


ARCHITECTURE_4 = (  # as the Architectures page's choices
    ("architectures_activation", "sigmoid"),
    ("architectures_extra_conv", "true"),
    ("architectures_linear_batch_norm", "true"),
)
TUNED = tuple(("compare_runs", name) for name in ("architecture-4", "architecture-5", "architecture-5-repaired"))
TASKS = (
    Task(
        1,
        "Train a CNN",
        "Architecture 1: loss and accuracy by epoch, then its confusion matrix on the test images.",
        (
            Link("architectures", "See Architecture 1"),
            Link("compare", "Loss curves", (("compare_runs", "architecture-1"), ("compare_view", "Curves"))),
            Link("compare", "Confusion matrix", (("compare_runs", "architecture-1"), ("compare_view", "Confusion"))),
        ),
    ),
    Task(
        2,
        "Change the architecture",
        "Sigmoid after the FC layers, an extra conv layer, batch norm: Architectures 2, 3 and 4.",
        (
            Link("architectures", "See Architecture 2 (sigmoid)", (("architectures_activation", "sigmoid"),)),
            Link("architectures", "See Architecture 4 (batch norm)", ARCHITECTURE_4),
            Link("compare", "Compare their loss curves", (("compare_view", "Curves"),)),
        ),
    ),
    Task(
        3,
        "Compare the four",
        "Accuracy, precision, recall and F1 of Architectures 1 to 4.",
        (
            Link("compare", "Compare the scores", (("compare_view", "Scores"),)),
            Link("compare", "Compare the classes", (("compare_view", "Classes"),)),
            Link("architectures", "Get Architecture 4 as code", (*ARCHITECTURE_4, ("architectures_view", "Code"))),
        ),
    ),
    Task(
        4,
        "Tune the best",
        "Dropout, cosine schedule, batch size 256, and Xavier initialization: the report's bug and the fix.",
        (
            Link(
                "architectures",
                "See the report's Xavier bug",
                (("architectures_initialisation", "Xavier (report's bug)"),),
            ),
            Link("images", "Classify an image"),
            Link("compare", "Compare hyperparameters", (("compare_view", "Hyperparameters & cost"), *TUNED)),
        ),
    ),
    Task(
        5,
        "Classify emotions",
        "Six emotions from learned word embeddings and from Word2Vec, compared with a keyword baseline.",
        (Link("emotions", "Classify a sentence"), Link("embeddings", "Explore the word vectors")),
    ),
    Task(
        6,
        "Look at attention",
        "The most attended words of each emotion in a fine-tuned BERT, and a test of the report's six.",
        (
            Link("attention", "See every attention head"),
            Link("tokens", "Check the report's six words", (("tokens_view", "The report's six words"),)),
        ),
    ),
)


def draw_task(task: Task, figures: Sequence[str]) -> None:
    """One task as a card: its results, and its links."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**Task {task.number}: {task.title}**")
        st.markdown(task.about)
        if figures:
            st.markdown(" ".join(f":blue-badge[{line}]" for line in figures))
        with st.container(horizontal=True):
            for link in task.links:
                frame.link(link.page, link.label, link.query)
