"""A table of words: cosines worked by hand, neighbours without oneself, sums of directions, a map that repeats."""

import numpy as np
import pytest
import torch

from ccds_core.errors import InvalidInputError
from ccds_core.models.word_vectors import (
    WordTable,
    classes_of_words,
    count_classes,
    lay_out,
    place_between,
    read_table,
    same_class_share,
    telling_words,
)
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import CLASSES, FEELINGS

VECTORS = {
    "king": (3.0, 3.0, 0.0),
    "queen": (3.0, 0.0, 3.0),
    "man": (0.0, 2.0, 0.1),
    "woman": (0.0, 0.1, 2.0),
    "nothing": (0.0, 0.0, 0.0),
    "boat": (-1.0, 0.0, 0.0),
}


@pytest.fixture
def table():
    return WordTable("small", tuple(VECTORS), np.array(list(VECTORS.values()), np.float32))


@pytest.fixture
def random_table():
    vectors = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    return WordTable("random", tuple(f"w{number}" for number in range(60)), vectors)


def test_similarity_is_the_cosine(table):
    assert table.similarity("king", "queen") == pytest.approx(0.5)
    assert table.similarity("king", "king") == pytest.approx(1)
    assert table.similarity("king", "boat") == table.similarity("boat", "king") == pytest.approx(-np.sqrt(0.5))
    assert table.similarity("nothing", "king") == 0


def test_the_length_of_a_vector_has_no_say():
    vectors = np.array([[3e-4, 4e-4], [30.0, 40.0], [4.0, -3.0]], np.float32)
    table = WordTable("lengths", ("short", "long", "across"), vectors)
    assert table.similarity("short", "long") == pytest.approx(1)
    assert table.similarity("short", "across") == pytest.approx(0, abs=1e-6)


def test_nearness_is_the_share_of_the_other_words_that_are_farther():
    angles = np.radians([0, 10, 20, 30, 40, 50])
    table = WordTable("fan", tuple("abcdef"), np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
    assert [table.nearness("a", other) for other in "bcdef"] == pytest.approx([1, 0.75, 0.5, 0.25, 0])


def test_neighbours_are_the_highest_cosines_without_the_word_itself(random_table):
    cosines = random_table.directions @ random_table.directions[7]
    found = random_table.neighbours("w7", 10)
    assert "w7" not in [word for word, _ in found]
    assert [cosine for _, cosine in found] == pytest.approx(sorted(np.delete(cosines, 7), reverse=True)[:10])
    assert len(random_table.neighbours("w7", 1000)) == 59


def test_king_without_man_with_woman_is_queen(table):
    found = table.combine(["king", "woman"], ["man"], 3)
    assert found[0][0] == "queen"
    assert not {"king", "woman", "man"} & {word for word, _ in found}


def test_adding_one_word_gives_its_neighbours(random_table):
    plain, combined = random_table.neighbours("w5", 6), random_table.combine(["w5"], [], 6)
    assert [word for word, _ in plain] == [word for word, _ in combined]


def test_words_that_cancel_out_give_cosines_of_zero(table):
    assert {cosine for _, cosine in table.combine(["king"], ["king"], 3)} == {0.0}


@pytest.mark.parametrize("written", ["King", " king. ", "KING!"])
def test_a_word_may_be_written_as_one_likes(table, written):
    assert table.place_of(written) == 0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "Write one word"),
        ("?!", "Write one word"),
        ("king queen", "One word at a time"),
        ("prince", "'prince' is not"),
    ],
)
def test_what_is_no_word_of_the_table_is_refused_in_a_sentence(table, written, said):
    for ask in (
        table.place_of,
        lambda word: table.neighbours(word, 3),
        lambda word: table.combine(["king"], [word], 3),
    ):
        with pytest.raises(InvalidInputError, match=said):
            ask(written)


def test_a_sum_of_nothing_is_refused(table):
    with pytest.raises(InvalidInputError, match="at least one word"):
        table.combine([], [], 3)


def test_the_table_of_a_run_holds_its_words_and_neither_padding_nor_the_unknown_word(text_runs):
    classifier = load_classifier(find_run("text-embedding"))
    table = read_table(classifier)
    assert len(table.words) == len(table.vectors) == len(classifier.encoder.vocabulary) - 2
    for word in ("keen", "baker"):
        token = classifier.encode([word]).token_ids
        embedded = classifier.model.embed(token)[0, 0]
        assert torch.equal(torch.from_numpy(table.vectors[table.place_of(word)]), embedded)


@pytest.mark.parametrize("name", ["bert", "one-word"])
def test_a_model_without_a_table_of_words_says_so(text_runs, name):
    with pytest.raises(InvalidInputError, match=f"'{name}' has no word embeddings"):
        read_table(load_classifier(find_run(name)))


def test_the_classes_of_words_are_those_of_the_texts_they_stand_in(text_runs):
    counts = count_classes(load_classifier(find_run("one-word")))
    own = {word: label for label, words in FEELINGS.items() for word in words}
    for word, row in counts.items():
        if word in own:
            assert row.argmax() == CLASSES.index(own[word])
            assert (row > 0).sum() == 1
    with pytest.raises(InvalidInputError, match="not a keyword baseline"):
        count_classes(load_classifier(find_run("text-embedding")))


def test_a_word_without_enough_texts_or_a_majority_stands_with_no_class():
    rows = {"often": [12, 0], "rare": [9, 0], "torn": [12, 10], "most": [7, 4], "even": [6, 4]}
    counts = {word: np.array(row) for word, row in rows.items()}
    assert classes_of_words(counts, ("calm", "cross")) == {"often": "calm", "most": "calm"}


def test_telling_words_stand_in_the_table_the_most_frequent_first(table):
    counts = {"man": np.array([11, 0]), "king": np.array([0, 30]), "boat": np.array([11, 0]), "tea": np.array([99, 0])}
    class_of = classes_of_words(counts, ("calm", "cross"))
    assert telling_words(table, counts, class_of, 9) == ["king", "boat", "man"]
    assert telling_words(table, counts, class_of, 1) == ["king"]


def test_the_same_words_give_the_same_map(random_table):
    words = random_table.words[:12]
    one, same = (lay_out(random_table, words) for _ in range(2))
    assert one.shape == (12, 2)
    assert np.isfinite(one).all()
    assert np.array_equal(one, same)


def test_a_word_off_the_map_is_put_between_its_nearest_words_and_the_map_stays(random_table):
    words = random_table.words[:20]
    layout = np.random.default_rng(1).normal(size=(20, 2)).astype(np.float32)
    before = layout.copy()
    near = [word for word, _ in random_table.of_words({*words, "w40"}).neighbours("w40", 3)]
    middle = place_between(random_table, words, layout, "w40")
    assert middle == pytest.approx(np.mean([layout[words.index(word)] for word in near], axis=0))
    assert (layout == before).all()


def test_the_share_of_words_beside_their_own_class_is_counted_by_hand():
    vectors = np.array([(1, 0), (0.9, 0.1), (0, 1), (0.1, 0.9), (-1, 0.8)], np.float32)
    table = WordTable("small", tuple("abcde"), vectors)
    words = list("abcde")
    assert same_class_share(table, words, dict(zip(words, "xxyyy", strict=True))) == 1
    assert same_class_share(table, words, dict(zip(words, "xxyyz", strict=True))) == pytest.approx(4 / 5)
    assert same_class_share(table, words[:4], dict(zip(words, "xyxyz", strict=True))) == 0
