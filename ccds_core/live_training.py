"""A run's stream of updates, each written down as it happens, with what was measured of it."""

import time
from collections.abc import Iterator
from pathlib import Path

from ccds_core import job_files, runs
from ccds_core.models.cnn import Cnn
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.run_folders import CONFIG
from ccds_core.snapshots import keep_files, keep_snapshot
from ccds_core.step_log import StepLog, StepRecord, cut_after
from ccds_core.step_signals import PROBE, SignalMeter

SMOOTHING = 0.9  # of the speed, over about ten updates


class LiveTraining:
    """Goes on after the folder's last finished epoch, or begins; steps.jsonl then holds each update once."""

    def __init__(self, name: str, folder: Path) -> None:
        card = job_files.read_card(folder)
        resume = (folder / CONFIG).is_file()
        config = runs.resume_config(name) if resume or card is None else card.config
        self.opened = opened = runs.open_run(config, resume)
        self.n_steps = opened.n_steps
        self.examples_per_second = 0.0
        self._per_update, self._per_epoch = 0.0, 0.0  # seconds; of an epoch, its look at the validation data
        done = len(opened.state.history)
        cut_after(folder, done)
        self._snapshots = card is not None and card.snapshots
        if self._snapshots:
            keep_files(folder, opened.files)
            keep_snapshot(folder, done)
        model = opened.state.model
        probe = next(opened.data.batches("val").sweep(PROBE)).inputs if isinstance(model, Cnn) else None
        self._folder, self._log, self._meter = folder, StepLog(folder), SignalMeter(model, probe)
        self._stream: Iterator[StepMetrics | EpochMetrics] = runs.proceed(opened)

    def pull(self, update: int) -> StepMetrics | EpochMetrics | None:
        """The next update or epoch's end, written down; None at the end of the run."""
        started = time.perf_counter()
        self._meter.remember(update)
        metrics = next(self._stream, None)
        seconds = time.perf_counter() - started
        if isinstance(metrics, EpochMetrics):
            if self._snapshots:
                keep_snapshot(self._folder, metrics.epoch)
            self._per_epoch = seconds
        elif metrics is not None:
            self.examples_per_second = _smooth(self.examples_per_second, metrics.examples / seconds)
            self._write(metrics, update)
            self._per_update = _smooth(self._per_update, time.perf_counter() - started)
        return metrics

    def seconds_left(self, done: int) -> float:
        """At the speed of the last updates, all epochs counted."""
        config = self.opened.state.config
        epochs_left = config.epochs - len(self.opened.state.history)
        return self._per_update * (config.epochs * self.n_steps - done) + self._per_epoch * epochs_left

    def close(self) -> None:
        """No more updates."""
        self._log.close()

    def _write(self, step: StepMetrics, update: int) -> None:
        speed, layers = self.examples_per_second, self._meter.measure()
        numbers = (step.loss, step.accuracy, step.learning_rate, speed, layers)
        self._log.append(StepRecord(step.epoch, step.step, step.n_steps, update, *numbers))


def _smooth(mean: float, value: float) -> float:
    return value if mean == 0 else SMOOTHING * mean + (1 - SMOOTHING) * value
