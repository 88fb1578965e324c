"""The ensemble of several models on one image, and the measured reliability of its predictions."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.errors import CheckpointError
from ccds_core.runs import consensus
from ccds_core.runs.consensus import EDGES, FEWEST, Reliability, ReliabilityBin, group_by_classes, judge, measure
from tests.support.made_up_runs import make_prediction

CATS = {name: make_prediction("cat") for name in ("a", "b", "c")}
SPLIT = {"a": make_prediction("cat"), "b": make_prediction("cat"), "c": make_prediction("dog")}


def make_reliability(share=0.95, models=("a", "b"), n=1000, foreign=10):
    """The same accuracy, and equally many images of no class, in every bin."""
    bins = [
        ReliabilityBin(alike, low, high, n, round(share * n), foreign)
        for alike in (True, False)
        for low, high in pairwise(EDGES)
    ]
    return Reliability(tuple(models), "made up", n * len(bins), foreign * len(bins), tuple(bins))


NOTHING = Reliability(("a", "b"), "made up", 0, 0, ())


@st.composite
def some_votes(draw):
    """votes (models, N, classes), labels (N,), and votes (models, M, classes) on images of none of the classes"""
    models, n, m = draw(st.integers(1, 5)), draw(st.integers(1, 40)), draw(st.integers(1, 40))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    spread = np.full(4, 0.3)
    return random.dirichlet(spread, (models, n)), random.integers(0, 4, n), random.dirichlet(spread, (models, m))


def test_one_answer_is_full_agreement():
    verdict = judge(CATS, None)
    assert verdict.title == "All 3 models predict cat"
    assert (verdict.n_agree, verdict.n_models) == (3, 3)
    assert verdict.disagreement == pytest.approx(0)
    assert verdict.consensus.label == "cat"


def test_a_split_is_told_with_its_numbers():
    verdict = judge(SPLIT, None)
    assert verdict.title == "2 of 3 models predict cat, 1 dog"
    assert (verdict.n_agree, verdict.consensus.label) == (2, "cat")
    assert 0 < verdict.disagreement < 1


def test_a_single_model_is_not_called_all():
    assert judge({"a": make_prediction("ship")}, None).title == "The model predicts ship"


@given(some_votes())
def test_the_consensus_is_a_probability_and_the_disagreement_a_distance(votes):
    answers = votes[0][:, 0]
    classes = tuple("wxyz")
    verdict = judge({str(i): consensus.Prediction(classes, answer) for i, answer in enumerate(answers)}, None)
    assert verdict.consensus.probabilities.sum() == pytest.approx(1)
    assert np.allclose(verdict.consensus.probabilities, answers.mean(axis=0))
    assert -1e-12 <= verdict.disagreement <= 1
    assert 0 <= verdict.n_agree <= verdict.n_models == len(answers)


def test_only_models_that_were_measured_vote():
    verdict = judge(SPLIT | {"d": make_prediction("dog", 0.99)}, make_reliability(models=("a", "b")))
    assert np.allclose(verdict.consensus.probabilities, SPLIT["a"].probabilities)
    assert verdict.n_models == 4, "the others are counted all the same"


@pytest.mark.parametrize(
    ("share", "level"), [(1.0, "sure"), (0.9, "sure"), (0.8, "fairly sure"), (0.5, "unsure"), (0.0, "unsure")]
)
def test_how_sure_a_verdict_is_comes_from_what_was_measured(share, level):
    assert judge(CATS, make_reliability(share)).level == level


@pytest.mark.parametrize(
    "reliability",
    [
        None,
        make_reliability(models=("a", "absent")),
        make_reliability(n=FEWEST - 1),
        NOTHING,
    ],
)
def test_where_too_little_was_measured_nothing_is_claimed(reliability):
    verdict = judge(CATS, reliability)
    assert verdict.level == "unknown"
    assert verdict.measured is None


def test_models_of_other_classes_are_judged_apart():
    own = make_prediction("up", classes=("up", "down"))
    groups = group_by_classes({"a": make_prediction("cat"), "b": own, "c": make_prediction("dog")})
    assert [list(group) for group in groups] == [["a", "c"], ["b"]]


@given(some_votes())
def test_every_image_is_in_exactly_one_bin(votes):
    answers, labels, foreign = votes
    bins = measure(*votes)
    assert sum(found.n for found in bins) == len(labels)
    assert sum(found.right for found in bins) == (answers.mean(axis=0).argmax(axis=1) == labels).sum()
    assert sum(found.foreign for found in bins) == foreign.shape[1]
    assert all(0 <= found.share <= 1 for found in bins)


@given(some_votes())
def test_an_image_is_judged_by_the_bin_that_counted_it(votes):
    answers, labels, foreign = votes
    bins = measure(answers[:, :1], labels[:1], foreign)
    (counted,) = [found for found in bins if found.n]
    unanimous = len(set(answers[:, 0].argmax(axis=1))) == 1
    confidence = answers[:, 0].mean(axis=0).max()
    assert Reliability(("a",), "made up", 1, foreign.shape[1], bins).at(confidence, unanimous) == counted


@given(some_votes(), st.floats(0, 1), st.floats(0, 1))
def test_foreign_share_falls_with_confidence(votes, one, other):
    reliability = Reliability(("a",), "made up", 1, votes[2].shape[1], measure(*votes))
    low, high = sorted((one, other))
    assert 1 >= reliability.foreign_share(low) >= reliability.foreign_share(high) >= 0
    assert reliability.foreign_share(0.0) == 1


def test_foreign_share_is_given_only_if_measured():
    assert judge(CATS, make_reliability()).foreign_share == pytest.approx(2 / 9), "two of nine bins of confidence"
    assert judge(CATS, None).foreign_share == 0


@pytest.mark.parametrize("confidence", [0.0, 0.3, 0.9999, 1.0, 1.0 + 1e-9])
def test_every_confidence_has_a_bin(confidence):
    found = make_reliability().at(confidence, unanimous=True)
    assert found.unanimous
    assert found.low <= confidence <= found.high + 1e-8


def test_what_was_measured_is_read_back_as_it_was_written(checkpoints_folder):
    checkpoints_folder.mkdir()
    consensus.save_reliability(make_reliability())
    assert consensus.load_reliability() == make_reliability()


def test_where_nothing_is_shipped_nothing_was_measured(checkpoints_folder):
    assert consensus.load_reliability() is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"models": 1}', b"[" * 3000])
def test_a_damaged_measurement_is_said_to_be_one(checkpoints_folder, content):
    checkpoints_folder.mkdir()
    (checkpoints_folder / consensus.FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match=r"reliability\.json'.* cannot be read"):
        consensus.load_reliability()


def test_title_names_the_most_and_least_confident_model():
    answers = {"a": make_prediction("cat", 0.5), "b": make_prediction("dog", 0.97), "c": make_prediction("cat", 0.8)}
    title = consensus.sureness_title(answers)
    assert title.index("b (dog, 97 %)") < title.index("a (cat, 50 %)")
    assert "c" not in title.split()


def test_title_counts_models_that_look_equally_confident():
    answers = {"a": make_prediction("cat", 0.996), "b": make_prediction("dog", 0.999), "c": make_prediction("cat", 0.8)}
    assert consensus.sureness_title(answers) == "Most confident: 2 models, 100 %; least: c (cat, 80 %)"
    assert consensus.sureness_title({name: answers[name] for name in "ab"}) == "Most confident: 2 models, 100 %"
