"""Activations and gradients of every layer of a CNN on a probe batch, as records."""

from dataclasses import dataclass

from ccds_core.config.options import CnnOptions


@dataclass(frozen=True)
class LayerSignal:
    """One conv or linear layer and its activation. A spread is the std across images, mean over units."""

    name: str  # as in the model: "conv1" ... "fc3"
    activation: str  # "relu", "sigmoid", ...; empty for the last layer
    pre_activation_mean: float  # input of the activation, after batch norm if there is one
    pre_activation_abs: float
    pre_activation_spread: float
    output_spread: float  # output of the activation
    saturated: float | None  # fraction of saturated sigmoid or tanh outputs; None for other activations
    dead: float | None  # fraction of ReLU units (conv: channels) at zero for every image; None for others
    weight_rms: float
    gradient_rms: float | None = None  # of the weight; None if not measured

    def decay_ratio(self, weight_decay: float) -> float | None:
        """Gradient / the term that coupled weight decay adds to it, both RMS; below 1, weight decay is larger."""
        decay = weight_decay * self.weight_rms
        return self.gradient_rms / decay if self.gradient_rms is not None and decay else None


@dataclass(frozen=True)
class Signal:
    """All layers of one network on one probe batch."""

    layers: tuple[LayerSignal, ...]  # from input to output
    n_images: int
    feature_spread: float  # of the last feature map
    logit_spread: float
    loss: float | None = None  # mean cross-entropy; None without labels

    def layer(self, name: str) -> LayerSignal:
        """The layer of this name."""
        return next(layer for layer in self.layers if layer.name == name)

    @property
    def gradient_ratio(self) -> float | None:
        """First layer's gradient RMS / last layer's; None if not measured or the last is zero."""
        first, last = self.layers[0].gradient_rms, self.layers[-1].gradient_rms
        return first / last if first is not None and last else None

    @property
    def saturated(self) -> float | None:
        """The largest saturated fraction of any layer; None if no activation can saturate."""
        fractions = [layer.saturated for layer in self.layers if layer.saturated is not None]
        return max(fractions) if fractions else None


@dataclass(frozen=True)
class TensorRecord:
    """One trainable tensor of a new network."""

    name: str  # as in the state dict
    shape: tuple[int, ...]
    rms: float
    touched: bool  # whether the chosen initialization redrew it, after PyTorch's default one


@dataclass(frozen=True)
class FreshSignal:
    """A network at initialization."""

    options: CnnOptions
    seed: int
    signal: Signal
    tensors: tuple[TensorRecord, ...]

    @property
    def n_touched(self) -> int:
        """Tensors that the initialization redrew."""
        return sum(tensor.touched for tensor in self.tensors)
