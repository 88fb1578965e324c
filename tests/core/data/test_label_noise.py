"""What is doubtful in a set of texts, counted by hand; a digest that sees every change and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from ccds_core.data.label_noise import FILE, count_label_noise, load_label_noise, noise_sentences, save_label_noise
from ccds_core.data.splits import SplitRows
from ccds_core.data.text_dataset import TextRows, digest_texts

ROWS = [  # part, text, label
    ("train", "warm kiln", 0),
    ("train", "warm kiln", 1),
    ("train", "cold tea", 0),
    ("train", "cold tea", 0),
    ("train", "long road", 1),
    ("train", "tall ship", 1),
    ("val", "long road", 1),
    ("val", "old boat", 0),
    ("test", "tall ship", 0),
    ("test", "cold tea", 0),
    ("test", "old boat", 1),
    ("test", "new boat", 1),
]


@pytest.fixture
def rows():
    places = {part: np.array([i for i, row in enumerate(ROWS) if row[0] == part]) for part in ("train", "val", "test")}
    labels = np.array([label for _, _, label in ROWS])
    return TextRows(tuple(text for _, text, _ in ROWS), labels, ("calm", "cross"), SplitRows(**places), "made up")


def test_noise_is_counted_over_different_texts(rows):
    noise = count_label_noise(rows)
    assert noise.counts["train"] == {"calm": 3, "cross": 3}
    assert noise.counts["test"] == {"calm": 2, "cross": 2}
    assert noise.two_labels == 3, "warm kiln, tall ship, old boat"
    assert noise.repeated == 2, "warm kiln, cold tea"
    assert noise.shared == {"train and val": 1, "train and test": 2, "val and test": 1}
    assert noise.shared_disagreeing == {"train and val": 0, "train and test": 1, "val and test": 1}


def test_clean_texts_have_no_noise(rows):
    clean = replace(rows, texts=tuple(f"text {number}" for number in range(len(ROWS))))
    noise = count_label_noise(clean)
    assert (noise.two_labels, noise.repeated) == (0, 0)
    assert set(noise.shared.values()) | set(noise.shared_disagreeing.values()) == {0}
    assert len(noise_sentences(noise)) == 2


def test_noise_survives_its_file_and_is_absent_without_one(rows, checkpoints_folder):
    assert load_label_noise() is None
    checkpoints_folder.mkdir()
    assert save_label_noise(count_label_noise(rows)) == checkpoints_folder / FILE
    assert load_label_noise() == count_label_noise(rows)


def test_noise_is_said_in_sentences_that_hold_its_counts(rows):
    said = " ".join(noise_sentences(count_label_noise(rows)))
    assert "3 of the 12 texts have two labels." in said
    assert "2 texts are in both train and test, 1 with different labels." in said
    assert "1 text is in both val and test, all with different labels." in said


def test_the_digest_sees_texts_labels_and_order(rows):
    texts, labels = ["one", "two"], ["calm", "cross"]
    others = [
        (["one", "too"], labels),
        (texts, ["calm", "calm"]),
        (texts[::-1], labels[::-1]),
        (texts[:1], labels[:1]),
        (["onetwo", ""], labels),
    ]
    digests = {digest_texts(*pair) for pair in [(texts, labels), *others]}
    assert len(digests) == 1 + len(others)
    renamed = replace(rows, classes=("serene", "cross"))
    assert renamed.digest != rows.digest


def test_the_digest_does_not_depend_on_how_labels_are_numbered(rows):
    other = replace(rows, labels=1 - rows.labels, classes=rows.classes[::-1])
    assert other.digest == rows.digest


def test_any_sign_can_be_digested():
    assert len(digest_texts(["\ud800 half a pair", "\0"], ["a", "b"])) == 64
