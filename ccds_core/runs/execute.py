"""A `RunConfig` -> data, model, training and run folder; can be resumed from the last finished epoch."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from ccds_core.config.run_config import RunConfig, check_run_name, with_rate_change
from ccds_core.data.batching import TaskData, count_batches
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.models.registry import build_model, prepare
from ccds_core.paths import runs_dir
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.runs import records, weights
from ccds_core.runs.records import CONFIG, RESUME, Cost, RunCard, RunMetrics
from ccds_core.runs.resume import restore, save_state
from ccds_core.runtime import choose_device, describe_environment, fastest_precision, prepare_cpu
from ccds_core.training import loop
from ccds_core.training.metrics import evaluate_model

BACKWARD_COST = 3  # forward and backward together cost about three forward passes (Kaplan et al. 2020, section 2.1)


@dataclass(frozen=True)
class OpenRun:
    """A run in progress: its folder, data, model and training state."""

    folder: Path
    config: RunConfig  # at the start; `card` has the current training config
    data: TaskData
    files: Mapping[str, str]  # more files of a text model
    state: loop.TrainingState
    tensors_initialised: int
    accelerator: Accelerator

    @property
    def n_steps(self) -> int:
        """Optimizer steps per epoch."""
        return count_batches(len(self.data.split.train), self.config.train.batch_size)

    @property
    def card(self) -> RunCard:
        """The content of config.json."""
        preset = "" if self.state.config.rate_changes else self.config.preset
        config = replace(self.config, train=self.state.config, preset=preset)
        return RunCard(records.FORMAT, self.data.classes, config)


def run(config: RunConfig, resume: bool = False) -> Iterator[StepMetrics | EpochMetrics]:
    """Train as configured and write `runs/NAME/`; with `resume`, continue after that folder's last finished epoch.

    Yields `StepMetrics` after every optimizer step and `EpochMetrics` after every epoch; not pulling pauses the run.
    Under `accelerate launch` every process calls this in the same way; the first one writes.
    Raises `InvalidConfigError` if the name is used, `MissingDataError` without the data set, `TrainingError` if the
    loss is NaN or infinite.

        for metrics in run(PRESETS["architecture-1"].config("my-run")):
            print(metrics)
    """
    yield from proceed(open_run(config, resume))


def open_run(config: RunConfig, resume: bool = False) -> OpenRun:
    """Everything before the first step: data, model, and the saved state of a resumed run."""
    prepare_cpu()
    accelerator = Accelerator(cpu=choose_device() == "cpu", mixed_precision="no")
    config = resume_config(config.name) if resume else _settle(config, accelerator)
    opened = _prepare(config, _claim(config.name, resume, accelerator), accelerator)
    if (opened.folder / RESUME).is_file():
        restore(opened.state, opened.folder / RESUME, opened.data)
    elif accelerator.is_main_process:
        weights.save_card(opened.folder, opened.card)
    return opened


def proceed(opened: OpenRun) -> Iterator[StepMetrics | EpochMetrics]:
    """Train to the end; each epoch is saved before it is yielded."""
    state, data, accelerator = opened.state, opened.data, opened.accelerator
    for metrics in loop.train(state, data.train_batches(state.config), data.batches("val"), accelerator):
        if isinstance(metrics, EpochMetrics) and accelerator.is_main_process:
            save_state(state, opened.folder / RESUME, data)
        yield metrics
    if accelerator.is_main_process:
        _finish(opened, accelerator.device.type)
    accelerator.wait_for_everyone()


def change_rate(opened: OpenRun, step: int, factor: float) -> None:
    """From this step on (the first is 0), multiply the scheduled learning rate by `factor`; config.json records it."""
    opened.state.config = with_rate_change(opened.state.config, step, factor)
    weights.save_card(opened.folder, opened.card)


def resume_config(name: str) -> RunConfig:
    """The config of an unfinished run. Raises `CheckpointError` if it is finished or cannot be read."""
    check_run_name(name)
    folder = runs_dir() / name
    record = records.read_run(folder)
    if record.status == "finished":
        raise CheckpointError(f"Run '{name}' is finished; there is nothing to resume.")
    return record.card.config


def delete_run(name: str) -> None:
    """Delete the folder of a run in the runs folder; shipped runs cannot be deleted."""
    check_run_name(name)
    folder = runs_dir() / name
    if not (folder / CONFIG).is_file():
        raise CheckpointError(f"No run '{name}' was made here.")
    shutil.rmtree(folder)


def count_multiply_adds(model: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """MACs of the convolutions and matrix products of one forward pass, by torch's FlopCounterMode."""
    was_training = model.training
    model.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(*inputs)
    model.train(was_training)
    return int(counter.get_total_flops() // 2)


def _settle(config: RunConfig, accelerator: Accelerator) -> RunConfig:
    """Replace precision "auto" by what the first process measures, so that all processes and a resumed run agree."""
    if config.train.precision != "auto":
        return config
    answer = [fastest_precision(accelerator.device.type) if accelerator.is_main_process else ""]
    broadcast_object_list(answer)
    return replace(config, train=replace(config.train, precision="bfloat16" if answer[0] == "bfloat16" else "float32"))


def _claim(name: str, resume: bool, accelerator: Accelerator) -> Path:
    """The run's folder. Raises `InvalidConfigError` if the name is used."""
    folder = runs_dir() / name
    taken = [False]
    if accelerator.is_main_process and not resume:
        taken = [(folder / CONFIG).exists() or any(record.name == name for record in records.list_runs())]
    broadcast_object_list(taken)
    if taken[0]:
        raise InvalidConfigError(f"There is a run '{name}' already. Resume it, or choose another name.")
    return folder


def _prepare(config: RunConfig, folder: Path, accelerator: Accelerator) -> OpenRun:
    """Data, a new model from the seed, and the state before the first step."""
    torch.manual_seed(config.train.seed)
    fresh = prepare(config)
    state = loop.start(fresh.model, config.train)
    return OpenRun(folder, config, fresh.data, fresh.files, state, fresh.tensors_initialised, accelerator)


def _finish(opened: OpenRun, device: str) -> None:
    """Test the weights of the best epoch, write the finished folder, delete the resume file."""
    card, state, data = opened.card, opened.state, opened.data
    model = build_model(card.config, len(card.classes), opened.files)
    model.load_state_dict(state.best_weights)
    metrics = RunMetrics(
        history=tuple(state.history),
        best_epoch=state.best_epoch,
        test=evaluate_model(model, data, "test"),
        cost=_cost(model, opened),
        tensors_initialised=opened.tensors_initialised,
        data_source=data.source,
        data_digest=data.digest,
        n_train=len(data.split.train),
        n_val=len(data.split.val),
        environment=describe_environment(device, state.config.precision),
    )
    weights.save_run(opened.folder, card, metrics, state.best_weights, opened.files)
    (opened.folder / RESUME).unlink(missing_ok=True)


def _cost(model: nn.Module, opened: OpenRun) -> Cost:
    inputs = opened.data.batches("test").typical().inputs
    multiply_adds = count_multiply_adds(model, inputs)
    examples = len(opened.data.split.train) * len(opened.state.history)
    return Cost(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        multiply_adds=multiply_adds,
        training_flops=2.0 * multiply_adds * BACKWARD_COST * examples,
        seconds=sum(epoch.seconds for epoch in opened.state.history),
    )
