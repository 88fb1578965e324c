"""Words to a BERT's pieces: each piece knows its word, whole words are left out at the end, never half of one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.normalize import split_words
from ccds_core.data.wordpiece_tokenizer import TOKENIZER, read_tokenizer
from ccds_core.errors import CheckpointError
from tests.support.small_texts import LETTERS

SENTENCES = st.lists(st.text(LETTERS, min_size=1, max_size=6), max_size=12)


@pytest.fixture(scope="module")
def content(bert_base):
    return (bert_base / TOKENIZER).read_text()


def test_each_piece_knows_its_word_and_the_ends_belong_to_none(content):
    encoding = read_tokenizer(content, 32, "tiny").encode(["i", "felt", "feel"])
    assert encoding.tokens == ("[CLS]", "i", "felt", "f", "##e", "##e", "##l", "[SEP]")
    assert encoding.word_of == (None, 0, 1, 2, 2, 2, 2, None)
    assert (encoding.words, encoding.known, encoding.n_left_out) == (("i", "felt", "feel"), (True,) * 3, 0)
    assert encoding.mask.all()


def test_a_word_without_pieces_is_unknown_and_the_others_are_not(content):
    encoding = read_tokenizer(content, 32, "tiny").encode(["quiet", "日本", "boat"])
    assert encoding.known == (True, False, True)
    assert "[UNK]" in encoding.tokens


def test_no_word_leaves_the_two_ends(content):
    encoding = read_tokenizer(content, 32, "tiny").encode([])
    assert (encoding.tokens, encoding.words, encoding.n_left_out) == (("[CLS]", "[SEP]"), (), 0)


@pytest.mark.parametrize("max_tokens", [3, 4, 7, 16])
def test_only_whole_words_are_left_out_and_only_from_the_end(content, max_tokens):
    encoder = read_tokenizer(content, max_tokens, "tiny")

    @given(SENTENCES)
    def check(words):
        encoding = encoder.encode(words)
        assert encoding.token_ids.shape[1] == len(encoding.tokens) == len(encoding.word_of) <= max_tokens
        assert list(encoding.words) == words[: len(encoding.words)]
        assert len(encoding.words) + encoding.n_left_out == len(words)
        for place, word in enumerate(encoding.words):
            pieces = [t for t, of in zip(encoding.tokens, encoding.word_of, strict=True) if of == place]
            assert "".join(piece.removeprefix("##") for piece in pieces) == word
        if encoding.n_left_out:
            longer = read_tokenizer(content, 512, "tiny").encode(words[: len(encoding.words) + 1])
            assert len(longer.tokens) > max_tokens, "one word more would not have fitted"

    check()


def test_any_words_are_encoded(content):
    encoder = read_tokenizer(content, 16, "tiny")

    @given(st.text())
    def check(text):
        encoding = encoder.encode(split_words(text))
        assert encoding.token_ids.shape[1] <= 16
        assert len(encoding.known) == len(encoding.words)

    check()


def test_the_tokenizer_survives_its_file(content):
    encoder = read_tokenizer(content, 32, "tiny")
    name, again = encoder.file
    assert name == "tokenizer.json"
    assert read_tokenizer(again, 32, "tiny").encode(["keenly"]).tokens == encoder.encode(["keenly"]).tokens


@pytest.mark.parametrize("text", ["", "{", "{}", "null", "[]", '{"model": {"type": "WordPiece"}}'])
def test_what_is_no_tokenizer_is_refused(text):
    with pytest.raises(CheckpointError, match=r"'tiny/tokenizer\.json' is not a tokenizer"):
        read_tokenizer(text, 32, "tiny")


def test_a_special_token_that_stands_for_no_number_is_refused(content):
    changed = json.loads(content)
    changed["post_processor"]["special_tokens"]["[SEP]"]["ids"] = []
    with pytest.raises(CheckpointError, match="special tokens have not one number each"):
        read_tokenizer(json.dumps(changed), 32, "tiny")
