"""The views of the Embeddings page that ask for a word: neighbours, arithmetic; each with the lesson it teaches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from ccds_core.errors import InvalidInputError
from ccds_core.figures.word_neighbours import neighbour_bars
from ccds_core.run_folders import RunRecord
from ccds_core.word_tables import WordTable
from pages.ui import panels, text_controls, text_loaders
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.text import plain

NEIGHBOURS = 12
USUAL_LEAST = 20  # training texts
RARE = "A vector learned from a handful of texts is mostly chance, and chance puts such words beside everything."
PAIRS = (("happy", "glad"), ("happy", "sad"), ("angry", "furious"), ("scared", "calm"))
REASON = (
    "Word2Vec puts words near one another that stand **in the same places**: 'i feel happy today', 'i feel sad today'. "
    "That is similarity of use, not of meaning. A table that is trained to tell emotions apart pulls such words to "
    "opposite sides, because each needs another answer."
)
Found = list[tuple[str, float]]  # words and their cosines, the nearest first


@dataclass(frozen=True)
class Question:
    """What is asked of each table."""

    key: str
    words: tuple[str, ...]  # as they were written; looked up however rare they are
    least: int  # training texts that a word of the answer must stand in
    find: Callable[[WordTable], Found]


def draw_neighbours(records: Sequence[RunRecord]) -> None:
    """The nearest words of one word, a table beside the other."""
    first, second = st.columns(2)
    word = first.text_input("Word", value="happy", max_chars=60, key="embeddings_word", bind="query-params")
    least = second.slider("Only words of at least so many training texts", 1, 100, USUAL_LEAST, key="embeddings_least",
                          bind="query-params", help=RARE)  # fmt: skip
    question = Question("neighbours", (word,), least, lambda table: table.neighbours(word, NEIGHBOURS))
    _draw_side_by_side(records, question)


def draw_arithmetic(records: Sequence[RunRecord]) -> None:
    """The words nearest to a sum of words."""
    first, second = st.columns(2)
    plus = first.text_input("Add", value="happy scared", max_chars=200, key="embeddings_plus", bind="query-params")
    minus = second.text_input("Take away", value="", max_chars=200, key="embeddings_minus", bind="query-params")
    added, taken = plus.split(), minus.split()
    question = Question("sum", (*added, *taken), USUAL_LEAST, lambda table: table.combine(added, taken, NEIGHBOURS))
    _draw_side_by_side(records, question)
    st.caption(
        "Directions of length one are added, and the words of the sum itself left out, as in Mikolov et al. 2013. "
        "Tables of so few texts hold few such regularities: king and queen hardly occur in them."
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


def _draw_side_by_side(records: Sequence[RunRecord], question: Question) -> None:
    """Each table's answer; where no table has one, a single sentence that says why."""
    answers: dict[str, tuple[WordTable, Found]] = {}
    faults: dict[str, str] = {}
    for record in records:
        try:
            answers[record.name] = _ask(text_loaders.load_table(record), question)
        except InvalidInputError as error:
            faults[record.name] = str(error)
    if not answers:
        st.warning(plain(next(iter(faults.values()))))
        return
    counter = text_controls.find_counter()
    class_of, classes = (text_loaders.load_word_classes(counter), counter.card.classes) if counter else ({}, ())
    for column, record in zip(st.columns(2), records, strict=False):
        with column:
            st.subheader(plain(record.name))
            if record.name in faults:
                st.warning(plain(faults[record.name]))
                continue
            table, found = answers[record.name]
            title = _title(table, question, found, class_of)
            bars = neighbour_bars(found, class_of, classes, title)
            draw_as_wide_as_it_is(bars, title, f"embeddings_{question.key}_{record.name}")


def _ask(table: WordTable, question: Question) -> tuple[WordTable, Found]:
    """The table's words that are frequent enough, with those asked about, and what is found among them."""
    asked = {table.words[table.place_of(word)] for word in question.words}
    counter = text_controls.find_counter()
    if counter is not None and question.least > 1:
        counts = text_loaders.load_counts(counter)
        table = table.of_words(asked | {word for word, row in counts.items() if row.sum() >= question.least})
    found = question.find(table)
    if not found:
        raise InvalidInputError(f"No other word stands in {question.least} training texts: ask for fewer.")
    return table, found


def _title(table: WordTable, question: Question, found: Found, class_of: dict[str, str]) -> str:
    nearest = found[0][0]
    if len(question.words) != 1:
        return f"Nearest to this sum is '{nearest}'"
    written = table.words[table.place_of(question.words[0])]
    if written == "happy" and "sad" in table.places:
        nearer = table.nearness("happy", "sad")
        said = (
            f"nearer to 'happy' than {nearer:.0%}" if nearer >= 0.5 else f"farther from 'happy' than {1 - nearer:.0%}"
        )
        return f"'sad' is {said} of the other words"
    own = class_of.get(written)
    if own is None:
        return f"Nearest to '{written}' is '{nearest}'"
    other = sum(class_of.get(name, own) != own for name, _ in found)
    return f"{other} of {len(found)} neighbours of '{written}' stand with another class than {own}"
