"""`attend`: its JSON keys, the saved weights, and one sentence for bad input."""

import numpy as np
import pytest

from ccds_core.explain.head_metrics import BADGES

TEXT = "i felt quiet by the kiln"
KEYS = {"model", "tokens", "shape", "prediction", "top_token", "top_score", "heads"}
HEAD_KEYS = {"layer", "head", "badge", "entropy", "special", "distance", "agreement", "importance"}

pytestmark = pytest.mark.usefixtures("text_runs")


def test_json_has_the_documented_keys_and_consistent_values(ccds):
    answer = ccds("attend", TEXT, "--model", "bert", "--json").json
    assert set(answer) == KEYS
    assert answer["tokens"] == ["[CLS]", "i", "felt", "quiet", "by", "the", "kiln", "[SEP]"]
    assert answer["shape"] == [2, 2, 8, 8]
    assert answer["prediction"] == ccds("predict", "--text", TEXT, "--model", "bert", "--json").json["prediction"]
    assert answer["top_token"] in TEXT.split()
    assert 1 / 6 <= answer["top_score"] <= 1
    assert [(head["layer"], head["head"]) for head in answer["heads"]] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for head in answer["heads"]:
        assert set(head) == HEAD_KEYS
        assert head["badge"] in {*BADGES, None}


def test_saved_weights_load_without_pickle_and_give_the_top_token(ccds, tmp_path):
    answer = ccds("attend", TEXT, "--model", "bert", "--json", "--out", str(tmp_path / "weights.npz")).json
    with np.load(tmp_path / "weights.npz") as file:
        weights, tokens, word_of = file["weights"], file["tokens"].tolist(), file["word_of"]
    assert list(weights.shape) == answer["shape"]
    assert weights.dtype == np.float32
    assert tokens == answer["tokens"]
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    row = np.where(word_of < 0, 0, weights[-1].mean(axis=0)[0])
    assert tokens[row.argmax()] == answer["top_token"]
    assert answer["top_score"] == pytest.approx(row.max() / row.sum())


def test_without_json_one_sentence_is_printed(ccds):
    answer = ccds("attend", TEXT, "--model", "bert")
    assert len(answer.out.strip().splitlines()) == 1
    assert "[CLS] attends most to" in answer.out


def test_notices_are_printed_on_stderr(ccds):
    answer = ccds("attend", f"{TEXT} {'keen ' * 40}", "--model", "bert", "--json")
    assert "Only the first" in answer.err
    assert set(answer.json) == KEYS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["", "--model", "bert"], "There is no text yet"),
        (["...", "--model", "bert"], "There is no word in this text"),
        (["o" * 40, "--model", "bert"], "No word of this text fits"),
        ([TEXT, "--model", "absent"], "No run 'absent'"),
        ([TEXT, "--model", "text-embedding"], "'text-embedding' has no attention heads"),
        ([TEXT, "--model", "bert", "--out", "weights.txt"], "does not end in .npz"),
        (
            [TEXT, "--model", "bert", "--out", "no/such/folder/weights.npz"],
            "'no/such/folder/weights.npz' cannot be read or written",
        ),
        ([], "Missing argument"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_exit_code_2(ccds, arguments, message):
    answer = ccds("attend", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_an_image_run_is_refused(ccds, small_run, monkeypatch):
    monkeypatch.setenv("CCDS_RUNS_DIR", str(small_run.parent))
    answer = ccds("attend", TEXT, "--model", "small")
    assert answer.code == 2
    assert "is an image run" in answer.err
