"""What is wrong with a network, in one sentence with numbers: at initialization, and over its first steps."""

from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import Literal

from ccds_core.results import percent
from ccds_core.training.first_steps_records import TrainingTrace
from ccds_core.training.signal_records import FreshSignal, LayerSignal, Signal

Kind = Literal["healthy", "collapsed", "vanishing", "saturated", "dead", "exploding", "untouched"]

# Measured on 36 networks at step 0 (12 combinations of head and initialization, 3, 5 and 7 FC layers, 3 seeds, 30
# images of CIFAR-10) with `python -m ccds_core signal`. First layer's gradient / last layer's: 0.01 to 9 with ReLU,
# tanh or batch norm after the FC layers (GELU with 7: 0.003); below 0.01 for every sigmoid without batch norm except
# He with 3 layers
VANISHING, EXPLODING = 0.01, 100.0
# in the networks that fail, more than 0.9 of a layer's units are saturated; a tanh layer with He starts with 0.6, and
# its gradient still reaches the first layer
SATURATED = 0.75
# the FC layers of architecture 1 start with up to 0.52 of their ReLUs dead, and it learns
DEAD = 0.9
FAINT = 0.01  # std across images / level of the outputs, below which a sigmoid layer's outputs hardly differ
LEARNED = 0.1  # loss below ln(number of classes); at chance, the mean over ten batches varies by some hundredths
LAST = 10  # steps over which the final loss is averaged
SIGMOID_LEVEL = 0.5


@dataclass(frozen=True)
class Diagnosis:
    """A kind, and a sentence with the numbers behind it."""

    kind: Kind
    sentence: str


def diagnose_fresh(fresh: FreshSignal) -> Diagnosis:
    """The diagnosis at initialization; "untouched" where the chosen initialization redrew no tensor."""
    diagnosis = diagnose_signal(fresh.signal)
    if fresh.options.initialisation == "default" or fresh.n_touched:
        return diagnosis
    sentence = diagnosis.sentence[0].lower() + diagnosis.sentence[1:]
    return Diagnosis("untouched", f"The initialization redrew 0 of {len(fresh.tensors)} tensors; {sentence}")


def diagnose_signal(signal: Signal) -> Diagnosis:
    """Activations with gradients -> the most serious problem found, if any."""
    ratio = signal.gradient_ratio or 0.0
    gradient = f"the first-layer gradient is {gradient_ratio_text(ratio)}"
    worst = max(signal.layers, key=lambda layer: layer.saturated or 0.0)
    saturated = worst.saturated or 0.0
    deadest = max(signal.layers, key=lambda layer: layer.dead or 0.0)
    if (deadest.dead or 0.0) >= DEAD:
        return Diagnosis(
            "dead", f"Dead ReLUs: {percent(deadest.dead or 0.0)} of the units of {deadest.name}; {gradient}."
        )
    if saturated >= SATURATED:
        return Diagnosis("saturated", f"Saturated: {percent(saturated)} of the units of {worst.name}; {gradient}.")
    if ratio > EXPLODING:
        return Diagnosis("exploding", f"Exploding gradient: {gradient}, so no learning rate fits both.")
    level = "" if signal.saturated is None else f"; {_saturation_text(saturated)}"
    if ratio >= VANISHING:
        return Diagnosis("healthy", f"Healthy: {gradient}{level}.")
    faint = _faintest(signal)
    if faint is not None:
        std = rounded(faint.output_spread, 1)
        collapsed = f"Collapsed signal: after {faint.name} activations vary by only {std} between images"
        return Diagnosis("collapsed", f"{collapsed}; {gradient}{level}.")
    std = rounded(signal.logit_spread, 1)
    return Diagnosis("vanishing", f"Vanishing gradient: {gradient}{level}; logits vary by {std} between images.")


def diagnose_steps(steps: TrainingTrace) -> Diagnosis:
    """What happened over the first steps, and whether anything was learned."""
    if steps.ran_away:
        return Diagnosis("exploding", f"Diverged: after step {steps.n_steps} the loss is NaN or infinite.")
    chance = log(steps.n_classes)
    loss = fmean(steps.losses[-LAST:])
    learned = loss < chance - LEARNED
    outcome = f"the loss is {loss:.2f} after {steps.n_steps} steps"
    outcome += "" if learned else f" (chance: ln {steps.n_classes} = {chance:.3f})"
    fractions = steps.saturated
    reached = next((step for step, fraction in enumerate(fractions or ()) if fraction >= SATURATED), None)
    if fractions is not None and reached is not None:
        layer = max(
            (layer for layer in steps.layers if layer.saturated), key=lambda layer: max(layer.saturated or (0,))
        )
        problem = f"Saturated at step {reached}: {percent(fractions[reached])} of the units of {layer.name}"
        return Diagnosis("saturated", f"{problem}, {'but' if learned else 'and'} {outcome}.")
    deadest = max(steps.layers, key=lambda layer: layer.dead[-1] if layer.dead else 0.0)
    if deadest.dead and deadest.dead[-1] >= DEAD:
        return Diagnosis("dead", f"Dead ReLUs: {percent(deadest.dead[-1])} of the units of {deadest.name}; {outcome}.")
    level = "" if fractions is None else f"; {_saturation_text(max(fractions))}"
    if learned:
        return Diagnosis("healthy", f"Learns: {outcome}{level}.")
    std = f"{rounded(steps.feature_spread[0])} to {rounded(steps.feature_spread[-1])}"
    return Diagnosis("collapsed", f"Plateau: {outcome}{level}; the feature std went from {std}.")


def gradient_ratio_text(ratio: float) -> str:
    """First layer's gradient / last layer's, in words: 0.00023 -> "1/4,300 of the last layer's"."""
    if not ratio:
        return "zero"
    if ratio >= 0.1:
        return f"{rounded(ratio)}× the last layer's"
    return f"1/{rounded(1 / ratio)} of the last layer's"


def rounded(value: float, digits: int = 2) -> str:
    """A number with so many significant digits: 1643.2 -> "1,600", 0.0000512 -> "5.1e-5"."""
    number = float(f"{value:.{digits}g}")
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:g}".replace("e-0", "e-")


def _saturation_text(saturated: float) -> str:
    """The largest saturated fraction of any layer, in words."""
    if not saturated:
        return "no unit is saturated"
    return f"at most {'1 %' if saturated < 0.01 else percent(saturated)} of a layer's units are saturated"


def _faintest(signal: Signal) -> LayerSignal | None:
    """The sigmoid layer whose outputs differ least between images, if they hardly differ at all."""
    layers = [layer for layer in signal.layers if layer.activation == "sigmoid"]
    faintest = min(layers, key=lambda layer: layer.output_spread, default=None)
    return faintest if faintest is not None and faintest.output_spread < FAINT * SIGMOID_LEVEL else None
