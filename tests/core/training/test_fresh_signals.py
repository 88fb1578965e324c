"""Step 0: the probe is class-balanced and fixed, the network is the run's own, and what was written is known."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from ccds_core.config.options import INITIALISATIONS, CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.config.variants import xavier_counterpart
from ccds_core.data import digits
from ccds_core.data.cifar10 import usual_data
from ccds_core.data.datasets import ImageData, load_image_data
from ccds_core.data.splits import SplitRows
from ccds_core.errors import InvalidInputError
from ccds_core.models.cnn import initialise
from ccds_core.models.registry import prepare
from ccds_core.training.signal import build_fresh, probe_batch, read_fresh

pytestmark = pytest.mark.usefixtures("small_cnn")
SIGMOID = CnnOptions(activation="sigmoid")


@pytest.fixture(scope="module")
def data():
    return load_image_data(DataConfig("digits", "seeded"))


def test_the_probe_is_class_balanced_and_fixed(data):
    probe, again = probe_batch(data, 3), probe_batch(data, 3)
    assert torch.equal(probe.images, again.images)
    assert Counter(probe.labels.tolist()) == dict.fromkeys(range(10), 3)
    assert probe.source == "scikit-learn digits"
    train = data.train_batches(TrainConfig()).sweep(2000)
    served = {image.numpy().tobytes() for batch in train for image in batch.inputs[0].contiguous()}
    assert all(image.numpy().tobytes() in served for image in probe.images)


def test_a_class_with_too_few_images_is_named():
    arrays = digits.load()
    rows = np.flatnonzero(arrays.labels != 7)
    short = ImageData(arrays, SplitRows(rows, rows[:10], rows[:10]))
    with pytest.raises(InvalidInputError, match="'seven' has 0"):
        probe_batch(short, 1)


@pytest.mark.parametrize("scheme", INITIALISATIONS)
def test_the_fresh_network_is_the_one_that_a_run_with_this_seed_begins_with(scheme):
    options = replace(SIGMOID, initialisation=scheme, linear_batch_norm=True)
    config = RunConfig("x", options=options, data=DataConfig("digits", "seeded"), train=TrainConfig(seed=7))
    torch.manual_seed(7)
    begun = prepare(config)
    model, touched = build_fresh(options, 10, 7)
    ours, theirs = model.state_dict(), begun.model.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert len(touched) == begun.tensors_initialised


@pytest.mark.parametrize("scheme", INITIALISATIONS)
def test_a_tensor_counts_as_touched_where_its_numbers_are_no_longer_pytorchs_own(data, scheme):
    options = replace(SIGMOID, initialisation=scheme)
    default, _ = build_fresh(SIGMOID, 10, 3)
    model, touched = build_fresh(options, 10, 3)
    own = dict(default.named_parameters())
    changed = {name for name, tensor in model.named_parameters() if not torch.equal(tensor, own[name])}
    assert touched == changed
    fresh = read_fresh(options, probe_batch(data), 3)
    assert {tensor.name for tensor in fresh.tensors if tensor.touched} == changed
    assert fresh.n_touched == initialise(default, scheme)


def test_xavier_as_written_touches_nothing_and_stands_beside_the_one_that_runs(data):
    written = replace(SIGMOID, initialisation="xavier-as-written")
    repaired = xavier_counterpart(written)
    assert xavier_counterpart(repaired) == written
    assert xavier_counterpart(SIGMOID) is None
    probe = probe_batch(data)
    assert read_fresh(written, probe).n_touched == 0
    assert read_fresh(repaired, probe).n_touched == 6
    assert read_fresh(written, probe).signal == read_fresh(SIGMOID, probe).signal


def test_reading_a_fresh_network_draws_nothing_from_the_global_generator(data):
    probe = probe_batch(data)
    before = torch.get_rng_state()
    first = read_fresh(SIGMOID, probe, 5)
    assert torch.equal(before, torch.get_rng_state())
    assert read_fresh(SIGMOID, probe, 5) == first
    assert read_fresh(SIGMOID, probe, 6) != first


def test_without_cifar_10_the_digits_stand_in(data_folder):
    assert usual_data() == DataConfig("digits", "seeded")
    data_folder.mkdir()
    (data_folder / "cifar10.tar").touch()
    assert usual_data() == DataConfig("cifar10", "workshop")
