"""The signal at step 0: a fresh network under any options, over one fixed probe batch with every class alike."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ccds_core.data.catalog import NORMALISATION, ImageData
from ccds_core.diagnostics import read_signal
from ccds_core.errors import InvalidInputError
from ccds_core.models.cnn import Cnn, initialise
from ccds_core.options import CnnOptions
from ccds_core.signals import FreshSignal, TensorRecord

# pictures of each class: drawing and reading a network takes 0.13 s with ten in all and 0.2 s with twenty (two AVX2
# cores), and a toggle is to be answered within a quarter second
PER_CLASS = 1
PROBE_SEED = 0


@dataclass(frozen=True)
class Probe:
    """A few training pictures, as many of each class; the same for every network that is compared."""

    images: Tensor  # (n, 3, 32, 32), normalised
    labels: Tensor  # (n,)
    n_classes: int
    source: str  # of the data, said beside every figure


def probe_batch(data: ImageData, per_class: int = PER_CLASS) -> Probe:
    """So many training pictures of each class, drawn by a fixed seed; the pictures alternate between the classes."""
    generator = np.random.default_rng(PROBE_SEED)
    rows, labels = data.split.train, np.asarray(data.arrays.labels)[data.split.train]
    drawn = []
    for label in range(len(data.classes)):
        own = rows[labels == label]
        if len(own) < per_class:
            raise InvalidInputError(
                f"The probe takes {per_class} training pictures of each class; '{data.classes[label]}' has {len(own)}."
            )
        drawn.append(generator.choice(own, per_class, replace=False))
    chosen = np.stack(drawn, axis=1).ravel()  # (per_class * n_classes,)
    pixels = torch.from_numpy(np.array(data.arrays.images[chosen]))
    return Probe(
        NORMALISATION.apply(pixels).contiguous(),
        torch.from_numpy(np.array(data.arrays.labels[chosen])),
        len(data.classes),
        data.source,
    )


def read_fresh(options: CnnOptions, probe: Probe, seed: int = 0) -> FreshSignal:
    """The weights are those that a run with this seed begins with; torch's own generator is left as it was."""
    model, touched = build_fresh(options, probe.n_classes, seed)
    tensors = tuple(
        TensorRecord(name, tuple(tensor.shape), _rms(tensor.detach()), name in touched)
        for name, tensor in model.named_parameters()
    )
    return FreshSignal(options, seed, read_signal(model, probe.images, probe.labels), tensors)


def build_fresh(options: CnnOptions, n_classes: int, seed: int) -> tuple[Cnn, frozenset[str]]:
    """A network as a run with this seed draws it, and the tensors that its initialisation wrote to."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Cnn(options, n_classes)
        written = {name: tensor._version for name, tensor in model.named_parameters()}  # counts writes in place
        initialise(model, options.initialisation)
    return model, frozenset(name for name, tensor in model.named_parameters() if tensor._version > written[name])


def _rms(values: Tensor) -> float:
    return (values.norm() / values.numel() ** 0.5).item()
