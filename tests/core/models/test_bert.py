"""A pretrained encoder from its folder: whole or refused, read again from two texts, its attention rows sum to one."""

import io
import json
import os
import shutil
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from ccds_core.config.options import BertOptions
from ccds_core.data.word_tokenizer import pad
from ccds_core.data.wordpiece_tokenizer import TOKENIZER, read_tokenizer
from ccds_core.errors import CcdsError, CheckpointError, InvalidConfigError, MissingDataError
from ccds_core.models.bert import ENCODER, build_bert, load_base
from ccds_core.paths import PROJECT
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import write_base, write_csv

FOREIGN = "open({marker!r}, 'w').close()\nraise SystemExit('foreign code ran')\n"
UNKNOWN = {"model_type": "unheard-of"}
IMAGES = {"model_type": "vit"}  # known, but neither its tokenizer nor a classifier of texts
OWN_CODE = {  # what a folder wants its Python file for -> changes to config.json and tokenizer_config.json
    "config": (UNKNOWN | {"auto_map": {"AutoConfig": "own.Own"}}, {}),
    "model": (IMAGES | {"auto_map": {"AutoModelForSequenceClassification": "own.Own"}}, {}),
    "tokenizer": (IMAGES, {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": ["own.Own", None]}}),
    "fast tokenizer": (IMAGES, {"tokenizer_class": "OwnFast", "auto_map": {"AutoTokenizer": [None, "own.Own"]}}),
}
WORDS = (["i", "felt", "quiet"], ["zymurgy", "by", "the", "kiln"], [], ["keen"] * 9)


@pytest.fixture
def own_base(bert_base, tmp_path):
    """The tiny encoder's folder, this test's own."""
    return shutil.copytree(bert_base, tmp_path / "own-bert")


@pytest.fixture
def base(bert_base):
    torch.manual_seed(0)
    return load_base(BertOptions(base=str(bert_base), max_tokens=32), 3)


def options_for(folder, **changes):
    return BertOptions(**{"base": str(folder), "max_tokens": 32, **changes})


def batch_for(base):
    encoder = read_tokenizer(base.files[TOKENIZER], 32, "tiny")
    return pad([encoder.encode(words) for words in WORDS])


def change_weights(folder, change):
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path, {"format": "pt"})


def bring_code(folder, marker, kind):
    """Put a Python file that leaves a mark into an encoder's folder, and say in its settings that it is needed."""
    (folder / "own.py").write_text(FOREIGN.format(marker=str(marker)))
    for name, change in zip(("config.json", "tokenizer_config.json"), OWN_CODE[kind], strict=True):
        (folder / name).write_text(json.dumps(json.loads((folder / name).read_text()) | change))


def test_rows_of_attention_sum_to_one_over_real_tokens_and_nothing_falls_on_padding(base):
    token_ids, mask = batch_for(base)
    attention = base.model.eval().attentions(token_ids, mask)
    n, length = mask.shape
    assert attention.shape == (n, 2, 2, length, length)
    rows = attention.sum(dim=-1)[mask[:, None, None, :].expand(n, 2, 2, length)]
    torch.testing.assert_close(rows, torch.ones_like(rows))
    on_padding = attention.masked_fill(mask[:, None, None, None, :], 0.0)
    assert on_padding.max() < 1e-6


def test_asking_for_attention_changes_no_answer(base):
    token_ids, mask = batch_for(base)
    before = base.model.eval()(token_ids, mask)
    base.model.attentions(token_ids, mask)
    assert torch.equal(base.model(token_ids, mask), before)


def test_damaged_weights_show_in_the_attention(base):
    token_ids, mask = batch_for(base)
    with torch.no_grad():
        base.model.network.bert.encoder.layer[1].attention.self.query.weight.fill_(float("nan"))
    with pytest.raises(CheckpointError, match="does not sum to one"):
        base.model.eval().attentions(token_ids, mask)


def test_the_encoders_weights_are_those_of_its_folder_and_only_the_last_layer_is_drawn(bert_base):
    stored = load_file(bert_base / "model.safetensors")
    torch.manual_seed(0)
    one = load_base(options_for(bert_base), 3).model.network
    torch.manual_seed(1)
    other = load_base(options_for(bert_base), 3).model.network
    own = one.bert.state_dict()
    assert all(torch.equal(own[name], tensor) for name, tensor in stored.items() if name in own)
    assert not torch.equal(one.classifier.weight, other.classifier.weight)
    assert one.classifier.weight.shape == (3, 16)


def test_two_texts_rebuild_the_network_without_the_folder(base):
    again = build_bert(base.files[ENCODER], 3, 0.1)
    again.load_state_dict(base.model.state_dict())
    token_ids, mask = batch_for(base)
    assert torch.equal(again.eval()(token_ids, mask), base.model.eval()(token_ids, mask))


def test_the_stored_shape_names_no_folder_of_this_machine(base, bert_base):
    assert str(bert_base.parent) not in base.files[ENCODER] + base.files[TOKENIZER]
    assert json.loads(base.files[ENCODER])["num_hidden_layers"] == 2


def test_dropout_is_put_where_asked(bert_base):
    for dropout in (0.0, 0.4):
        network = load_base(options_for(bert_base, dropout=dropout), 3).model.network
        assert {m.p for m in network.modules() if isinstance(m, torch.nn.Dropout)} == {dropout}


def test_a_name_is_looked_for_under_the_models_folder(own_base, monkeypatch):
    monkeypatch.setenv("CCDS_MODELS_DIR", str(own_base.parent))
    assert load_base(options_for("own-bert"), 3).model.network.config.hidden_size == 16


@pytest.mark.parametrize("name", ["absent", "/no/such", "./a/b", "../up", "~/bert", "a/b/c"])
def test_a_name_that_is_no_folder_gives_a_sentence_that_says_where_to_put_one(name, monkeypatch, tmp_path):
    monkeypatch.setenv("CCDS_MODELS_DIR", str(tmp_path / "models"))
    with pytest.raises(MissingDataError, match="CCDS_MODELS_DIR"):
        load_base(options_for(name), 3)


@pytest.mark.parametrize("layer", ["encoder.layer.1.attention.self.query.weight", "embeddings.word_embeddings.weight"])
def test_a_base_that_lacks_a_layer_is_refused_by_its_name(own_base, layer):
    change_weights(own_base, lambda weights: {name: t for name, t in weights.items() if name != layer})
    with pytest.raises(CheckpointError, match=layer):
        load_base(options_for(own_base), 3)


def test_a_base_without_a_pooler_is_taken_since_it_is_trained_anew(own_base):
    change_weights(own_base, lambda weights: {name: t for name, t in weights.items() if "pooler" not in name})
    load_base(options_for(own_base), 3)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", TOKENIZER])
@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"{", b"{}", b"[]", b"null", b"3", b'{"added_tokens": []}'])
def test_a_damaged_base_is_refused_in_a_sentence(own_base, file, content):
    (own_base / file).write_bytes(content)
    with pytest.raises(CcdsError, match="own-bert"):
        load_base(options_for(own_base), 3)


