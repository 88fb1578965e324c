"""The views of the Embeddings page: neighbours, arithmetic, map; each with the lesson it teaches."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from ccds_core import word_tables
from ccds_core.errors import InvalidInputError
from ccds_core.figures.word_map import PlacedWord, word_map
from ccds_core.figures.word_neighbours import NO_CLASS, neighbour_bars
from ccds_core.run_folders import RunRecord
from ccds_core.word_tables import WordTable
from pages.ui import controls, panels, text_controls, text_loaders
from pages.ui.text import plain

NEIGHBOURS = 12
USUAL_LEAST = 20  # training texts
RARE = "A vector learned from a handful of texts is mostly chance, and chance puts such words beside everything."
ON_MAP = 450  # words: more would cover one another
PAIRS = (("happy", "glad"), ("happy", "sad"), ("angry", "furious"), ("scared", "calm"))
REASON = (
    "Word2Vec puts words near one another that stand **in the same places**: 'i feel happy today', 'i feel sad today'. "
    "That is similarity of use, not of meaning. A table that is trained to tell emotions apart pulls such words to "
    "opposite sides, because each needs another answer."
)


def draw_neighbours(records: Sequence[RunRecord]) -> None:
    """The nearest words of one word, a table beside the other."""
    first, second = st.columns(2)
    word = first.text_input("Word", value="happy", max_chars=60, key="embeddings_word", bind="query-params")
    least = second.slider("Only words of at least so many training texts", 1, 100, USUAL_LEAST, key="embeddings_least",
                          bind="query-params", help=RARE)  # fmt: skip
    _draw_side_by_side(records, "neighbours", least, lambda table: table.neighbours(word, NEIGHBOURS), word)


def draw_arithmetic(records: Sequence[RunRecord]) -> None:
    """The words nearest to a sum of words."""
    first, second = st.columns(2)
    plus = first.text_input("Add", value="happy scared", max_chars=200, key="embeddings_plus", bind="query-params")
    minus = second.text_input("Take away", value="", max_chars=200, key="embeddings_minus", bind="query-params")
    _draw_side_by_side(
        records, "sum", USUAL_LEAST, lambda table: table.combine(plus.split(), minus.split(), NEIGHBOURS), None
    )
    st.caption(
        "Directions of length one are added, and the words of the sum itself left out, as in Mikolov et al. 2013. "
        "Tables of so few texts hold few such regularities: king and queen hardly occur in them."
    )


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
    table, counts = text_loaders.load_table(record), text_loaders.load_counts(counter)
    class_of, classes = _classes()
    words = word_tables.telling_words(table, counts, class_of, ON_MAP)
    found = _find(table, search)
    if found and found not in words:
        words = [*words, found]
    share = _same_class_share(table, words, class_of)
    title = f"{record.name}: for {share:.0%} of these words the nearest one stands with the same emotion"
    layout = text_loaders.load_layout(record, words)
    points = [
        PlacedWord(word, float(x), float(y), class_of.get(word, NO_CLASS))
        for word, (x, y) in zip(words, layout, strict=True)
    ]
    chart = word_map(points, classes, found, title)
    st.altair_chart(chart, width="content", key="embeddings_map", alt=title)
    st.caption(
        f"The {len(words)} most frequent words of which at least {word_tables.MAJORITY:.0%} of the training texts are "
        "of one class, by t-SNE on the cosine: who stands beside whom means something, how far apart or where does not."
    )


def why(records: Sequence[RunRecord]) -> None:
    """The lesson, one click away, with the two tables' own figures."""
    with st.expander("Why are happy and sad neighbours?"):
        st.markdown(REASON)
        rows = []
        for one, other in PAIRS:
            row: dict[str, object] = {"words": f"{one}, {other}"}
            for record in records:
                table = text_loaders.load_table(record)
                there = one in table.places and other in table.places
                row[record.name] = table.similarity(one, other) if there else None
            rows.append(row)
        st.markdown("**Cosine of two words, from -1 to 1**")
        panels.number_table(rows)
        st.markdown(
            "The workshop looked its words up in GoogleNews vectors (1.66 GB, trained on 100 billion words). They "
            "cannot be shipped, so the vectors here were trained on the training texts alone: 300,000 words. Bring "
            "your own with `train text-word2vec-fine-tuned --vectors FILE --vector-size 300`."
        )


def _classes() -> tuple[dict[str, str], tuple[str, ...]]:
    """word -> class it stands with, and the classes; empty where no one-word rule is here."""
    counter = text_controls.find_counter()
    if counter is None:
        return {}, ()
    classes = counter.card.classes
    return word_tables.classes_of_words(text_loaders.load_counts(counter), classes), classes


def _find(table: WordTable, search: str) -> str | None:
    if not search.strip():
        return None
    try:
        return table.words[table.place_of(search)]
    except InvalidInputError as error:
        st.warning(plain(str(error)))
        return None


def _draw_side_by_side(
    records: Sequence[RunRecord],
    key: str,
    least: int,
    find: Callable[[WordTable], list[tuple[str, float]]],
    word: str | None,
) -> None:
    """What `find` finds in each table's words of at least `least` training texts; `word` is asked about, if one is."""
    class_of, classes = _classes()
    for column, record in zip(st.columns(2), records, strict=False):
        with column:
            st.subheader(plain(record.name))
            try:
                table = _frequent(text_loaders.load_table(record), least)
                found = find(table)
            except InvalidInputError as error:
                st.warning(plain(str(error)))
                continue
            title = _title(table, word, found, class_of)
            st.altair_chart(
                neighbour_bars(found, class_of, classes, title),
                width="content",
                key=f"embeddings_{key}_{record.name}",
                alt=title,
            )


def _frequent(table: WordTable, least: int) -> WordTable:
    """The table's words that stand in at least so many training texts; all where nothing was counted."""
    counter = text_controls.find_counter()
    if counter is None or least <= 1:
        return table
    counts = text_loaders.load_counts(counter)
    return table.of_words({word for word, row in counts.items() if row.sum() >= least})


def _title(table: WordTable, word: str | None, found: Sequence[tuple[str, float]], class_of: dict[str, str]) -> str:
    if word is None:
        return f"Nearest is '{found[0][0]}'"
    written = table.words[table.place_of(word)]
    if written == "happy" and "sad" in table.places:
        return f"'sad' is nearer to 'happy' than {table.nearness('happy', 'sad'):.0%} of the other words"
    own = class_of.get(written)
    if own is None:
        return f"Nearest to '{written}' is '{found[0][0]}'"
    other = sum(class_of.get(name, own) != own for name, _ in found)
    return f"{other} of {len(found)} neighbours of '{written}' stand with another class than {own}"


def _same_class_share(table: WordTable, words: Sequence[str], class_of: dict[str, str]) -> float:
    """The share of words whose nearest word, among these, stands with the same class."""
    classed = [word for word in words if word in class_of]
    directions = table.directions[[table.places[word] for word in classed]]
    cosines = directions @ directions.T
    np.fill_diagonal(cosines, -2.0)
    nearest = cosines.argmax(axis=1)
    return float(np.mean([class_of[classed[i]] == class_of[classed[j]] for i, j in enumerate(nearest)]))
