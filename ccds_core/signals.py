"""The signal in every layer of a CNN over one probe batch, as records: what `diagnostics` reads and pages draw."""

from dataclasses import dataclass

from ccds_core.options import CnnOptions


@dataclass(frozen=True)
class LayerSignal:
    """One conv or linear layer, and the activation behind it. A spread is the s.d. across images, mean over units."""

    name: str  # as in the model: "conv1" ... "fc3"
    activation: str  # "relu", "sigmoid", ...; empty behind the last layer
    pre_activation_mean: float  # of what enters the activation, so after batch norm where there is one
    pre_activation_abs: float
    pre_activation_spread: float
    output_spread: float  # of what leaves the activation
    saturated: float | None  # share of sigmoid or tanh outputs near an end; None for other activations
    dead: float | None  # share of ReLU units (a conv's are its channels) at zero for every image; None for others
    weight_rms: float
    gradient_rms: float | None = None  # of the weight; None where no gradient was read

    def decay_ratio(self, weight_decay: float) -> float | None:
        """Gradient against the term that coupled weight decay adds to it, both rms; below 1 the decay leads."""
        decay = weight_decay * self.weight_rms
        return self.gradient_rms / decay if self.gradient_rms is not None and decay else None


@dataclass(frozen=True)
class Signal:
    """All layers of one network over one probe batch."""

    layers: tuple[LayerSignal, ...]  # in the signal's order
    n_images: int
    feature_spread: float  # of the last feature map
    logit_spread: float
    loss: float | None = None  # mean cross-entropy, nats; None where no labels were given

    def layer(self, name: str) -> LayerSignal:
        """The layer of this name."""
        return next(layer for layer in self.layers if layer.name == name)

    @property
    def gradient_ratio(self) -> float | None:
        """The first layer's gradient rms over the last one's; None where no gradient was read or the last is zero."""
        first, last = self.layers[0].gradient_rms, self.layers[-1].gradient_rms
        return first / last if first is not None and last else None

    @property
    def saturated(self) -> float | None:
        """The largest saturated share of any layer; None where no activation can saturate."""
        shares = [layer.saturated for layer in self.layers if layer.saturated is not None]
        return max(shares) if shares else None


@dataclass(frozen=True)
class TensorRecord:
    """One trainable tensor of a fresh network."""

    name: str  # as in the state dict
    shape: tuple[int, ...]
    rms: float
    touched: bool  # whether the chosen initialisation wrote to it; PyTorch's own first draw does not count


@dataclass(frozen=True)
class FreshSignal:
    """A network before its first step."""

    options: CnnOptions
    seed: int
    signal: Signal
    tensors: tuple[TensorRecord, ...]

    @property
    def n_touched(self) -> int:
        """Tensors that the initialisation wrote to."""
        return sum(tensor.touched for tensor in self.tensors)
