"""A `RunConfig` -> data, model, training, run folder, epoch by epoch; resumed from its last finished epoch."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from ccds_core import checkpoints, run_folders, training
from ccds_core.config import RunConfig, check_run_name, with_rate_change
from ccds_core.data.batches import TaskData, count_batches
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.evaluation import evaluate_model
from ccds_core.models.registry import build_model
from ccds_core.preparation import prepare
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.resume_state import restore, save_state
from ccds_core.run_folders import CONFIG, RESUME, Cost, RunCard, RunMetrics
from ccds_core.runtime import choose_device, describe_environment, fastest_precision, prepare_cpu, runs_dir

BACKWARD_COST = 3  # forward and backward together cost about three forward passes (Kaplan et al. 2020, section 2.1)


@dataclass(frozen=True)
class OpenRun:
    """One run under way: where it writes and what it needs."""

    folder: Path
    config: RunConfig  # as it began; `card` has the training as it is now
    data: TaskData
    files: Mapping[str, str]  # what a text model's folder holds besides
    state: training.TrainingState
    tensors_initialised: int
    accelerator: Accelerator

    @property
    def n_steps(self) -> int:
        """Updates in an epoch."""
        return count_batches(len(self.data.split.train), self.config.train.batch_size)

    @property
    def card(self) -> RunCard:
        """What config.json says."""
        config = replace(self.config, train=self.state.config)
        return RunCard(run_folders.FORMAT, self.data.classes, config)


def run(config: RunConfig, resume: bool = False) -> Iterator[StepMetrics | EpochMetrics]:
    """Train as configured and write `runs/NAME/`; with `resume`, go on from that folder's last epoch boundary.

    Under `accelerate launch` every process calls this alike; the first one writes.
    """
    yield from proceed(open_run(config, resume))


def open_run(config: RunConfig, resume: bool = False) -> OpenRun:
    """All that comes before the first update: data, network, and what the folder holds of a resumed run."""
    prepare_cpu()
    accelerator = Accelerator(cpu=choose_device() == "cpu", mixed_precision="no")
    config = resume_config(config.name) if resume else _settle(config, accelerator)
    opened = _prepare(config, _claim(config.name, resume, accelerator), accelerator)
    if (opened.folder / RESUME).is_file():
        restore(opened.state, opened.folder / RESUME, opened.data)
    elif accelerator.is_main_process:
        checkpoints.save_card(opened.folder, opened.card)
    return opened


def proceed(opened: OpenRun) -> Iterator[StepMetrics | EpochMetrics]:
    """Train to the end; each epoch is saved before it is told."""
    state, data, accelerator = opened.state, opened.data, opened.accelerator
    for metrics in training.train(state, data.train_batches(state.config), data.batches("val"), accelerator):
        if isinstance(metrics, EpochMetrics) and accelerator.is_main_process:
            save_state(state, opened.folder / RESUME, data)
        yield metrics
    if accelerator.is_main_process:
        _finish(opened, accelerator.device.type)
    accelerator.wait_for_everyone()


def change_rate(opened: OpenRun, update: int, factor: float) -> None:
    """From this update on (the first is 0), learn at `factor` times what the schedule says; config.json says so too."""
    opened.state.config = with_rate_change(opened.state.config, update, factor)
    checkpoints.save_card(opened.folder, opened.card)


def resume_config(name: str) -> RunConfig:
    """The config of an unfinished run, or an error that says why it cannot go on."""
    check_run_name(name)
    folder = runs_dir() / name
    record = run_folders.read_run(folder)
    if record.status == "finished":
        raise CheckpointError(f"Run '{name}' is finished; there is nothing to resume.")
    return record.card.config


def delete_run(name: str) -> None:
    """Remove a run made here, folder and all; shipped ones stay."""
    check_run_name(name)
    folder = runs_dir() / name
    if not (folder / CONFIG).is_file():
        raise CheckpointError(f"No run '{name}' was made here.")
    shutil.rmtree(folder)


def count_multiply_adds(model: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """Multiply-adds of the convolutions and matrix products of one forward pass, by torch's own counter."""
    was_training = model.training
    model.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(*inputs)
    model.train(was_training)
    return int(counter.get_total_flops() // 2)


def _settle(config: RunConfig, accelerator: Accelerator) -> RunConfig:
    """Replace "auto" by what the first process measures, so that resuming and the other processes agree."""
    if config.train.precision != "auto":
        return config
    answer = [fastest_precision(accelerator.device.type) if accelerator.is_main_process else ""]
    broadcast_object_list(answer)
    return replace(config, train=replace(config.train, precision="bfloat16" if answer[0] == "bfloat16" else "float32"))


def _claim(name: str, resume: bool, accelerator: Accelerator) -> Path:
    """The run's folder. A name can be used once."""
    folder = runs_dir() / name
    taken = [False]
    if accelerator.is_main_process and not resume:
        taken = [(folder / CONFIG).exists() or any(record.name == name for record in run_folders.list_runs())]
    broadcast_object_list(taken)
    if taken[0]:
        raise InvalidConfigError(f"There is a run '{name}' already. Resume it, or choose another name.")
    return folder


def _prepare(config: RunConfig, folder: Path, accelerator: Accelerator) -> OpenRun:
    """Data, a fresh seeded model, and the state before the first step."""
    torch.manual_seed(config.train.seed)
    fresh = prepare(config)
    state = training.start(fresh.model, config.train)
    return OpenRun(folder, config, fresh.data, fresh.files, state, fresh.tensors_initialised, accelerator)


def _finish(opened: OpenRun, device: str) -> None:
    """Test the best epoch's weights once, write the finished folder, drop the resume file."""
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
    checkpoints.save_run(opened.folder, card, metrics, state.best_weights, opened.files)
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
