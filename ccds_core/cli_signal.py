"""The verb `signal`: what signal and gradient do in every layer at step 0, or over the first steps of training."""

import inspect
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccds_core.checks import at_least, one_of, raise_faults

if TYPE_CHECKING:
    from ccds_core.config import DataConfig, RunConfig
    from ccds_core.signals import FreshSignal
    from ccds_core.step_records import FirstSteps

EVERYTHING = "shipped"  # instead of a preset: all the recordings that this repository ships
MOST_STEPS, MOST_PICTURES = 1000, 100
TOLD_EVERY = 10  # steps between two lines of text


@dataclass(frozen=True)
class Asked:
    """What is to be read; each field is an argument or an option of the verb."""

    preset: Annotated[str, typer.Argument(help="A CNN preset, or 'shipped' for all recordings that are shipped.")]
    steps: Annotated[int, typer.Option(help="0: the fresh network. More: so many updates of batch 64, recorded.")] = 0
    variant: Annotated[str, typer.Option(help="adam, sgd, warm-up, small-rate, xavier, he or batch-norm.")] = "adam"
    data: Annotated[str, typer.Option(help="cifar10, digits or a folder; usual: cifar10 where it is.")] = ""
    seed: Annotated[int, typer.Option(help="Of weights and order.")] = 0
    pictures: Annotated[int, typer.Option(help="Step 0: pictures of each class in the probe.")] = 1
    ship: Annotated[bool, typer.Option("--ship", help="Keep the recording among the shipped ones.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


def signal(**options: Any) -> None:
    """The signal in every layer: at step 0, or over the first steps."""
    from ccds_core.beginnings import N_STEPS, SHIPPED, VARIANTS, usual_data, variant_config
    from ccds_core.config import DataConfig, splits_of

    asked = Asked(**options)
    faults = one_of("--variant", asked.variant, tuple(VARIANTS))
    faults = [*faults, *at_least(0, **{"--steps": asked.steps, "--seed": asked.seed})]
    faults += [f"--steps is at most {MOST_STEPS}, got {asked.steps}"] if asked.steps > MOST_STEPS else []
    if not 1 <= asked.pictures <= MOST_PICTURES:
        faults.append(f"--pictures is from 1 to {MOST_PICTURES}, got {asked.pictures}")
    raise_faults(faults)
    chosen = DataConfig(asked.data, splits_of(asked.data)[0]) if asked.data else usual_data()
    if asked.preset == EVERYTHING:
        for name, way, lot in SHIPPED:
            _record(variant_config(_options(name), way, chosen, lot), N_STEPS, asked.ship, asked.as_json)
    elif asked.steps:
        config = variant_config(_options(asked.preset), asked.variant, chosen, asked.seed)
        _record(config, asked.steps, asked.ship, asked.as_json)
    else:
        _tell_fresh(asked.preset, chosen, (asked.seed, asked.pictures), asked.as_json)


# typer reads a verb's options from its signature: here it is the record's
signal.__signature__ = inspect.signature(Asked)  # type: ignore[attr-defined]
signal.__annotations__ = dict(Asked.__annotations__)


def _options(preset: str) -> Any:
    from ccds_core.errors import InvalidConfigError
    from ccds_core.options import CnnOptions
    from ccds_core.presets import find_preset

    options = find_preset(preset).options
    if not isinstance(options, CnnOptions):
        raise InvalidConfigError(f"'{preset}' reads texts; the signal is read in CNNs, such as architecture-2.")
    return options


def _tell_fresh(preset: str, data: "DataConfig", how: tuple[int, int], as_json: bool) -> None:
    from ccds_core.beginnings import twin_of
    from ccds_core.data.catalog import load_image_data
    from ccds_core.diagnosis import diagnose_fresh
    from ccds_core.fresh_signals import probe_batch, read_fresh

    seed, per_class = how
    options, probe = _options(preset), probe_batch(load_image_data(data), per_class)
    fresh = read_fresh(options, probe, seed)
    twin = twin_of(options)
    found = diagnose_fresh(fresh)
    if as_json:
        said = {"preset": preset, "data": probe.source, "pictures": len(probe.labels), "kind": found.kind}
        beside = {"twin": asdict(read_fresh(twin, probe, seed))} if twin else {}
        typer.echo(json.dumps({**said, "diagnosis": found.sentence, **asdict(fresh), **beside}, indent=2))
        return
    typer.echo("\n".join(_fresh_lines(fresh)))
    typer.echo(f"{found.sentence} ({probe.source}, {len(probe.labels)} pictures, seed {seed})")


def _fresh_lines(fresh: "FreshSignal") -> list[str]:
    rows = [f"{'layer':8s}{'pre-activation, mean |.|':>26s}{'its spread':>12s}{'saturated':>11s}{'gradient rms':>14s}"]
    for layer in fresh.signal.layers:
        share = "–" if layer.saturated is None else f"{layer.saturated:.1%}"
        rows.append(
            f"{layer.name:8s}{layer.pre_activation_abs:26.2g}{layer.pre_activation_spread:12.2g}{share:>11s}"
            f"{layer.gradient_rms or 0.0:14.2g}"
        )
    drawn = fresh.options.initialisation
    touched = f"Tensors that '{drawn}' touched: {fresh.n_touched} of {len(fresh.tensors)}."
    return rows if drawn == "default" else [*rows, touched]


def _record(config: "RunConfig", n_steps: int, ship: bool, as_json: bool) -> None:
    """Record one training and keep it, or say the one that is kept already."""
    from ccds_core.diagnosis import diagnose_steps
    from ccds_core.first_steps import play
    from ccds_core.step_records import FirstSteps, find_steps, save_steps

    steps = find_steps(config, n_steps)
    if steps is None:
        label = f"{config.name}, seed {config.train.seed}"
        with typer.progressbar(length=n_steps + 1, label=label, file=typer.get_text_stream("stderr")) as bar:
            for each in play(config, n_steps):
                if isinstance(each, FirstSteps):
                    steps = each
                else:
                    bar.update(1)
        assert steps is not None
        save_steps(steps)
    if ship:
        save_steps(steps, shipped=True)
    if as_json:
        typer.echo(json.dumps(asdict(steps) | {"diagnosis": diagnose_steps(steps).sentence}))
        return
    typer.echo("\n".join([*_step_lines(steps), diagnose_steps(steps).sentence]))


def _step_lines(steps: "FirstSteps") -> list[str]:
    rows = [f"{'step':>5s}{'loss':>8s}{'features spread':>17s}{'saturated':>11s}{'first gradient':>16s}"]
    saturated = steps.saturated
    for step in range(0, steps.n_steps + 1, TOLD_EVERY):
        share = "–" if saturated is None else f"{saturated[step]:.1%}"
        rows.append(
            f"{step:5d}{steps.losses[step]:8.3f}{steps.feature_spread[step]:17.2g}{share:>11s}"
            f"{steps.layers[0].gradient_rms[step]:16.2g}"
        )
    return rows
