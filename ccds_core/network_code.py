"""A run of the CNN as a PyTorch script that needs nothing of ours: the model, its first weights, data and training."""

import difflib
import textwrap
from dataclasses import dataclass, fields

from ccds_core.config import RunConfig, TrainConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.layers import REDRAWN, Layer, Part, list_layers
from ccds_core.network_changes import changes_title, count_redrawn
from ccds_core.options import CnnOptions, Initialisation
from ccds_core.recipe_code import write_data, write_main, write_rate, write_training

WIDTH = 100  # letters of a line of prose


@dataclass(frozen=True)
class Section:
    """A piece of the script that makes sense alone: a cell of the notebook."""

    title: str
    code: str


def write_script(config: RunConfig) -> str:
    """The whole script; `python NAME.py` trains the network on CIFAR-10, which torchvision downloads."""
    sections = write_sections(config)
    head, recipe, *rest = (each.code.strip("\n") for each in sections)
    return "\n\n\n".join([f"{head}\n\n{recipe}", *rest]) + "\n"


def write_sections(config: RunConfig) -> tuple[Section, ...]:
    """The script in pieces, in their order; the last one runs it."""
    options = _options_of(config)
    return (
        Section("What it is", _write_head(config, options)),
        Section("The recipe", _write_constants(config)),
        Section("The network", _write_model(options)),
        Section("Its first weights", _write_first_weights(options)),
        Section("CIFAR-10", write_data(config.train)),
        Section("The learning rate", write_rate(config.train)),
        Section("Training", write_training(config.train)),
        Section("Run it", write_main()),
    )


def diff_scripts(config: RunConfig, base: RunConfig) -> str:
    """What was changed in `base`'s script to get this one, as a unified diff; empty where nothing was."""
    before, after = (write_script(each).splitlines(keepends=True) for each in (base, config))
    return "".join(difflib.unified_diff(before, after, f"{base.name}.py", f"{config.name}.py"))


def _options_of(config: RunConfig) -> CnnOptions:
    """The network's options, if this is a run that the script can repeat."""
    if not isinstance(config.options, CnnOptions):
        raise InvalidConfigError(f"Code is written for the CNNs, and '{config.name}' is none. Take architecture-1.")
    if config.data.name != "cifar10" or config.data.limit:
        raise InvalidConfigError("The code trains on all of CIFAR-10: leave the data set and its limit as they are.")
    return config.options


def _write_head(config: RunConfig, options: CnnOptions) -> str:
    finding = textwrap.fill(f"{changes_title(options)}.", WIDTH)
    train = config.train
    rates = ["from math import cos, pi", ""] if train.schedule in ("cosine", "one-cycle") else []
    return "\n".join(
        [
            f'"""{config.name}: a CNN of the CCDS workshop, trained on CIFAR-10. Run it: python {config.name}.py',
            "",
            finding,
            "It needs torch and torchvision; the first run downloads CIFAR-10 (163 MB) into data/.",
            '"""',
            "",
            "from collections import OrderedDict",
            *(rates or [""]),
            "import torch",
            "from torch import nn",
            "from torch.nn import functional",
            "from torchvision.datasets import CIFAR10",
        ]
    )


def _write_constants(config: RunConfig) -> str:
    """One line for each number of the recipe that plays a part."""
    train = config.train
    usual = TrainConfig()
    shown = {"epochs", "batch_size", "learning_rate", "weight_decay", "seed"}
    shown |= {"momentum"} if train.optimizer == "sgd" else set()
    optional = ("warmup_steps", "label_smoothing", "clip_norm", "patience", "shift")
    shown |= {name for name in optional if getattr(train, name) != getattr(usual, name)}
    lines = [f"{field.name.upper()} = {getattr(train, field.name)!r}" for field in fields(train) if field.name in shown]
    return "\n".join(
        [
            f'NAME = "{config.name}"',
            'DEVICE = "cuda" if torch.cuda.is_available() else "cpu"',
            *lines,
            "MEAN = torch.tensor([0.485, 0.456, 0.406])  # ImageNet's channel statistics, which the workshop used",
            "STD = torch.tensor([0.229, 0.224, 0.225])",
        ]
    )


def _write_model(options: CnnOptions) -> str:
    layers = list_layers(options)
    return "\n".join(
        [
            "class Cnn(nn.Module):",
            '    """Pictures (B, 3, 32, 32) -> logits (B, 10)."""',
            "",
            "    def __init__(self):",
            "        super().__init__()",
            *_write_part("convs", layers),
            *_write_part("linears", layers),
            "",
            "    def forward(self, images):",
            "        features = self.convs(images)  # (B, 256, 4, 4)",
            "        return self.linears(features.flatten(1))",
        ]
    )


def _write_part(part: Part, layers: tuple[Layer, ...]) -> list[str]:
    own = [layer for layer in layers if layer.part == part]
    lines = [f"                {layer.name}={_write_call(layer)},{_shape_note(layer)}" for layer in own]
    opening = [f"        self.{part} = nn.Sequential(", "            OrderedDict("]
    return [*opening, *lines, "            )", "        )"]


def _write_call(layer: Layer) -> str:
    arguments = [str(argument) for argument in layer.arguments]
    return f"nn.{layer.module}({', '.join(arguments + [f'{name}={value}' for name, value in layer.keywords])})"


def _shape_note(layer: Layer) -> str:
    """What leaves a conv or a pool."""
    return f"  # {' x '.join(map(str, layer.leaves))}" if layer.kind in ("conv", "pool") else ""


def _write_first_weights(options: CnnOptions) -> str:
    """`build_model`, and before it the initialisation that was chosen."""
    scheme = options.initialisation
    build = [
        "def build_model():",
        "    torch.manual_seed(SEED)  # the same seed draws the same weights",
    ]
    if scheme == "default":
        return "\n".join([*build, "    return Cnn().to(DEVICE)  # PyTorch's own initialisation"])
    return "\n".join(
        [
            *_write_initialise(scheme, count_redrawn(options)),
            "",
            "",
            *build,
            "    model = Cnn()",
            '    print(f"{initialise(model)} tensors initialised")',
            "    return model.to(DEVICE)",
        ]
    )


def _write_initialise(scheme: Initialisation, redrawn: int) -> list[str]:
    if scheme == "xavier-as-written":
        said = [
            '    """Xavier as the workshop wrote it: it touches nothing, as the count shows.',
            "",
            "    children() yields the direct children, which are the two Sequentials, and neither is a Linear.",
            "    Write modules() instead, which also yields what is inside them, and it touches every Linear.",
            '    """',
        ]
        loop, kinds = "model.children()", "nn.Linear"
    else:
        said = [f'    """Draw {redrawn} tensors anew: weights by {_drawn_by(scheme)}, biases zero."""']
        loop, kinds = "model.modules()", "nn.Linear" if len(REDRAWN[scheme]) == 1 else "(nn.Conv2d, nn.Linear)"
    draw = 'kaiming_normal_(layer.weight, nonlinearity="relu")' if scheme == "he" else "xavier_uniform_(layer.weight)"
    return [
        "def initialise(model):",
        *said,
        "    touched = 0",
        f"    for layer in {loop}:",
        f"        if isinstance(layer, {kinds}):",
        f"            nn.init.{draw}",
        "            nn.init.zeros_(layer.bias)",
        "            touched += 2",
        "    return touched",
    ]


def _drawn_by(scheme: Initialisation) -> str:
    return "He et al. (2015)" if scheme == "he" else "Glorot and Bengio (2010)"
