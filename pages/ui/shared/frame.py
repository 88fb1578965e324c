"""PAGES, the table of all pages; page config and navigation around them, also for deep links."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.ui.shared import glossary, printing

ENTERED = "frame_entered"  # set by the frame and removed by the page: present only while the frame runs the page
EMPTY, REACHED = "frame_empty", "frame_reached"  # while a page is set back
PAUSE = 0.3  # seconds
FOLDER = Path(__file__).resolve().parents[2]  # pages/
ICON = Path(__file__).with_name("icon.png")
IMAGE_MODELS, SENTENCE_MODELS = "Image models", "Sentence models"  # groups of the navigation


@dataclass(frozen=True)
class PageEntry:
    """One page: its file and URL, its title in the navigation, what it shows in one sentence, and its group.

    A page without a group stands by itself in the navigation, before the groups.
    """

    name: str
    title: str
    lead: str
    icon: str
    group: str = ""


PAGES = (
    PageEntry(
        "home",
        "Home",
        "For classes and for learners: train, open and question the networks of a deep-learning workshop.",
        ":material/home:",
    ),
    PageEntry(
        "architectures",
        "Architectures",
        "Change one option and see its effect: layers, signal, training, code.",
        ":material/account_tree:",
        IMAGE_MODELS,
    ),
    PageEntry(
        "train",
        "Train",
        "Watch networks learn or fail: pause, change the learning rate, rewind, branch.",
        ":material/play_circle:",
    ),
    PageEntry(
        "images",
        "Images",
        "Upload an image: every CNN classifies it, from 32 × 32 pixels.",
        ":material/image:",
        IMAGE_MODELS,
    ),
    PageEntry(
        "emotions",
        "Emotions",
        "Enter a sentence: keywords, embeddings and all-MiniLM-L6-v2 predict its emotion.",
        ":material/sentiment_satisfied:",
        SENTENCE_MODELS,
    ),
    PageEntry(
        "embeddings",
        "Embeddings",
        "Find a word's nearest neighbours: in learned embeddings and in Word2Vec.",
        ":material/scatter_plot:",
        SENTENCE_MODELS,
    ),
    PageEntry(
        "attention",
        "Attention",
        "See what every attention head attends to; mask a word or switch a head off.",
        ":material/grid_view:",
        SENTENCE_MODELS,
    ),
    PageEntry(
        "tokens",
        "Top tokens",
        "See the most attended words per emotion: counted as in the report, then corrected.",
        ":material/format_list_numbered:",
        SENTENCE_MODELS,
    ),
    PageEntry(
        "compare",
        "Compare",
        "Compare runs: test scores, curves, confusion matrices, hyperparameters, cost.",
        ":material/compare_arrows:",
    ),
)


def run_app() -> None:
    """The entrypoint: page config, navigation, and the chosen page."""
    page = _navigation()
    st.session_state[ENTERED] = True
    page.run()


def open_page(name: str) -> None:
    """The first call of every page: draws its title and its one-sentence introduction.

    When the first request to a new server is a deep link, Streamlit runs the page's file alone, without the entrypoint.
    Then the navigation is declared here, and a rerun goes through the entrypoint.
    """
    if not st.session_state.pop(ENTERED, False):
        _navigation()
        st.rerun()
    entry = next(entry for entry in PAGES if entry.name == name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("CCDS Explorer" if entry.name == "home" else entry.title, width="content")
        to_reset = glossary.draw_help(name)
        st.markdown(entry.lead, width="content")
    printing.apply()
    if to_reset:
        _reset(name)
    if st.session_state.pop(EMPTY, False):
        st.fragment(_open_anew, run_every=PAUSE)()
        st.stop()


def link(name: str, label: str, query: Sequence[tuple[str, str]]) -> None:
    """A link to another page with the widget values in `query`, a name repeated for several; the session is kept."""
    st.page_link(
        str(FOLDER / f"{name}.py"), label=label, icon=":material/arrow_forward:", query_params=list(query) or None
    )


def go(name: str, query: Sequence[tuple[str, str]]) -> None:
    """Open another page with the widget values in `query`."""
    st.switch_page(str(FOLDER / f"{name}.py"), query_params=dict(query))


def _reset(name: str) -> None:
    """Forget what was chosen on a page, in the session and in the URL, and open it anew.

    The page is drawn once without its widgets: a browser keeps what its widgets show as long as they stand there.
    """
    for key in [key for key in st.session_state if str(key).startswith(f"{name}_")]:
        del st.session_state[key]
    st.session_state[EMPTY] = True
    go(name, ())


def _open_anew() -> None:
    """The first time nothing, so that the page without widgets reaches the browser; then the whole page."""
    if st.session_state.pop(REACHED, False):
        st.rerun()
    st.session_state[REACHED] = True


def _navigation() -> st.Page:
    # before the navigation: a page's icon would become the favicon otherwise, fetched from outside
    st.set_page_config(page_title="CCDS Explorer", page_icon=str(ICON), layout="wide")
    groups: dict[str, list[st.Page]] = {}
    for entry in PAGES:
        page = st.Page(
            str(FOLDER / f"{entry.name}.py"),
            title=entry.title,
            icon=entry.icon,
            url_path=None if entry.name == "home" else entry.name,
            default=entry.name == "home",
        )
        groups.setdefault(entry.group, []).append(page)
    return st.navigation(groups, position="top")
