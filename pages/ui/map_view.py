"""The map of the Embeddings page: words that stand with one class, and where another word would be."""

from collections.abc import Sequence

import streamlit as st

from ccds_core import word_tables
from ccds_core.errors import InvalidInputError
from ccds_core.figures.word_map import PlacedWord, word_map
from ccds_core.figures.word_neighbours import NO_CLASS
from ccds_core.run_folders import RunRecord
from ccds_core.word_tables import WordTable
from pages.ui import controls, text_controls, text_loaders
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.text import plain

MOST = 450  # words: more would cover one another


def draw_map(records: Sequence[RunRecord]) -> None:
    """Words that stand with one class, laid out in two dimensions."""
    counter = text_controls.find_counter()
    if counter is None:
        st.info("The map is coloured by the one-word rule's counts: python -m ccds_core train one-word-rule.")
        return
    first, second = st.columns([3, 2], vertical_alignment="bottom")
    with first:
        name = controls.choose_one("Table", [record.name for record in records], "embeddings_map_table")
    search = second.text_input("Find a word", value="happy", max_chars=60, key="embeddings_search", bind="query-params")
    record = next(record for record in records if record.name == name)
    table, class_of = text_loaders.load_table(record), text_loaders.load_word_classes(counter)
    words = word_tables.telling_words(table, text_loaders.load_counts(counter), class_of, MOST)
    layout = text_loaders.load_layout(record, words)
    points = [PlacedWord(word, float(x), float(y), class_of[word]) for word, (x, y) in zip(words, layout, strict=True)]
    found = _find(table, search)
    if found and found not in words:
        x, y = word_tables.place_between(table, words, layout, found)
        points.append(PlacedWord(found, float(x), float(y), NO_CLASS))
    share = word_tables.same_class_share(table, words, class_of)
    title = f"{record.name}: for {share:.0%} of these words the nearest one stands with the same emotion"
    chart = word_map(points, counter.card.classes, found, title)
    draw_as_wide_as_it_is(chart, title, "embeddings_map")
    st.caption(plain(_explain(words, found)))


def _find(table: WordTable, search: str) -> str | None:
    if not search.strip():
        return None
    try:
        return table.words[table.place_of(search)]
    except InvalidInputError as error:
        st.warning(plain(str(error)))
        return None


def _explain(words: Sequence[str], found: str | None) -> str:
    said = (
        f"The {len(words)} most frequent words that stand in at least {word_tables.FEWEST_TEXTS} training texts, more "
        f"than {word_tables.MAJORITY:.0%} of them of one class, by t-SNE on the cosine: who stands beside whom means "
        "something, how far apart or where does not."
    )
    if found is None or found in words:
        return said
    return f"{said} '{found}' is none of them: it is put between its {word_tables.BETWEEN} nearest."
