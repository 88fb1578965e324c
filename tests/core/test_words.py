"""Texts to words: plain letters and digits, the same words however they are written, from any text at all."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.words import MAX_CHARACTERS, has_pictographs, read_text_words, split_words
from ccds_core.errors import InvalidInputError


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
def test_pictures_in_a_text_are_noticed(text, found):
    assert has_pictographs(text) == found
