"""Nearest neighbours and word arithmetic of the Embeddings page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.errors import InvalidInputError
from ccds_core.figures.word_map import neighbour_bars
from ccds_core.models.word_vectors import WordTable
from ccds_core.results import percent
from ccds_core.runs.records import RunRecord
from pages.ui.embeddings import loaders
from pages.ui.shared import panels
from pages.ui.shared.charts import draw_stretched
from pages.ui.shared.crude import on_screen
from pages.ui.shared.markdown import plain
from pages.ui.shared.text_loaders import find_counter

NEIGHBOURS = 12
DEFAULT_LEAST = 20  # training texts
WORD = 220  # pixels
WORD_HELP = "Any word; its nearest neighbours are those with the highest cosine similarity."
ADD = "Words whose vectors are added, with spaces between them."
SUBTRACT = "Words whose vectors are subtracted from the sum."
RARE = "Training texts that a word must be in. A vector learned from a few texts is mostly random."
PAIRS = (("happy", "glad"), ("happy", "sad"), ("angry", "furious"), ("scared", "calm"))
REASON = (
    "In Word2Vec, words are near if they are used **in the same contexts**: 'i feel happy today', 'i feel sad today'. "
    "That is similarity of use, not of meaning. Embeddings that are trained to classify emotions move such words "
    "apart, because each needs another prediction."
)
Neighbours = list[tuple[str, float]]  # words and their cosines, the nearest first


@dataclass(frozen=True)
class Question:
    """A query to both embeddings."""

    key: str
    words: tuple[str, ...]  # as they were written; looked up however rare they are
    least: int  # training texts that a neighbour must be in
    find: Callable[[WordTable], Neighbours]


@dataclass(frozen=True)
class Places:
    """Where a view's choices stand: the row over the page, and the popover of what is rarely changed."""

    bar: DeltaGenerator
    options: DeltaGenerator


def draw_neighbours(records: Sequence[RunRecord], places: Places) -> None:
    """The nearest neighbours of one word in both embeddings."""
    word = places.bar.text_input(
        "Word", value="happy", max_chars=60, key="embeddings_word", bind="query-params", width=WORD, help=WORD_HELP,
        label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    least = places.options.slider(
        "Minimum frequency", 1, 100, DEFAULT_LEAST, key="embeddings_least", bind="query-params", help=RARE
    )
    question = Question("neighbours", (word,), least, lambda table: table.neighbours(word, NEIGHBOURS))
    _draw_side_by_side(records, question)


def draw_arithmetic(records: Sequence[RunRecord], _: Places) -> None:
    """The nearest neighbours of a sum of word vectors."""
    first, second = st.columns(2)
    plus = first.text_input(
        "Add", value="happy scared", max_chars=200, key="embeddings_plus", bind="query-params", help=ADD
    )
    minus = second.text_input(
        "Subtract", value="", max_chars=200, key="embeddings_minus", bind="query-params", help=SUBTRACT
    )
    added, taken = plus.split(), minus.split()
    question = Question("sum", (*added, *taken), DEFAULT_LEAST, lambda table: table.combine(added, taken, NEIGHBOURS))
    _draw_side_by_side(records, question)
    st.caption(
        "Vectors of length one are added, and the words of the sum left out, as in Mikolov et al. 2013. Embeddings of "
        "so few texts have few such regularities: king and queen hardly occur in them."
    )


def why(records: Sequence[RunRecord]) -> None:
    """The explanation, one click away, with the cosines of both embeddings."""
    with st.expander("Why are happy and sad neighbours?"):
        st.markdown(REASON)
        rows = []
        for one, other in PAIRS:
            row: dict[str, object] = {"words": f"{one}, {other}"}
            for record in records:
                table = loaders.load_table(record)
                known = one in table.places and other in table.places
                row[record.name] = table.similarity(one, other) if known else None
            rows.append(row)
        st.markdown("**Cosine of two words, from -1 to 1**")
        panels.number_table(rows)
        st.markdown(
            "The workshop used GoogleNews vectors (1.66 GB, trained on 100 billion words). They cannot be shipped, so "
            "the vectors here were trained on the training texts alone: 300,000 words. Use your own with "
            "`train text-word2vec-fine-tuned --vectors FILE --vector-size 300`."
        )


def _draw_side_by_side(records: Sequence[RunRecord], question: Question) -> None:
    """The neighbours in each embedding; where none has any, one warning with the reason."""
    answers: dict[str, tuple[WordTable, Neighbours]] = {}
    faults: dict[str, str] = {}
    for record in records:
        try:
            answers[record.name] = _ask(loaders.load_table(record), question)
        except InvalidInputError as error:
            faults[record.name] = str(error)
    if not answers:
        st.warning(plain(next(iter(faults.values()))))
        return
    counter = find_counter()
    class_of, classes = (loaders.load_word_classes(counter), counter.card.classes) if counter else ({}, ())
    for column, record in zip(st.columns(2), records, strict=False):
        with column, st.container(gap=None):  # the chart brings its own space
            st.subheader(plain(record.name))
            if record.name in faults:
                st.warning(plain(faults[record.name]))
                continue
            table, neighbours = answers[record.name]
            title = on_screen(_title(table, question, neighbours, class_of))
            shown = [(on_screen(word), cosine) for word, cosine in neighbours]
            colours = {on_screen(word): class_of[word] for word, _ in neighbours if word in class_of}
            bars = neighbour_bars(shown, colours, classes, title)
            draw_stretched(bars, title, f"embeddings_{question.key}_{record.name}")


def _ask(table: WordTable, question: Question) -> tuple[WordTable, Neighbours]:
    """The embeddings of the frequent words and of the words of the query, and the neighbours among them."""
    words = {table.words[table.place_of(word)] for word in question.words}
    counter = find_counter()
    if counter is not None and question.least > 1:
        counts = loaders.load_counts(counter)
        table = table.of_words(words | {word for word, row in counts.items() if row.sum() >= question.least})
    neighbours = question.find(table)
    if not neighbours:
        raise InvalidInputError(f"No other word is in {question.least} training texts: lower the minimum frequency.")
    return table, neighbours


def _title(table: WordTable, question: Question, neighbours: Neighbours, class_of: dict[str, str]) -> str:
    nearest = neighbours[0][0]
    if len(question.words) != 1:
        return f"Nearest neighbour of the sum: '{nearest}'"
    written = table.words[table.place_of(question.words[0])]
    if written == "happy" and "sad" in table.places:
        nearer = table.nearness("happy", "sad")
        direction, fraction = ("nearer to", nearer) if nearer >= 0.5 else ("farther from", 1 - nearer)
        return f"'sad' is {direction} 'happy' than {percent(fraction)} of the other words"
    label = class_of.get(written)
    if label is None:
        return f"Nearest neighbour of '{written}': '{nearest}'"
    n_other = sum(class_of.get(name, label) != label for name, _ in neighbours)
    return f"{n_other} of {len(neighbours)} nearest neighbours of '{written}' belong to another class than {label}"
