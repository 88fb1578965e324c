"""What ails a network, in one sentence with its evidence: at step 0, and over its first steps."""

from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import Literal

from ccds_core.signals import FreshSignal, LayerSignal, Signal
from ccds_core.step_records import FirstSteps

Kind = Literal["healthy", "washed-out", "vanishing", "saturated", "dead", "exploding", "untouched"]

# Found by reading 36 networks at step 0 (12 kinds of head and initialisation, 3, 5 and 7 linear layers, 3 seeds, 30
# pictures of CIFAR-10): `python -m ccds_core signal NAME --pictures 3`. First layer's gradient over the last one's:
# 0.01 to 9 where ReLU, tanh or batch norm stand behind the linear layers (GELU with 7: 0.003), below 0.01 for every
# sigmoid without batch norm but under He with 3 layers
VANISHING, EXPLODING = 0.01, 100.0
# in the networks that fail, more than nine tenths of a layer's units are at an end; a tanh layer under He begins with
# 0.6 there and its gradient arrives
SATURATED = 0.75
# the linear ReLU layers of architecture 1 begin with up to 0.52 of their units at zero for all pictures, and learn
DEAD = 0.9
FAINT = 0.01  # spread across pictures against the outputs' level: a sigmoid's half drowns what differs
LEARNED = 0.1  # nats below ln(number of classes); the mean of ten batches at chance varies by some hundredths
LAST = 10  # steps whose mean loss is judged
SIGMOID_LEVEL = 0.5


@dataclass(frozen=True)
class Diagnosis:
    """A finding and its evidence."""

    kind: Kind
    sentence: str


def diagnose_fresh(fresh: FreshSignal) -> Diagnosis:
    """The signal's finding; where an initialisation was chosen and wrote to nothing, that is said instead."""
    found = diagnose_signal(fresh.signal)
    if fresh.options.initialisation == "default" or fresh.n_touched:
        return found
    said = found.sentence[0].lower() + found.sentence[1:]
    return Diagnosis(
        "untouched", f"The initialisation touched 0 of {len(fresh.tensors)} tensors: it never ran. As it is, {said}"
    )


def diagnose_signal(signal: Signal) -> Diagnosis:
    """A signal with gradients -> what it shows; the gravest finding first."""
    ratio = signal.gradient_ratio or 0.0
    arrives = f"the first layer's gradient is {beside_last(ratio)}"
    worst = max(signal.layers, key=lambda layer: layer.saturated or 0.0)
    share = worst.saturated or 0.0
    deadest = max(signal.layers, key=lambda layer: layer.dead or 0.0)
    if (deadest.dead or 0.0) >= DEAD:
        said = f"Dead: {deadest.dead:.0%} of {deadest.name}'s ReLU units are zero for every picture; {arrives}."
        return Diagnosis("dead", said)
    if share >= SATURATED:
        return Diagnosis("saturated", f"Saturated: {share:.0%} of {worst.name}'s outputs are near an end; {arrives}.")
    if ratio > EXPLODING:
        return Diagnosis("exploding", f"Exploding: {arrives}, so one rate cannot serve both.")
    saturated = "" if signal.saturated is None else f", and {_share_of(share)}"
    if ratio >= VANISHING:
        return Diagnosis("healthy", f"Healthy: {arrives}{saturated}.")
    faint = _faintest(signal)
    if faint is not None:
        said = (
            f"Washed out, not saturated: {arrives}; {share:.0%} of units are saturated, but pictures differ by only "
            f"{faint.output_spread:.1g} around {SIGMOID_LEVEL} behind {faint.name}."
        )
        return Diagnosis("washed-out", said)
    said = f"Vanishing: {arrives}{saturated}; pictures differ by {signal.logit_spread:.1g} in the logits."
    return Diagnosis("vanishing", said)


def diagnose_steps(steps: FirstSteps) -> Diagnosis:
    """What happened over the first steps, and whether anything was learned."""
    if steps.ran_away:
        said = f"Exploding: after step {steps.n_steps} the loss was no longer a number."
        return Diagnosis("exploding", said)
    chance = log(steps.n_classes)
    loss = fmean(steps.losses[-LAST:])
    learned = loss < chance - LEARNED
    outcome = f"the loss is {'down to ' if learned else ''}{loss:.2f} after {steps.n_steps} steps"
    outcome += "" if learned else f", chance being ln {steps.n_classes} = {chance:.3f}"
    shares = steps.saturated
    reached = next((step for step, share in enumerate(shares or ()) if share >= SATURATED), None)
    if shares is not None and reached is not None:
        at = f"at step {reached}" if reached else "from the start"
        but = "and yet" if learned else "and"
        layer = max((layer for layer in steps.layers if layer.saturated), key=lambda each: max(each.saturated or (0,)))
        said = f"Saturated {at}: {shares[reached]:.0%} of {layer.name}'s outputs are near an end, {but} {outcome}."
        return Diagnosis("saturated", said)
    deadest = max(steps.layers, key=lambda layer: layer.dead[-1] if layer.dead else 0.0)
    if deadest.dead and deadest.dead[-1] >= DEAD:
        said = f"Dead: {deadest.dead[-1]:.0%} of {deadest.name}'s ReLU units are zero for every picture; {outcome}."
        return Diagnosis("dead", said)
    level = "" if shares is None else f", and {_share_of(max(shares))}"
    if learned:
        return Diagnosis("healthy", f"It learns: {outcome}{level}.")
    spread = f"{steps.feature_spread[0]:.2g} to {steps.feature_spread[-1]:.2g}"
    return Diagnosis("washed-out", f"A plateau: {outcome}{level}; the features' spread went from {spread}.")


def beside_last(ratio: float) -> str:
    """0.00023 -> "1/4,300 of the last one's"; from a tenth on a multiple, "0.59 times the last one's"."""
    if not ratio:
        return "zero"
    if ratio >= 0.1:
        return f"{float(f'{ratio:.2g}'):,g} times the last one's"
    return f"1/{float(f'{1 / ratio:.2g}'):,.0f} of the last one's"


def _share_of(saturated: float) -> str:
    """The largest saturated share of any layer, said so that nothing sounds like little and little like nothing."""
    if not saturated:
        return "no unit is saturated"
    said = "below 1%" if saturated < 0.01 else f"{saturated:.0%}"
    return f"the most saturated layer has {said} of its units at an end"


def _faintest(signal: Signal) -> LayerSignal | None:
    """The sigmoid layer in which pictures differ least against the level of its outputs, if that is faint at all."""
    layers = [layer for layer in signal.layers if layer.activation == "sigmoid"]
    faintest = min(layers, key=lambda layer: layer.output_spread, default=None)
    return faintest if faintest is not None and faintest.output_spread < FAINT * SIGMOID_LEVEL else None
