"""The workshop's network under its toggles, and the table that lists every model."""

from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import nn
from torch.nn import functional

from ccds_core.config.options import ACTIVATIONS, OPTIONS, CnnOptions
from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import RunConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.models import cnn_layers
from ccds_core.models.cnn import build as build_cnn
from ccds_core.models.cnn import initialise
from ccds_core.models.registry import MODELS, build_model, find_family
from ccds_core.runs.execute import count_multiply_adds

PARAMETERS = {  # computed from the layers' shapes, workshop report and public notebook
    "architecture-1": 5_851_338,
    "architecture-2": 5_851_338,
    "architecture-3": 6_441_418,
    "architecture-4": 6_444_490,
    "architecture-5": 6_444_490,
    "architecture-5-repaired": 6_444_490,
}
EVERY_OPTION = [
    CnnOptions(activation, extra, linear, conv, dropout)
    for activation, extra, linear, conv, dropout in product(
        ACTIVATIONS, (False, True), (False, True), (False, True), (0.0, 0.5)
    )
]
SCHEMES = {  # scheme -> tensors of architecture 1 that it touches
    "default": 0,
    "xavier-as-written": 0,
    "xavier": 6,
    "xavier-everywhere": 18,
    "he": 18,
}


def seeded(options, seed=0, n_classes=10):
    torch.manual_seed(seed)
    return build_cnn(options, n_classes)


def weights_of(scheme):
    return seeded(CnnOptions(initialisation=scheme)).state_dict()


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_architecture_has_the_workshops_number_of_parameters(name):
    model = build_cnn(PRESETS[name].options, 10)
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("count", range(3, 8))
def test_each_further_linear_layer_is_one_more_like_the_second(count):
    model = build_cnn(CnnOptions("sigmoid", linear_layers=count), 10)
    linears = [layer for layer in model.linears if isinstance(layer, nn.Linear)]
    assert [layer.out_features for layer in linears] == [1024, *[512] * (count - 2), 10]
    assert sum(isinstance(layer, nn.Sigmoid) for layer in model.linears) == count - 1


@pytest.mark.parametrize("count", [2, 8])
def test_too_few_or_many_linear_layers_are_refused(count):
    with pytest.raises(InvalidConfigError, match="linear_layers must be from 3 to 7"):
        CnnOptions(linear_layers=count)


def test_architecture_1_takes_137_million_macs_per_image():
    model = build_cnn(CnnOptions(), 10)
    images = torch.zeros(1, 3, 32, 32)
    assert count_multiply_adds(model, (images,)) == pytest.approx(137.7e6, rel=1e-3)
    assert count_multiply_adds(model, (images.expand(3, -1, -1, -1),)) == 3 * count_multiply_adds(model, (images,))
    assert model.training, "counting leaves the mode as it was"


@pytest.mark.usefixtures("small_cnn")
@pytest.mark.parametrize("options", EVERY_OPTION, ids=lambda o: "-".join(str(v) for v in vars(o).values()))
def test_forward_is_the_head_of_the_features(options):
    model = seeded(options, n_classes=7).eval()
    images = torch.randn(5, 3, 32, 32)
    features = model.features(images)
    assert features.shape == (5, cnn_layers.STAGES[-1][-1], 4, 4)
    logits = model(images)
    assert logits.shape == (5, 7)
    assert torch.equal(model.head(features), logits)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_initialisation_says_how_many_tensors_it_touched(scheme):
    assert initialise(seeded(CnnOptions()), scheme) == SCHEMES[scheme]
    changed = [
        name for name, tensor in weights_of(scheme).items() if not torch.equal(tensor, weights_of("default")[name])
    ]
    assert len(changed) == SCHEMES[scheme]


def test_xavier_as_the_workshop_wrote_it_leaves_the_default_weights():
    written, default = weights_of("xavier-as-written"), weights_of("default")
    assert written.keys() == default.keys()
    assert all(torch.equal(written[name], default[name]) for name in default)


def test_xavier_and_he_have_the_spread_of_their_papers():
    for name, tensor in weights_of("xavier").items():
        if "fc" in name and "weight" in name:
            assert tensor.std().item() == pytest.approx((2 / sum(tensor.shape)) ** 0.5, rel=0.05), name
    for name, tensor in weights_of("he").items():
        if name.endswith("weight") and tensor.numel() > 10_000:
            assert tensor.std().item() == pytest.approx((2 / tensor[0].numel()) ** 0.5, rel=0.05), name


def test_the_names_in_the_state_dict_read_well():
    options = replace(PRESETS["architecture-5"].options, conv_batch_norm=True)
    layers = {name.rsplit(".", 1)[0] for name in build_cnn(options, 10).state_dict()}
    convs = {f"convs.conv{n}{norm}" for n in range(1, 8) for norm in ("", "_norm")}
    assert layers == convs | {f"linears.fc{n}" for n in (1, 2, 3)} | {f"linears.fc{n}_norm" for n in (1, 2)}


@pytest.mark.usefixtures("small_cnn")
def test_the_head_stays_in_float32_where_the_features_are_bfloat16():
    model = seeded(CnnOptions())
    with torch.autocast("cpu", torch.bfloat16):
        features = model.features(torch.randn(4, 3, 32, 32))
        logits = model.head(features)
    assert features.dtype == torch.bfloat16
    assert logits.dtype == torch.float32
    assert torch.equal(logits, model.head(features.float()))


@pytest.mark.usefixtures("small_cnn")
def test_dropout_acts_in_training_only():
    model, images = seeded(CnnOptions(dropout=0.5)), torch.randn(8, 3, 32, 32)
    assert not torch.equal(model(images), model(images))
    model.eval()
    assert torch.equal(model(images), model(images))


@pytest.mark.usefixtures("small_cnn")
def test_the_seed_decides_the_weights():
    one, same, other = (seeded(CnnOptions(), seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_the_network_learns_one_small_batch():
    torch.manual_seed(0)
    model = build_model(RunConfig("mine"), 4)
    images, labels = torch.randn(8, 3, 32, 32), torch.arange(8) % 4
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(200):
        loss = functional.cross_entropy(model(images), labels)
        if loss.item() < 0.05:
            break  # before a next step, which may overshoot
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05
    assert (model.eval()(images).argmax(dim=1) == labels).all()


@pytest.mark.parametrize("name", MODELS)
def test_a_table_entry_says_its_task_and_what_it_is(name):
    family = find_family(name)
    assert family.task in ("image", "text")
    assert len(family.summary) > 10
    assert family.options is OPTIONS[name]
    assert bool(family.files) == (family.task == "text"), "a text model's folder holds its encoder"


def test_an_unknown_model_gives_a_sentence_that_lists_them():
    with pytest.raises(InvalidConfigError, match=r"No model 'vgg'\. There: cnn"):
        find_family("vgg")