@pytest.mark.parametrize("change", [{"hidden_size": 32}, {"hidden_size": "x"}, {"num_attention_heads": 7}])
def test_a_base_whose_shape_is_not_its_weights_is_refused_in_a_sentence(own_base, change):
    config = own_base / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    with pytest.raises(MissingDataError, match="own-bert"):
        load_base(options_for(own_base), 3)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", TOKENIZER])
def test_a_base_that_lacks_a_file_is_refused_in_a_sentence(own_base, file):
    (own_base / file).unlink()
    with pytest.raises(MissingDataError, match="own-bert"):
        load_base(options_for(own_base), 3)


@pytest.mark.parametrize("kind", OWN_CODE)
def test_a_folders_own_code_is_not_run_whatever_is_answered(own_base, tmp_path, monkeypatch, kind):
    """`transformers` would ask on the terminal whether to run it."""
    bring_code(own_base, tmp_path / "marker", kind)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 9))
    with pytest.raises(MissingDataError, match=r"own-bert' cannot be loaded .* such code is never run.$"):
        load_base(options_for(own_base), 3)
    assert not (tmp_path / "marker").exists()
    assert sys.stdin.tell() == 0, "a question was asked"


def test_the_code_that_a_run_names_is_not_run(base, tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(FOREIGN.format(marker=str(tmp_path / "marker")))
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 9))
    shape = {**json.loads(base.files[ENCODER]), **OWN_CODE["model"][0], "name_or_path": str(tmp_path)}
    with pytest.raises(CheckpointError, match="not the config of an encoder"):
        build_bert(json.dumps(shape), 3, 0.1)
    assert not (tmp_path / "marker").exists()


def test_the_command_line_refuses_a_folder_with_code_in_one_sentence(own_base, tmp_path):
    bring_code(own_base, tmp_path / "marker", "config")
    rows = write_csv(tmp_path / "rows.csv")
    command = [sys.executable, "-m", "ccds_core", "train", "bert-emotion", "--base", own_base, "--data", rows]
    done = subprocess.run(
        [*command, "--max-tokens", "32"], input="y\n" * 9, capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"CCDS_RUNS_DIR": str(tmp_path / "runs"), "PYTHONPATH": str(PROJECT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.strip().endswith("it comes with Python code of its own, and such code is never run.")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("kind", [None, "BertTokenizer", "CanineTokenizer"])
def test_a_base_without_word_pieces_is_refused(own_base, kind):
    (own_base / "tokenizer.json").unlink()
    (own_base / "tokenizer_config.json").unlink()
    if kind:
        (own_base / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": kind}))
    with pytest.raises(MissingDataError, match=r"own-bert' has no tokenizer\.json"):
        load_base(options_for(own_base), 3)


def test_a_base_that_reads_fewer_tokens_than_asked_is_refused(bert_base):
    with pytest.raises(InvalidConfigError, match="at most 64 tokens"):
        load_base(options_for(bert_base, max_tokens=65), 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"model_type": "no-such"}',
        "null",
        '{"model_type": 3}',
        '{"model_type": "bert", "hidden_size": "x"}',
    ],
)
def test_what_is_no_encoders_shape_is_refused(text):
    with pytest.raises(CheckpointError, match="not the config of an encoder"):
        build_bert(text, 3, 0.1)


@pytest.mark.usefixtures("text_runs")
def test_a_finished_run_needs_its_base_no_more(tmp_path, monkeypatch):
    monkeypatch.setenv("CCDS_MODELS_DIR", str(tmp_path))
    classifier = load_classifier(find_run("bert"))
    assert classifier.predict(classifier.encode(["keen"])).probabilities.shape == (3,)


def test_the_same_seed_makes_the_same_base(tmp_path):
    one, other = (load_file(write_base(tmp_path / name) / "model.safetensors") for name in ("one", "other"))
    assert all(torch.equal(one[name], other[name]) for name in one)
