"""The map of the Embeddings page: words of one class each, and a word to find."""

from collections.abc import Sequence

import streamlit as st

from ccds_core.errors import InvalidInputError
from ccds_core.figures.word_map import NO_CLASS, PlacedWord, word_map
from ccds_core.models import word_vectors
from ccds_core.models.word_vectors import WordTable
from ccds_core.results import percent
from ccds_core.runs.records import RunRecord
from pages.ui.embeddings import loaders
from pages.ui.embeddings.views import WORD, Places
from pages.ui.shared import controls
from pages.ui.shared.charts import draw_stretched
from pages.ui.shared.crude import on_screen
from pages.ui.shared.markdown import plain
from pages.ui.shared.text_loaders import find_counter

FIND = "The word that is marked on the map; between its nearest neighbours where it is not one of the words."
MOST = 450  # words: more would cover one another


def draw_map(records: Sequence[RunRecord], places: Places) -> None:
    """Words of one class each, laid out in two dimensions by t-SNE."""
    counter = find_counter()
    if counter is None:
        st.info("The map's colours need the keyword baseline: python -m ccds_core train one-word-rule.")
        return
    names = [record.name for record in records]
    name = controls.choose_one("Embeddings", names, "embeddings_map_table", places.bar)
    search = places.bar.text_input(
        "Find a word", value="happy", max_chars=60, key="embeddings_search", bind="query-params", width=WORD, help=FIND,
        label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    record = next(record for record in records if record.name == name)
    table, class_of = loaders.load_table(record), loaders.load_word_classes(counter)
    words = word_vectors.telling_words(table, loaders.load_counts(counter), class_of, MOST)
    layout = loaders.load_layout(record, words)
    points = [
        PlacedWord(on_screen(word), float(x), float(y), class_of[word])
        for word, (x, y) in zip(words, layout, strict=True)
    ]
    marked = _find(table, search)
    if marked and marked not in words:
        x, y = word_vectors.place_between(table, words, layout, marked)
        points.append(PlacedWord(on_screen(marked), float(x), float(y), NO_CLASS))
    fraction = percent(word_vectors.same_class_share(table, words, class_of))
    title = f"{record.name}: {fraction} of these words have a nearest neighbour of the same emotion"
    chart = word_map(points, counter.card.classes, marked and on_screen(marked), title)
    draw_stretched(chart, title, "embeddings_map")
    st.caption(plain(_explain(words, marked)))


def _find(table: WordTable, search: str) -> str | None:
    if not search.strip():
        return None
    try:
        return table.words[table.place_of(search)]
    except InvalidInputError as error:
        st.warning(plain(str(error)))
        return None


def _explain(words: Sequence[str], marked: str | None) -> str:
    text = (
        f"The {len(words)} most frequent words in at least {word_vectors.FEWEST_TEXTS} training texts, more than "
        f"{percent(word_vectors.MAJORITY)} of them of one class, by t-SNE on the cosine: neighbours on the map are "
        "meaningful, distances and positions are not."
    )
    if marked is None or marked in words:
        return text
    return f"{text} '{marked}' is not one of them: it is placed between its {word_vectors.BETWEEN} nearest neighbours."
