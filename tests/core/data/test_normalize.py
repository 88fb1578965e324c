"""Texts to words: plain letters and digits, the same words however they are written, from any text at all."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.normalize import (
    APOSTROPHE,
    MAX_CHARACTERS,
    WORD,
    has_pictographs,
    read_text_words,
    split_words,
)
from ccds_core.errors import InvalidInputError
from tests.support.fuzzing import check_input


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I felt KEEN!", ["i", "felt", "keen"]),
        ("don't, won’t; it\u00b4s", ["dont", "wont", "its"]),
        ("'quoted' words'", ["quoted", "words"]),
        ("snake_case and kebab-case", ["snake", "case", "and", "kebab", "case"]),
        ("café, naïve, Ångström", ["cafe", "naive", "angstrom"]),
        ("the 3rd of 12", ["the", "3rd", "of", "12"]),
        ("line\nbreak\ttab\u00a0space", ["line", "break", "tab", "space"]),
        ("\uff57ide \ufb01ne", ["wide", "fine"]),
        ("🙂 ...", []),
        ("", []),
    ],
)
def test_a_text_is_split_as_the_emotion_data_are_written(text, words):
    assert split_words(text) == words


@given(st.text())
def test_any_text_gives_words_of_letters_and_digits_only(text):
    for word in split_words(text):
        assert word
        assert all(sign.isalnum() for sign in word)
        assert not any(unicodedata.category(sign) == "Mn" for sign in word)


@given(st.text(st.characters(codec="ascii")))
def test_splitting_what_was_split_changes_nothing(text):
    words = split_words(text)
    assert split_words(" ".join(words)) == words
    assert split_words(text.upper()) == words


@given(st.text())
def test_composed_and_decomposed_writing_give_the_same_words(text):
    assert split_words(unicodedata.normalize("NFD", text)) == split_words(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(categories=["L", "N", "P", "Z", "S", "C", "M"])))
def test_a_strangers_text_gives_words_or_a_sentence_that_asks_for_some(text):
    words = split_words(text)
    if words:
        assert read_text_words(text) == words
    else:
        with pytest.raises(InvalidInputError, match="Write a sentence"):
            read_text_words(text)


def test_no_text_and_no_word_are_told_apart():
    with pytest.raises(InvalidInputError, match="There is no text yet"):
        read_text_words("  \n")
    with pytest.raises(InvalidInputError, match="There is no word in this text"):
        read_text_words("?!")


def test_a_text_that_is_far_too_long_is_refused_with_the_limit():
    read_text_words("ab " * (MAX_CHARACTERS // 3))
    with pytest.raises(InvalidInputError, match="at most 200,000 are read"):
        read_text_words("a" * (MAX_CHARACTERS + 1))


@pytest.mark.parametrize(
    ("text", "found"), [("keen 🙂", True), ("☂", True), ("keen :-)", False), ("café + tea", False)]
)
def test_images_in_a_text_are_noticed(text, found):
    assert has_pictographs(text) == found


MARKS = ("\u0301\u0316", "\u302e\u0316", "\U0001d165\u302e\u0301")  # of two places; some count as no accents


@pytest.mark.parametrize("text", ["a" + marks * (MAX_CHARACTERS // 3) for marks in MARKS] + ["\ufdfa" * MAX_CHARACTERS])
def test_a_text_of_many_marks_takes_no_longer_than_one_of_letters(text):
    check_input("text: laborious", lambda: read_text_words(text[:MAX_CHARACTERS]))


@given(
    st.text(
        st.sampled_from("aB1_' \u2019\u00b4\u03a3\u0301\u0316\u302e\U0001d165\u0344\u1e9b\uac01\u00bd\u2122\ufdfa")
        | st.characters()
    )
)
def test_words_are_those_of_the_whole_texts_decomposition(text):
    simple = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("\u00b4", "'"))
    letters = "".join(sign for sign in simple if unicodedata.category(sign) != "Mn").lower()
    assert split_words(text) == WORD.findall(APOSTROPHE.sub("", letters))
