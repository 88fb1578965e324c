"""PAGES, the one table of pages; the frame around them; the guard that keeps deep links inside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

ENTERED = "frame_entered"  # set by the frame, taken away by the page: present only while the frame runs the page
FOLDER = Path(__file__).resolve().parent.parent
ICON = FOLDER / "ui" / "icon.png"


@dataclass(frozen=True)
class PageEntry:
    """One page: its file and URL, its name in the navigation, and what to see on it in one sentence."""

    name: str
    title: str
    lead: str
    icon: str


PAGES = (
    PageEntry(
        "home",
        "Home",
        "Six tasks of a deep-learning workshop, run again on real data: our figures beside the report's.",
        ":material/home:",
    ),
    PageEntry(
        "architectures",
        "Architectures",
        "Switch one thing and see the network change: its layers, its code, its signal at step 0 and in training.",
        ":material/account_tree:",
    ),
    PageEntry(
        "train",
        "Train",
        "Watch networks learn, or fail to: start a lesson, pause it, change its rate, go back, fork.",
        ":material/play_circle:",
    ),
    PageEntry(
        "images",
        "Images",
        "Bring a picture: every CNN answers at once, and you see the 32 × 32 pixels they answer from.",
        ":material/image:",
    ),
    PageEntry(
        "emotions",
        "Emotions",
        "Bring a sentence: a rule without learning, two word tables and a BERT answer at once, word by word.",
        ":material/sentiment_satisfied:",
    ),
    PageEntry(
        "embeddings",
        "Embeddings",
        "See which words stand near one another: in a table that learned emotions, and in Word2Vec's.",
        ":material/scatter_plot:",
    ),
    PageEntry(
        "attention",
        "Attention",
        "See what every head of the BERT reads in a sentence; then change a word or switch a head off, and watch.",
        ":material/grid_view:",
    ),
    PageEntry(
        "tokens",
        "Top tokens",
        "See the words that the BERT attends to most for each emotion: counted as the report did, then corrected.",
        ":material/format_list_numbered:",
    ),
    PageEntry(
        "compare",
        "Compare",
        "Put runs side by side: what they scored, how they learned, and which classes they mix up.",
        ":material/compare_arrows:",
    ),
)


def run_app() -> None:
    """The whole entrypoint: page config, navigation, and the page it chose."""
    page = _navigation()
    st.session_state[ENTERED] = True
    page.run()


def open_page(name: str) -> None:
    """The first call of every page: draws its title and its sentence.

    The first visitor of a fresh server who follows a deep link gets the page file run alone, without the frame; then
    the navigation is declared here, which tells Streamlit to go through the entrypoint, and the run starts over.
    """
    if not st.session_state.pop(ENTERED, False):
        _navigation()
        st.rerun()
    entry = next(entry for entry in PAGES if entry.name == name)
    st.title("CCDS Explorer" if entry.name == "home" else entry.title)
    st.markdown(entry.lead)


def link(name: str, label: str, query: Sequence[tuple[str, str]]) -> None:
    """A link to another page, opened on the choices in `query`, that keeps the session."""
    st.page_link(
        str(FOLDER / f"{name}.py"), label=label, icon=":material/arrow_forward:", query_params=dict(query) or None
    )


def _navigation() -> st.Page:
    # before the navigation: a page's icon would become the favicon otherwise, fetched from outside
    st.set_page_config(page_title="CCDS Explorer", page_icon=str(ICON), layout="wide")
    pages = [
        st.Page(
            str(FOLDER / f"{entry.name}.py"),
            title=entry.title,
            icon=entry.icon,
            url_path=None if entry.name == "home" else entry.name,
            default=entry.name == "home",
        )
        for entry in PAGES
    ]
    return st.navigation(pages, position="top")
