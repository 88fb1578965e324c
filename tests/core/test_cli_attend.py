"""`attend`: exactly the keys that were promised, weights that can be read back, and one sentence for bad input."""

import numpy as np
import pytest

from ccds_core.heads import BADGES

TEXT = "i felt quiet by the kiln"
KEYS = {"model", "tokens", "shape", "prediction", "top_token", "top_score", "heads"}
HEAD_KEYS = {"layer", "head", "badge", "entropy", "special", "distance", "agreement", "importance"}

pytestmark = pytest.mark.usefixtures("text_runs")


def test_the_answer_has_the_promised_keys_and_they_fit_each_other(ccds):
    said = ccds("attend", TEXT, "--model", "bert", "--json").json
    assert set(said) == KEYS
    assert said["tokens"] == ["[CLS]", "i", "felt", "quiet", "by", "the", "kiln", "[SEP]"]
    assert said["shape"] == [2, 2, 8, 8]
    assert said["prediction"] == ccds("predict", "--text", TEXT, "--model", "bert", "--json").json["prediction"]
    assert said["top_token"] in TEXT.split()
    assert 1 / 6 <= said["top_score"] <= 1
    assert [(head["layer"], head["head"]) for head in said["heads"]] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for head in said["heads"]:
        assert set(head) == HEAD_KEYS
        assert head["badge"] in {*BADGES, None}


def test_the_weights_are_read_back_without_pickle_and_give_the_top_token(ccds, tmp_path):
    said = ccds("attend", TEXT, "--model", "bert", "--json", "--out", str(tmp_path / "weights.npz")).json
    with np.load(tmp_path / "weights.npz") as file:
        weights, tokens, word_of = file["weights"], file["tokens"].tolist(), file["word_of"]
    assert list(weights.shape) == said["shape"]
    assert weights.dtype == np.float32
    assert tokens == said["tokens"]
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    row = np.where(word_of < 0, 0, weights[-1].mean(axis=0)[0])
    assert tokens[row.argmax()] == said["top_token"]
    assert said["top_score"] == pytest.approx(row.max() / row.sum())


def test_without_json_it_is_one_sentence(ccds):
    answer = ccds("attend", TEXT, "--model", "bert")
    assert len(answer.out.strip().splitlines()) == 1
    assert "most attended word" in answer.out


def test_what_is_not_read_is_told_beside_the_answer(ccds):
    answer = ccds("attend", f"{TEXT} {'keen ' * 40}", "--model", "bert", "--json")
    assert "Only the first" in answer.err
    assert set(answer.json) == KEYS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["", "--model", "bert"], "There is no text yet"),
        (["...", "--model", "bert"], "There is no word in this text"),
        (["o" * 40, "--model", "bert"], "No word of this text fits"),
        ([TEXT, "--model", "absent"], "No run 'absent'"),
        ([TEXT, "--model", "text-embedding"], "'text-embedding' has no attention heads"),
        ([TEXT, "--model", "bert", "--out", "weights.txt"], "does not end in .npz"),
        ([TEXT, "--model", "bert", "--out", "no/such/folder/weights.npz"], "cannot be written"),
        ([], "Missing argument"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_exit_code_2(ccds, words, said):
    answer = ccds("attend", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_an_image_run_is_refused(ccds, small_run, monkeypatch):
    monkeypatch.setenv("CCDS_RUNS_DIR", str(small_run.parent))
    answer = ccds("attend", TEXT, "--model", "small")
    assert answer.code == 2
    assert "looks at pictures" in answer.err
