"""A damaged, changed or foreign run folder is one clear sentence, never a crash, and nothing in it is executed."""

import json
import pickle

import pytest
import torch
from safetensors.torch import load_file, save_file

from ccds_core.errors import CheckpointError
from ccds_core.runs.records import (
    CONFIG,
    MANIFEST,
    METRICS,
    RESUME,
    WEIGHTS,
    find_run,
    list_runs,
    read_resume_metadata,
    read_run,
)
from ccds_core.runs.weights import load_classifier, load_tensors
from ccds_core.storage import digest_file
from tests.support.hostile_files import Trap

FILES = (CONFIG, METRICS, WEIGHTS)


def sign_again(folder):
    """Make the manifest agree with what is there, as one who means to deceive would."""
    names = [name for name in FILES if (folder / name).exists()]
    (folder / MANIFEST).write_text(json.dumps({name: digest_file(folder / name) for name in names}))


def refused(match="small"):
    """The run cannot be loaded, and the reason is a sentence."""
    with pytest.raises(CheckpointError, match=match) as caught:
        load_classifier(find_run("small"))
    text = str(caught.value)
    assert text.endswith((".", "it."))
    assert "Traceback" not in text
    assert len(text) < 400
    return text


def change_config(folder, change):
    card = json.loads((folder / CONFIG).read_text())
    change(card)
    (folder / CONFIG).write_text(json.dumps(card))
    sign_again(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_noticed(small_run, name):
    content = bytearray((small_run / name).read_bytes())
    content[len(content) // 2] ^= 1
    (small_run / name).write_bytes(content)
    assert name in refused("not what its manifest says")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(small_run, name):
    (small_run / name).unlink()
    refused("No run 'small'" if name == CONFIG else f"lacks {name}")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_a_link_is_refused(small_run, name):
    elsewhere = (small_run / name).rename(small_run.parent / f"elsewhere-{name}")
    (small_run / name).symlink_to(elsewhere)
    refused(f"lacks {name}")


def test_a_folder_that_is_a_link_is_no_run(small_run):
    elsewhere = small_run.rename(small_run.parent.parent / "elsewhere")
    small_run.symlink_to(elsewhere, target_is_directory=True)
    refused("not a run folder")
    assert list_runs() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b'{"config.json": 3}', b"\xff\xff", b"null"], ids=repr)
def test_a_damaged_manifest_is_noticed(small_run, content):
    (small_run / MANIFEST).write_bytes(content)
    refused()
    assert list_runs() == []


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_or_missing_digest_in_the_manifest_is_noticed(small_run, name):
    manifest = json.loads((small_run / MANIFEST).read_text())
    for changed in (manifest | {name: "0" * 64}, {key: value for key, value in manifest.items() if key != name}):
        (small_run / MANIFEST).write_text(json.dumps(changed))
        refused()


