"""Words to numbers: the most frequent first, unknown ones said to be unknown, padded on the right."""

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.normalize import split_words
from ccds_core.data.word_tokenizer import PADDING, UNKNOWN, WordEncoder, build_vocabulary, pad, read_vocabulary
from ccds_core.errors import CheckpointError

WORDS = st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4), max_size=12)
TEXTS = st.lists(WORDS, max_size=12)


def make_encoder(max_tokens=5):
    return WordEncoder((PADDING, UNKNOWN, "keen", "quiet", "boat"), max_tokens)


def test_words_stand_by_the_number_of_texts_that_hold_them_then_by_alphabet():
    texts = [["tea", "tea", "tea"], ["boat", "ant"], ["boat", "bee"]]
    assert build_vocabulary(texts, 1) == (PADDING, UNKNOWN, "boat", "ant", "bee", "tea")
    assert build_vocabulary(texts, 2) == (PADDING, UNKNOWN, "boat")


@given(TEXTS, st.integers(1, 4))
def test_exactly_the_words_of_enough_texts_are_kept_whatever_their_order(texts, least):
    vocabulary = build_vocabulary(texts, least)
    assert set(vocabulary[2:]) == {w for words in texts for w in words if sum(w in text for text in texts) >= least}
    assert vocabulary == build_vocabulary(reversed(texts), least)
    assert len(set(vocabulary)) == len(vocabulary)


def test_an_encoding_says_what_it_read_knew_and_left_out():
    encoding = make_encoder(max_tokens=3).encode(["quiet", "lantern", "keen", "boat", "boat"])
    assert encoding.token_ids.tolist() == [[3, 1, 2]]
    assert encoding.mask.tolist() == [[True, True, True]]
    assert encoding.tokens == ("quiet", UNKNOWN, "keen")
    assert (encoding.words, encoding.known) == (("quiet", "lantern", "keen"), (True, False, True))
    assert (encoding.word_of, encoding.n_left_out) == ((0, 1, 2), 2)


def test_no_word_is_one_unknown_token_of_no_word():
    encoding = make_encoder().encode([])
    assert encoding.token_ids.tolist() == [[1]]
    assert (encoding.words, encoding.known, encoding.word_of) == ((), (), (None,))


@pytest.mark.parametrize("word", [PADDING, UNKNOWN, "[pad]"])
def test_a_text_cannot_write_a_special_token(word):
    assert 0 not in make_encoder().encode(split_words(word)).token_ids


@given(TEXTS, st.integers(1, 9))
def test_every_word_is_read_or_counted_as_left_out(texts, most):
    encoder = WordEncoder(build_vocabulary(texts, 1), most)
    for words in texts:
        encoding = encoder.encode(words)
        assert len(encoding.words) + encoding.n_left_out == len(words)
        assert len(encoding.tokens) == len(encoding.word_of) == encoding.token_ids.shape[1] == encoding.mask.shape[1]
        assert all(encoding.known)


@given(TEXTS)
def test_a_vocabulary_survives_its_file(texts):
    encoder = WordEncoder(build_vocabulary(texts, 1), 7)
    name, content = encoder.file
    assert name == "vocabulary.json"
    assert read_vocabulary(content, 7, "run") == encoder


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", "null", "[]", '["[PAD]"]', '["[UNK]", "[PAD]"]', '["[PAD]", "[UNK]", "a", "a"]', '"[PAD][UNK]"'],
)
def test_what_is_no_vocabulary_is_refused(text):
    with pytest.raises(CheckpointError, match=r"'run/vocabulary\.json' is not a vocabulary"):
        read_vocabulary(text, 7, "run")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_any_json_is_a_vocabulary_or_refused(value):
    try:
        assert read_vocabulary(json.dumps(value), 7, "run").vocabulary[:2] == (PADDING, UNKNOWN)
    except CheckpointError:
        assert not isinstance(value, list) or value[:2] != [PADDING, UNKNOWN] or len(set(map(str, value))) < len(value)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(0, 3))
def test_padding_stands_on_the_right_of_what_was_there(lengths, filler):
    encodings = [make_encoder(9).encode(["boat"] * length) for length in lengths]
    token_ids, mask = pad(encodings, filler)
    assert token_ids.shape == mask.shape == (len(lengths), max(lengths))
    assert mask.sum(dim=1).tolist() == lengths
    assert (token_ids[mask] == 4).all()
    assert (token_ids[~mask] == filler).all()
    assert torch.equal(mask.int(), mask.int().sort(dim=1, descending=True).values)
