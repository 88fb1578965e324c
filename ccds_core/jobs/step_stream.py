"""A run's stream of steps and epochs; each step is logged with the measurements of its layers."""

import time
from collections.abc import Iterator
from pathlib import Path

from ccds_core.jobs import protocol
from ccds_core.jobs.step_stats import PROBE, SignalMeter
from ccds_core.models.registry import find_family
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.runs import execute
from ccds_core.runs.records import CONFIG
from ccds_core.runs.snapshots import keep_files, keep_snapshot
from ccds_core.runs.step_log import StepLog, StepRecord, cut_after

SMOOTHING = 0.9  # of the speed, over about ten steps


class StepStream:
    """Starts the run or resumes it after its last finished epoch; steps.jsonl then has each step once."""

    def __init__(self, name: str, folder: Path) -> None:
        card = protocol.read_card(folder)
        resume = (folder / CONFIG).is_file()
        config = execute.resume_config(name) if resume or card is None else card.config
        self.opened = opened = execute.open_run(config, resume)
        self.n_steps = opened.n_steps
        self.examples_per_second = 0.0
        self._per_step, self._per_epoch = 0.0, 0.0  # seconds; per epoch: the validation only
        done = len(opened.state.history)
        cut_after(folder, done)
        self._snapshots = card is not None and card.snapshots
        if self._snapshots:
            keep_files(folder, opened.files)
            keep_snapshot(folder, done)
        model = opened.state.model
        has_maps = "feature-maps" in find_family(opened.config.model).capabilities
        probe = next(opened.data.batches("val").sweep(PROBE)).inputs if has_maps else None
        self._folder, self._log, self._meter = folder, StepLog(folder), SignalMeter(model, probe)
        self._stream: Iterator[StepMetrics | EpochMetrics] = execute.proceed(opened)

    def pull(self, global_step: int) -> StepMetrics | EpochMetrics | None:
        """The next step or epoch's end, logged; None at the end of the run."""
        started = time.perf_counter()
        self._meter.remember(global_step)
        metrics = next(self._stream, None)
        seconds = time.perf_counter() - started
        if isinstance(metrics, EpochMetrics):
            if self._snapshots:
                keep_snapshot(self._folder, metrics.epoch)
            self._per_epoch = seconds
        elif metrics is not None:
            self.examples_per_second = _smooth(self.examples_per_second, metrics.examples / seconds)
            self._write(metrics, global_step)
            self._per_step = _smooth(self._per_step, time.perf_counter() - started)
        return metrics

    def seconds_left(self, done: int) -> float:
        """Estimated from the speed of the last steps, for all remaining epochs."""
        config = self.opened.state.config
        epochs_left = config.epochs - len(self.opened.state.history)
        return self._per_step * (config.epochs * self.n_steps - done) + self._per_epoch * epochs_left

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def _write(self, step: StepMetrics, global_step: int) -> None:
        speed, layers = self.examples_per_second, self._meter.measure()
        numbers = (step.loss, step.accuracy, step.learning_rate, speed, layers)
        self._log.append(StepRecord(step.epoch, step.step, step.n_steps, global_step, *numbers))


def _smooth(mean: float, value: float) -> float:
    return value if mean == 0 else SMOOTHING * mean + (1 - SMOOTHING) * value