@pytest.mark.parametrize("damage", ["empty", "half", "head only", "no length", "longer", "JSON bomb"])
def test_weights_that_are_no_whole_safetensors_file_are_refused(small_run, damage):
    content = (small_run / WEIGHTS).read_bytes()
    damaged = {
        "empty": b"",
        "half": content[: len(content) // 2],
        "head only": content[:64],
        "no length": content[8:],
        "longer": content + b"0",
        "JSON bomb": (2**40).to_bytes(8, "little") + b"{" * 1000,
    }
    (small_run / WEIGHTS).write_bytes(damaged[damage])
    sign_again(small_run)
    assert WEIGHTS in refused("cannot be read")


@pytest.mark.parametrize("save", [pickle.dumps, None], ids=["pickle", "torch.save"])
def test_a_pickle_under_the_name_of_the_weights_is_refused_and_not_run(small_run, tmp_path, save):
    trap = Trap(tmp_path / "sprung")
    if save:
        (small_run / WEIGHTS).write_bytes(save(trap))
    else:
        torch.save({"trap": trap}, small_run / WEIGHTS)
    sign_again(small_run)
    refused("cannot be read")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("change", ["one shape", "one name", "one less", "one more", "integers"])
def test_weights_of_another_network_are_refused(small_run, change):
    weights = load_file(small_run / WEIGHTS)
    name = "linears.fc1.weight"
    if change == "one shape":
        weights[name] = torch.zeros(3, 3)
    elif change == "one name":
        weights["linears.fc9.weight"] = weights.pop(name)
    elif change == "one less":
        del weights[name]
    elif change == "one more":
        weights["extra"] = torch.zeros(1)
    else:
        weights = {key: tensor.to(torch.int64) for key, tensor in weights.items()}
    save_file(weights, small_run / WEIGHTS)
    sign_again(small_run)
    refused("do not fit its config")


CARD_CHANGES = {
    "newer format": (lambda card: card.update(format=2), "has format 2; this version reads format 1"),
    "no format": (lambda card: card.pop("format"), "format"),
    "no classes": (lambda card: card.pop("classes"), "classes"),
    "classes a word": (lambda card: card.update(classes="cat"), "classes"),
    "no config": (lambda card: card.pop("config"), "config"),
    "unknown field": (lambda card: card["config"]["options"].update(colour="red"), "colour"),
    "unknown option": (lambda card: card["config"]["options"].update(activation="swish"), "activation"),
    "wrong type": (lambda card: card["config"]["train"].update(epochs="ten"), "epochs"),
    "out of range": (lambda card: card["config"]["train"].update(momentum=7.0), "momentum"),
    "a name that leads out": (lambda card: card["config"].update(name="../../x"), "name"),
    "other shapes": (lambda card: card["config"]["options"].update(extra_conv=True), "do not fit its config"),
    "fewer classes": (lambda card: card.update(classes=card["classes"][:9]), "on other classes than its config"),
}


@pytest.mark.parametrize("change", CARD_CHANGES)
def test_a_changed_config_is_refused_with_what_is_wrong(small_run, change):
    edit, said = CARD_CHANGES[change]
    change_config(small_run, edit)
    assert said in refused()


def test_a_config_of_an_unknown_model_is_a_foreign_folder(small_run):
    change_config(small_run, lambda card: card["config"].update(model="vgg"))
    refused("vgg")


@pytest.mark.parametrize("name", [CONFIG, METRICS])
def test_an_unknown_field_at_the_top_is_refused(small_run, name):
    record = json.loads((small_run / name).read_text())
    (small_run / name).write_text(json.dumps(record | {"surprise": 1}))
    sign_again(small_run)
    refused("surprise")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"history": "long"}', "[" * 3000, '{"history": [{"epoch": 1}]}']
)
def test_damaged_metrics_are_refused(small_run, content):
    (small_run / METRICS).write_text(content)
    sign_again(small_run)
    refused("cannot be read")
    assert list_runs() == []


def test_a_record_far_too_large_is_not_read(small_run):
    (small_run / METRICS).write_bytes(b" " * 21_000_000)
    sign_again(small_run)
    refused("too large")


def test_listing_reads_no_weights(small_run):
    (small_run / WEIGHTS).write_bytes(b"damaged")
    assert read_run(small_run).has_weights
    assert [record.name for record in list_runs()] == ["small"]


@pytest.mark.parametrize("name", [WEIGHTS, RESUME])
def test_a_header_of_millions_of_entries_is_refused_before_it_is_parsed(small_run, name):
    header = json.dumps({"__metadata__": {str(number): "a" for number in range(700_000)}}).encode()
    (small_run / name).write_bytes(len(header).to_bytes(8, "little") + header)
    sign_again(small_run)
    read = load_tensors if name == WEIGHTS else lambda path: read_resume_metadata(path.parent)
    with pytest.raises(CheckpointError, match="its header is larger"):
        read(small_run / name)
