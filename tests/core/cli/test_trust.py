"""`trust` on the command line: the warnings and the confidence as lines or JSON; only `--ship` saves them."""

import pytest

from ccds_core.errors import CheckpointError
from ccds_core.explain.trust import measure
from ccds_core.explain.trust.measured import FILE, SentenceTrust, WarningScore, load_trust
from ccds_core.explain.trust.warnings import NEGATION
from ccds_core.runs.consensus import Reliability, ReliabilityBin

MEASURE = measure.measure_trust
BIN = ReliabilityBin(True, 0.9, 0.97, 50, 49, 3)
TRUST = SentenceTrust(
    ("a", "b"), 100, 5, 4, 1, (Reliability(("a", "b"), "made up", 100, 12, (BIN,)),),
    (WarningScore(NEGATION, 20, 8, 10, 7, 6, 4, 1),),
)  # fmt: skip


@pytest.fixture(autouse=True)
def measured(checkpoints_folder, monkeypatch):
    checkpoints_folder.mkdir()
    monkeypatch.setattr(measure, "measure_trust", lambda: TRUST)
    return checkpoints_folder


def test_each_warning_and_each_confidence_has_a_line(ccds, measured):
    lines = ccds("trust").out.splitlines()
    (warning,) = (line for line in lines if line.startswith(NEGATION))
    for part in (
        "precision 7/10 (70 %)",
        "recall 7/8",
        "misclassified 6/10",
        "validation texts 4 (4.0 %), 1 misclassified",
    ):
        assert part in warning
    assert any("0.90 to 0.97, all agree  right 49/50 (98 %)   neutral sentences 3/12" in line for line in lines)
    assert "without a warning: misclassified 1/4" in lines
    assert not (measured / FILE).exists()


def test_json_has_every_count_and_ship_saves_them(ccds):
    answer = ccds("trust", "--ship", "--json").json
    assert answer["scores"][0]["val_given"] == 4
    assert answer["reliability"][0]["models"] == ["a", "b"]
    assert load_trust() == TRUST


def test_without_the_shipped_models_one_sentence_says_what_is_missing(measured):
    with pytest.raises(CheckpointError, match="are not here"):
        MEASURE()
