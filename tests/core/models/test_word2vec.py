"""Word vectors: the same seed gives the same bytes, and every usual file gives the vectors it holds."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from gensim.models import KeyedVectors

from ccds_core.data.normalize import split_words
from ccds_core.data.word_tokenizer import build_vocabulary
from ccds_core.errors import InvalidInputError, MissingDataError
from ccds_core.models.word2vec import random_vectors, read_vectors, train_vectors
from tests.support.small_texts import small_texts

TEXTS = [split_words(text) for text, _ in small_texts()]
VOCABULARY = build_vocabulary(TEXTS, 2)
VECTORS = {"quiet": [0.5, -1.25, 3.0], "keen": [1.0, 0.0, -0.5], "lantern": [2.0, 2.0, 2.0]}
FORMS = ("vectors.bin", "vectors.txt", "vectors.bin.gz", "vectors.txt.gz", "glove.txt")

# gensim opens a file without a header line twice and leaves the first to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


def write_vectors(path, vectors=VECTORS):
    """A file in the form that its name says; GloVe's is word2vec's text without its first line."""
    if path.name.startswith("glove"):
        path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in vectors.items()))
        return path
    table = KeyedVectors(3)
    table.add_vectors(list(vectors), np.array(list(vectors.values()), np.float32))
    table.save_word2vec_format(str(path), binary=".bin" in path.name)
    return path


def test_the_same_seed_gives_the_same_vectors_and_another_gives_others():
    one, same, other = (train_vectors(TEXTS, VOCABULARY, 6, seed) for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.allclose(one, other)
    assert one.shape == (len(VOCABULARY), 6)
    assert one.dtype == torch.float32


@pytest.mark.slow
def test_another_process_gives_the_same_vectors_whatever_its_hash_seed():
    root = Path(__file__).resolve().parents[3]
    code = (
        "from tests.core.models.test_word2vec import *; "
        "print(train_vectors(TEXTS, VOCABULARY, 6, 3).sum(dim=1).tolist())"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1]


def test_words_in_like_places_have_like_vectors():
    random = np.random.default_rng(0)
    groups = (["kettle", "mug", "saucer", "spoon", "teapot"], ["anchor", "deck", "mast", "rudder", "sail"])
    texts = [list(random.permutation(groups[number % 2])[:3]) for number in range(400)]
    vocabulary = build_vocabulary(texts, 1)
    vectors = train_vectors(texts, vocabulary, 8, 0)
    mug, spoon, mast = (vectors[vocabulary.index(word)] for word in ("mug", "spoon", "mast"))
    assert torch.cosine_similarity(mug, spoon, dim=0) > torch.cosine_similarity(mug, mast, dim=0)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_gives_each_word_its_own_vector(tmp_path, form):
    vectors = read_vectors(write_vectors(tmp_path / form), VOCABULARY, 0)
    assert vectors.shape == (len(VOCABULARY), 3)
    for word in ("quiet", "keen"):
        assert vectors[VOCABULARY.index(word)].tolist() == VECTORS[word]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_may_hold_a_single_word(tmp_path, form):
    path = write_vectors(tmp_path / form, {"keen": VECTORS["keen"]})
    assert read_vectors(path, ("<pad>", "keen"), 0)[1].tolist() == VECTORS["keen"]


@pytest.mark.parametrize("form", FORMS)
def test_a_word_that_a_file_lacks_is_drawn_at_its_spread_by_the_seed(tmp_path, form):
    path = write_vectors(tmp_path / form)
    one, same, other = (read_vectors(path, VOCABULARY, seed) for seed in (0, 0, 1))
    lacking = [number for number, word in enumerate(VOCABULARY) if word not in VECTORS]
    assert torch.equal(one, same)
    assert not torch.equal(one[lacking], other[lacking])
    spread = np.std([VECTORS[word] for word in ("quiet", "keen")])
    assert one[lacking].std().item() == pytest.approx(spread, rel=0.3)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_knows_none_of_the_words_is_refused(tmp_path, form):
    path = write_vectors(tmp_path / form, {"lantern": [1.0, 2.0, 3.0], "anvil": [0.0, 1.0, 2.0]})
    with pytest.raises(InvalidInputError, match="has none of the training texts' words"):
        read_vectors(path, VOCABULARY, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("empty.bin", b""),
        ("prose.txt", b"It was a dark and stormy night in the town.\nAnd so on.\n"),
        ("short.bin", b"3 4\nquiet \x00\x00"),
        ("noise.bin", bytes(range(256)) * 4),
        ("noise.txt", bytes(range(256)) * 4),
        ("short.txt", b"3 3\nquiet 1 2 3\n"),
        ("ragged.txt", b"quiet 1 2 3\nkeen 1 2\n"),
        ("letters.txt", b"2 2\nquiet a b\nkeen c d\n"),
        ("noise.bin.gz", b"\x1f\x8bnothing"),
        ("half.txt.gz", gzip.compress(b"2 2\nquiet 1 2\nkeen 3 4\n" * 50, mtime=0)[:30]),
        ("negative.txt", b"-1 -1\n"),
        ("billion.txt", b"1000000000 1000\nquiet 1 2 3\n"),
        ("billion.bin", b"1000000000 1000\nquiet " + bytes(4000)),
        ("billion.txt.gz", gzip.compress(b"1000000000 1000\nquiet 1 2 3\n", mtime=0)),
        ("digits.txt", b"9" * 20 + b" 3\nquiet 1 2 3\n"),
        ("digits.bin", b"3 " + b"9" * 20 + b"\nquiet "),
        ("thousands.txt", b"9" * 5000 + b" 3\nquiet 1 2 3\n"),
        ("wide.txt", b"quiet " + b"1 " * 40_000 + b"\n" + b"a\n" * 400_000),
    ],
)
def test_what_is_no_vectors_file_is_refused_in_a_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError, match=name):
        read_vectors(tmp_path / name, VOCABULARY, 0)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e30"])
def test_a_vector_of_numbers_that_cannot_be_used_is_refused(tmp_path, value):
    (tmp_path / "odd.txt").write_text(f"2 3\nquiet 1 {value} 3\nkeen 1 2 3\n")
    with pytest.raises(InvalidInputError, match="The vector of 'quiet'"):
        read_vectors(tmp_path / "odd.txt", VOCABULARY, 0)
    (tmp_path / "odd.txt").write_text(f"2 3\nelsewhere 1 {value} 3\nkeen 1 2 3\n")
    assert read_vectors(tmp_path / "odd.txt", VOCABULARY, 0).isfinite().all(), "a word of no text"


@pytest.mark.parametrize("texts", [[], [[], []], [["once"], ["each"]]])
def test_texts_without_a_word_of_the_vocabulary_train_no_vectors(texts):
    with pytest.raises(InvalidInputError, match="No word stands in enough"):
        train_vectors(texts, build_vocabulary(texts, 2), 6, 0)


@pytest.mark.parametrize("name", ["absent.bin", "."])
def test_a_file_that_is_not_there_is_missing_data(tmp_path, name):
    with pytest.raises(MissingDataError, match="No vectors file"):
        read_vectors(tmp_path / name, VOCABULARY, 0)


def test_random_vectors_follow_the_seed_and_leave_torchs_own_alone():
    like = torch.randn(500, 8, generator=torch.Generator().manual_seed(1)) * 0.2
    before = torch.get_rng_state()
    one, same, other = (random_vectors(like, seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert one.std().item() == pytest.approx(0.2, rel=0.05)
