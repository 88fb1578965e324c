"""A run of the CNN as a standalone PyTorch script: model, weight initialization, data and training."""

import difflib
import textwrap
from dataclasses import dataclass, fields

from ccds_core.config.options import CnnOptions, Initialisation
from ccds_core.config.run_config import RunConfig, TrainConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.models.cnn_diff import changes_title, count_redrawn
from ccds_core.models.cnn_layers import REDRAWN, Layer, Part, list_layers
from ccds_core.models.recipe_script import DATA_CODE, write_data, write_main, write_rate, write_training

WIDTH = 100  # letters of a line of prose


@dataclass(frozen=True)
class Section:
    """A piece of the script that makes sense alone: a cell of the notebook."""

    title: str
    code: str


def write_script(config: RunConfig) -> str:
    """The whole script; `python NAME.py` trains the network on its data: CIFAR-10, which it downloads, or digits."""
    sections = write_sections(config)
    head, recipe, *rest = (section.code.strip("\n") for section in sections)
    return "\n\n\n".join([f"{head}\n\n{recipe}", *rest]) + "\n"


def write_sections(config: RunConfig) -> tuple[Section, ...]:
    """The script in pieces, in their order; the last one runs it."""
    options = _options_of(config)
    return (
        Section("Imports", _write_head(config, options)),
        Section("Hyperparameters", _write_constants(config)),
        Section("Network", _write_model(options)),
        Section("Weight initialization", _write_initialization(options)),
        Section(DATA_CODE[config.data.name].title, write_data(config.data, config.train)),
        Section("Learning rate schedule", write_rate(config.train)),
        Section("Training", write_training(config.train)),
        Section("Run", write_main()),
    )


def diff_scripts(config: RunConfig, base: RunConfig) -> str:
    """What was changed in `base`'s script to get this one, as a unified diff; empty where nothing was."""
    before, after = (write_script(each).splitlines(keepends=True) for each in (base, config))
    return "".join(difflib.unified_diff(before, after, f"{base.name}.py", f"{config.name}.py"))


def _options_of(config: RunConfig) -> CnnOptions:
    """The network's options, if this is a run that the script can repeat."""
    if not isinstance(config.options, CnnOptions):
        raise InvalidConfigError(
            f"The script is written for CNNs only, and '{config.name}' is not one. Choose architecture-1."
        )
    if config.data.name not in DATA_CODE:
        raise InvalidConfigError(
            f"The script loads {' or '.join(DATA_CODE)}, and '{config.name}' was trained on '{config.data.name}'."
        )
    return config.options


def _write_head(config: RunConfig, options: CnnOptions) -> str:
    finding = textwrap.fill(f"{changes_title(options)}.", WIDTH)
    train = config.train
    data = DATA_CODE[config.data.name]
    rates = ["from math import cos, pi", ""] if train.schedule in ("cosine", "one-cycle") else []
    return "\n".join(
        [
            f'"""{config.name}: a CNN of the CCDS workshop, trained on {data.title}. Run it: python {config.name}.py',
            "",
            finding,
            data.source,
            '"""',
            "",
            "from collections import OrderedDict",
            *(rates or [""]),
            "import torch",
            "from torch import nn",
            "from torch.nn import functional",
            *data.imports,
        ]
    )


def _write_constants(config: RunConfig) -> str:
    """One line for each number of the recipe that plays a part."""
    train = config.train
    default = TrainConfig()
    shown = {"epochs", "batch_size", "learning_rate", "weight_decay", "seed"}
    shown |= {"momentum"} if train.optimizer == "sgd" else set()
    optional = ("warmup_steps", "label_smoothing", "clip_norm", "patience", "shift", "rate_changes")
    shown |= {name for name in optional if getattr(train, name) != getattr(default, name)}
    lines = [f"{field.name.upper()} = {getattr(train, field.name)!r}" for field in fields(train) if field.name in shown]
    limits = {"LIMIT": config.data.limit, "EVAL_LIMIT": config.data.eval_limit}
    lines += [f"{name} = {limit}" for name, limit in limits.items() if limit]
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
            '    """Images (B, 3, 32, 32) -> logits (B, 10)."""',
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
    part_layers = [layer for layer in layers if layer.part == part]
    lines = [f"                {layer.name}={_write_call(layer)},{_shape_note(layer)}" for layer in part_layers]
    opening = [f"        self.{part} = nn.Sequential(", "            OrderedDict("]
    return [*opening, *lines, "            )", "        )"]


def _write_call(layer: Layer) -> str:
    arguments = [str(argument) for argument in layer.arguments]
    return f"nn.{layer.module}({', '.join(arguments + [f'{name}={value}' for name, value in layer.keywords])})"


def _shape_note(layer: Layer) -> str:
    """What leaves a conv or a pool."""
    return f"  # {' x '.join(map(str, layer.leaves))}" if layer.kind in ("conv", "pool") else ""


def _write_initialization(options: CnnOptions) -> str:
    """`build_model`, and before it the initialisation that was chosen."""
    scheme = options.initialisation
    build = [
        "def build_model():",
        "    torch.manual_seed(SEED)  # the same seed draws the same weights",
    ]
    if scheme == "default":
        return "\n".join([*build, "    return Cnn().to(DEVICE)  # weight initialization: PyTorch default"])
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
        docstring = [
            '    """Xavier as in the workshop report: it changes nothing, as the count shows.',
            "",
            "    children() yields the direct children, which are the two Sequentials, and neither is a Linear.",
            "    modules() also yields the layers inside them, and would change every Linear.",
            '    """',
        ]
        loop, kinds = "model.children()", "nn.Linear"
    else:
        docstring = [f'    """Draw {redrawn} tensors anew: weights by {_drawn_by(scheme)}, biases zero."""']
        loop, kinds = "model.modules()", "nn.Linear" if len(REDRAWN[scheme]) == 1 else "(nn.Conv2d, nn.Linear)"
    draw = 'kaiming_normal_(layer.weight, nonlinearity="relu")' if scheme == "he" else "xavier_uniform_(layer.weight)"
    return [
        "def initialise(model):",
        *docstring,
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
