"""The verb `signal`: activations and gradients of every layer at initialization, or over the first training steps."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccds_core.cli.options import AsJson, print_json, take_options_of
from ccds_core.results import percent
from ccds_core.validation import at_least, one_of, raise_faults

if TYPE_CHECKING:
    from ccds_core.config.run_config import DataConfig, RunConfig
    from ccds_core.training.first_steps_records import TrainingTrace
    from ccds_core.training.signal_records import FreshSignal

EVERYTHING = "shipped"  # instead of a preset: all recordings that this repository ships
MOST_STEPS, MOST_IMAGES = 1000, 100
PRINT_EVERY = 10  # steps between two printed lines


@dataclass(frozen=True)
class SignalArgs:
    """The arguments and options of the verb."""

    preset: Annotated[str, typer.Argument(help="A CNN preset, or 'shipped' for all shipped recordings.")]
    steps: Annotated[int, typer.Option(help="Number of training steps to record; 0: at initialization.")] = 0
    variant: Annotated[str, typer.Option(help="adam, sgd, warm-up, small-rate, xavier, he or batch-norm.")] = "adam"
    data: Annotated[str, typer.Option(help="cifar10, digits or a folder; default: cifar10, else digits.")] = ""
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the order of the data.")] = 0
    images: Annotated[int, typer.Option(help="At initialization: images per class that are measured.")] = 1
    ship: Annotated[bool, typer.Option("--ship", help="Save the recording beside the shipped ones.")] = False
    as_json: AsJson = False


def signal(**options: Any) -> None:
    """Measure activations and gradients of every layer: at initialization, or over the first training steps."""
    from ccds_core.config.run_config import DataConfig, splits_of
    from ccds_core.config.variants import N_STEPS, SHIPPED, VARIANTS, variant_config
    from ccds_core.data.cifar10 import usual_data

    args = SignalArgs(**options)
    faults = one_of("--variant", args.variant, tuple(VARIANTS))
    faults = [*faults, *at_least(0, **{"--steps": args.steps, "--seed": args.seed})]
    faults += [f"--steps is at most {MOST_STEPS}, got {args.steps}"] if args.steps > MOST_STEPS else []
    if not 1 <= args.images <= MOST_IMAGES:
        faults.append(f"--images is from 1 to {MOST_IMAGES}, got {args.images}")
    raise_faults(faults)
    data = DataConfig(args.data, splits_of(args.data)[0]) if args.data else usual_data()
    if args.preset == EVERYTHING:
        for name, variant, seed in SHIPPED:
            _record(variant_config(_options(name), variant, data, seed), N_STEPS, args.ship, args.as_json)
    elif args.steps:
        config = variant_config(_options(args.preset), args.variant, data, args.seed)
        _record(config, args.steps, args.ship, args.as_json)
    else:
        _print_fresh(args.preset, data, (args.seed, args.images), args.as_json)


take_options_of(signal, SignalArgs)


def _options(preset: str) -> Any:
    from ccds_core.config.options import CnnOptions
    from ccds_core.config.presets import find_preset
    from ccds_core.errors import InvalidConfigError

    options = find_preset(preset).options
    if not isinstance(options, CnnOptions):
        raise InvalidConfigError(f"'{preset}' is a text model; choose a CNN, such as architecture-2.")
    return options


def _print_fresh(preset: str, data: "DataConfig", probe_of: tuple[int, int], as_json: bool) -> None:
    """Measure a network at initialization; `probe_of`: the seed, and the images per class."""
    from ccds_core.config.variants import xavier_counterpart
    from ccds_core.data.datasets import load_image_data
    from ccds_core.training.diagnosis import diagnose_fresh
    from ccds_core.training.signal import probe_batch, read_fresh

    seed, per_class = probe_of
    options, probe = _options(preset), probe_batch(load_image_data(data), per_class)
    fresh = read_fresh(options, probe, seed)
    counterpart = xavier_counterpart(options)
    diagnosis = diagnose_fresh(fresh)
    if as_json:
        answer = {"preset": preset, "data": probe.source, "images": len(probe.labels), "kind": diagnosis.kind}
        other = {"xavier_counterpart": asdict(read_fresh(counterpart, probe, seed))} if counterpart else {}
        print_json({**answer, "diagnosis": diagnosis.sentence, **asdict(fresh), **other})
        return
    typer.echo("\n".join(_fresh_lines(fresh)))
    typer.echo(f"{diagnosis.sentence} ({probe.source}, {len(probe.labels)} images, seed {seed})")


def _fresh_lines(fresh: "FreshSignal") -> list[str]:
    rows = [f"{'layer':8s}{'pre-activation, mean |.|':>26s}{'std':>12s}{'saturated':>11s}{'gradient rms':>14s}"]
    for layer in fresh.signal.layers:
        saturated = "–" if layer.saturated is None else percent(layer.saturated, 1)
        rows.append(
            f"{layer.name:8s}{layer.pre_activation_abs:26.2g}{layer.pre_activation_spread:12.2g}{saturated:>11s}"
            f"{layer.gradient_rms or 0.0:14.2g}"
        )
    initialisation = fresh.options.initialisation
    changed = f"Tensors that '{initialisation}' changed: {fresh.n_touched} of {len(fresh.tensors)}."
    return rows if initialisation == "default" else [*rows, changed]


def _record(config: "RunConfig", n_steps: int, ship: bool, as_json: bool) -> None:
    """Record the first steps of a training and save them, or print the recording that is saved already."""
    from ccds_core.training.diagnosis import diagnose_steps
    from ccds_core.training.first_steps import play
    from ccds_core.training.first_steps_records import TrainingTrace, find_steps, save_steps

    steps = find_steps(config, n_steps)
    if steps is None:
        label = f"{config.name}, seed {config.train.seed}"
        with typer.progressbar(length=n_steps + 1, label=label, file=typer.get_text_stream("stderr")) as bar:
            for progress in play(config, n_steps):
                if isinstance(progress, TrainingTrace):
                    steps = progress
                else:
                    bar.update(1)
        assert steps is not None
        save_steps(steps)
    if ship:
        save_steps(steps, shipped=True)
    if as_json:
        print_json(asdict(steps) | {"diagnosis": diagnose_steps(steps).sentence})
        return
    typer.echo("\n".join([*_step_lines(steps), diagnose_steps(steps).sentence]))


def _step_lines(steps: "TrainingTrace") -> list[str]:
    rows = [f"{'step':>5s}{'loss':>8s}{'feature std':>17s}{'saturated':>11s}{'conv1 gradient':>16s}"]
    for step in range(0, steps.n_steps + 1, PRINT_EVERY):
        saturated = "–" if steps.saturated is None else percent(steps.saturated[step], 1)
        rows.append(
            f"{step:5d}{steps.losses[step]:8.3f}{steps.feature_spread[step]:17.2g}{saturated:>11s}"
            f"{steps.layers[0].gradient_rms[step]:16.2g}"
        )
    return rows
