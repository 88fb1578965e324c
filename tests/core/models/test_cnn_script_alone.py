"""The code that is given away runs in a fresh interpreter, draws our values, and trains as our engine does."""

import hashlib
import json
import pickle
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from ccds_core.config.options import ACTIVATIONS, INITIALISATIONS, CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.data import digits
from ccds_core.data.cifar10 import BATCH_FILES, CLASSES
from ccds_core.data.datasets import ImageData
from ccds_core.data.image_cache import ImageArrays
from ccds_core.data.splits import SplitRows
from ccds_core.models.cnn import build as build_cnn
from ccds_core.models.cnn_script import write_script
from ccds_core.training import loop
from tests.support.small_cifar import make_pictures, upright, write_batches

BASE = RunConfig("architecture-1")
N_RANDOM = 20
BUILD = """
import hashlib, json, sys
told = []
for code in json.load(open(sys.argv[1])):
    names = {"__name__": "given_away"}
    exec(compile(code, "given_away.py", "exec"), names)
    tensors = names["build_model"]().state_dict().items()
    told.append([[name, list(t.shape), hashlib.sha256(t.numpy().tobytes()).hexdigest()] for name, t in tensors])
assert not {"ccds_core", "streamlit"} & {name.split(".")[0] for name in sys.modules}
json.dump(told, open(sys.argv[2], "w"))
"""
TRAIN_DIGITS = """
import json, sys
names = {"__name__": "given_away"}
exec(compile(open(sys.argv[1]).read(), "given_away.py", "exec"), names)
losses, measure = [], names["functional"].cross_entropy
def note(*args, **kwargs):
    losses.append(measure(*args, **kwargs))
    return losses[-1]
names["functional"].cross_entropy = note
names["torch"].set_num_threads(1)
names["main"]()
json.dump([loss.item() for loss in losses], open(sys.argv[2], "w"))
"""
TRAIN = (
    """
from torchvision.datasets import CIFAR10
for files in (CIFAR10.train_list, CIFAR10.test_list):
    files[:] = [[name, None] for name, _ in files]  # ours are small and have other digests
CIFAR10.meta = CIFAR10.meta | {"md5": None}
"""
    + TRAIN_DIGITS
)
EVERYTHING = RunConfig(  # of a recipe, so that each piece of the script takes part
    "everything",
    options=CnnOptions("sigmoid", True, True, False, 0.5, "xavier"),
    train=TrainConfig(
        epochs=2, batch_size=48, learning_rate=0.01, optimizer="sgd", schedule="one-cycle", warmup_steps=3,
        label_smoothing=0.1, clip_norm=0.5, flip=True, shift=3, patience=5, seed=7, precision="float32",
    ),
)  # fmt: skip


def random_configs():
    """Twenty networks with twenty seeds; each initialisation and activation comes up."""
    chance = random.Random(0)
    return [
        RunConfig(
            f"random-{number}",
            options=CnnOptions(
                activation=ACTIVATIONS[number % len(ACTIVATIONS)],
                extra_conv=chance.random() < 0.5,
                linear_batch_norm=chance.random() < 0.5,
                conv_batch_norm=chance.random() < 0.5,
                dropout=chance.choice((0.0, 0.3, 0.5)),
                initialisation=INITIALISATIONS[number % len(INITIALISATIONS)],
                linear_layers=chance.randint(3, 7),
            ),
            train=TrainConfig(seed=chance.randrange(2**32)),
        )
        for number in range(N_RANDOM)
    ]


def run_alone(script, *words, folder):
    """A script in a fresh interpreter that has no way to our code."""
    command = [sys.executable, "-I", "-c", script, *map(str, words)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(config):
    torch.manual_seed(config.train.seed)
    return build_cnn(config.options, 10)


@pytest.mark.slow
def test_the_code_of_twenty_random_networks_runs_alone_and_draws_our_values(tmp_path):
    configs = random_configs()
    (tmp_path / "codes.json").write_text(json.dumps([write_script(config) for config in configs]))
    run_alone(BUILD, "codes.json", "told.json", folder=tmp_path)
    for config, told in zip(configs, json.loads((tmp_path / "told.json").read_text()), strict=True):
        state = ours(config).state_dict()
        assert [name for name, _, _ in told] == list(state)
        assert [shape for _, shape, _ in told] == [list(tensor.shape) for tensor in state.values()]
        assert [digest for _, _, digest in told] == [digest_of(tensor) for tensor in state.values()], config.name


def digest_of(tensor):
    return hashlib.sha256(tensor.numpy().tobytes()).hexdigest()


@pytest.mark.slow
@pytest.mark.usefixtures("small_cnn")
@pytest.mark.parametrize("config", [BASE, EVERYTHING], ids=lambda config: config.name)
def test_the_script_trains_as_our_engine_does(tmp_path, config):
    """The network with few channels, on 120 images in torchvision's form: losses, and the best epoch's weights."""
    config = replace(config, train=replace(config.train, epochs=2, batch_size=48, precision="float32"))
    write_batches(tmp_path / "data")
    (tmp_path / "data/cifar-10-batches-py/batches.meta").write_bytes(pickle.dumps({"label_names": list(CLASSES)}))
    (tmp_path / "script.py").write_text(write_script(config))
    run_alone(TRAIN, "script.py", "losses.json", folder=tmp_path)
    losses = json.loads((tmp_path / "losses.json").read_text())
    data = small_data(config.train.seed)
    state = loop.start(ours(config), config.train)
    steps = list(loop.train(state, data.train_batches(config.train), data.batches("val")))
    assert losses == pytest.approx([step.loss for step in steps if hasattr(step, "loss")], rel=1e-6)
    assert len(losses) == 4
    theirs = torch.load(tmp_path / f"{config.name}.pt", weights_only=True)
    for name, tensor in state.best_weights.items():
        torch.testing.assert_close(theirs[name], tensor, rtol=1e-5, atol=1e-6, msg=name)


@pytest.mark.slow
@pytest.mark.usefixtures("small_cnn")
def test_the_script_of_a_run_on_digits_sees_our_images_and_trains_as_our_engine_does(tmp_path):
    """96 training digits and 24 of each held-out part, cut as the run cut them."""
    train = TrainConfig(epochs=2, batch_size=48, seed=3, precision="float32")
    config = RunConfig("digits", data=DataConfig("digits", "seeded", 96, 24), train=train)
    (tmp_path / "script.py").write_text(write_script(config))
    run_alone(TRAIN_DIGITS, "script.py", "losses.json", folder=tmp_path)
    losses = json.loads((tmp_path / "losses.json").read_text())
    arrays = digits.load()
    order = torch.randperm(len(arrays.labels), generator=torch.Generator().manual_seed(train.seed)).numpy()
    tenth = len(order) // 10
    parts = np.split(order, [len(order) - 2 * tenth, len(order) - tenth])
    data = ImageData(arrays, SplitRows(parts[0][:96], parts[1][:24], parts[2][:24]))
    state = loop.start(ours(config), train)
    steps = list(loop.train(state, data.train_batches(train), data.batches("val")))
    assert losses == pytest.approx([step.loss for step in steps if hasattr(step, "loss")], rel=1e-6)
    assert len(losses) == 4


def small_data(seed):
    """The same images in the same parts."""
    batches = [make_pictures(number) for number in range(len(BATCH_FILES))]
    images = np.concatenate([upright(pixels) for pixels, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed)).numpy()
    split = SplitRows(order[:96], order[96:108], order[108:])
    return ImageData(ImageArrays(images, labels, CLASSES, 100, "made up"), split)
