"""One run under way in this process, told and steered through its folder: status, steps, wishes, snapshots."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import torch

from ccds_core import job_files, runs
from ccds_core.errors import CcdsError, CheckpointError, InvalidConfigError, TrainingError
from ccds_core.job_files import CONTROL, HELD, RATE, RUN_LOCK, STATUS, State
from ccds_core.job_status import last_told
from ccds_core.live_training import LiveTraining
from ccds_core.processes import host_name, start_time, try_lock
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.storage import to_json

TELL_EVERY = 0.2  # seconds between two status files while the run moves
BEAT_EVERY = 2.0  # seconds between two while it is paused


class LiveRun:
    """A run that is advanced by one update at a time, so that between two a wish can be heard or another run go on."""

    def __init__(self, name: str) -> None:
        """Claim the run for this process. Raises `InvalidConfigError` if another one trains it."""
        self.name, self.folder = name, job_files.find_folder(name)
        lock = try_lock(self.folder / RUN_LOCK)
        if lock is None:
            raise InvalidConfigError(f"Run '{name}' is trained by another process already.")
        self.metrics: StepMetrics | EpochMetrics | None = None  # the last that was pulled
        self.error: Exception | None = None  # that ended the run
        self._lock, self._heard = lock, (0, 0)
        self._training: LiveTraining | None = None
        self._away = False
        self._random: list[torch.Tensor] = []  # where the random streams stand while another run goes on
        pid = os.getpid()
        told, card = last_told(self.folder), job_files.read_card(self.folder)
        self.status = replace(
            told,
            backend=card.backend if card else "command line",
            state="starting",
            said="",
            host=host_name(),
            pid=pid,
            process_started=start_time(pid),
        )
        self._wish, self._told_at = "play", 0.0
        self._tell()

    def advance(self) -> State:
        """Hear what is wished, then do one update, or one epoch's end, if the run is not paused."""
        return self._guarded(self._step)

    def hear(self) -> State:
        """Only hear what is wished, while another run goes on: "queued" is one that may go on when its turn comes."""
        return self._guarded(self._listen)

    def leave(self) -> None:
        """Another run goes on in this process: keep the place in the random streams."""
        self._away = True
        self._random = [torch.get_rng_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [])]

    def give_way(self, name: str) -> None:
        """Leave for the run of this name, and go on after it."""
        self.leave()
        self._tell(state="queued", said=f"goes on after {name}")

    def enter(self) -> None:
        """Go on where `leave` was called."""
        self._away = False
        self._tell(state="running", said="")
        if self._random:
            torch.set_rng_state(self._random[0])
        if self._random[1:]:
            torch.cuda.set_rng_state_all(self._random[1:])

    def interrupt(self) -> None:
        """The process is asked to end: say so, and go on from the last finished epoch another time."""
        if self.status.state in HELD:
            self._end("interrupted", "")

    def _guarded(self, work: Callable[[], None]) -> State:
        try:
            work()
        except CcdsError as error:
            self.error = error
            self._end("failed", str(error))
        except OSError as error:  # a full disk: what was saved before is whole
            said = error.strerror or str(error)
            self.error = TrainingError(f"The run's files cannot be written: {said}. Make room, then resume the run.")
            self._end("failed", str(self.error))
        except (RuntimeError, MemoryError) as error:  # a full memory: the others may go on
            logging.getLogger(__name__).exception("run %s", self.name)
            self.error = error
            self._end("failed", f"The run met an error: {error}. The worker's log says more.")
        return self.status.state

    def _step(self) -> None:
        self._listen()
        if self.status.state == "starting":
            self._open()
        elif self.status.state == "running":
            self._pull()

    def _listen(self) -> None:
        self._hear()
        if self.status.state in ("paused", "queued") and time.monotonic() - self._told_at > BEAT_EVERY:
            self._tell()

    def _hear(self) -> None:
        stamp = job_files.stamp(self.folder / CONTROL)
        if stamp != self._heard:
            self._heard = stamp
            self._obey_wish()
        if self._training and (self.folder / RATE).exists():
            self._obey_rate(self._training)

    def _obey_wish(self) -> None:
        try:
            wish = job_files.read_wish(self.folder)
        except CheckpointError as error:
            self._tell(said=str(error))
            return
        self._wish = wish or self._wish
        if wish == "stop":
            self._end("stopped", "")
        elif wish and self._training:
            on: State = "queued" if self._away else "running"
            state = "paused" if wish == "pause" else on
            self._tell(state=state, said="waits for its turn" if state == "queued" else "")

    def _obey_rate(self, training: LiveTraining) -> None:
        try:
            factor = job_files.take_rate(self.folder)
            if factor is not None:
                runs.change_rate(training.opened, self.status.updates_done, factor)
        except (CheckpointError, InvalidConfigError) as error:
            self._tell(said=str(error))

    def _open(self) -> None:
        self._training = training = LiveTraining(self.name, self.folder)
        done, n_steps = len(training.opened.state.history), training.n_steps
        self._tell(
            state="paused" if self._wish == "pause" else "running",
            epoch=done,
            step=n_steps if done else 0,
            n_steps=n_steps,
            updates_done=done * n_steps,
        )

    def _pull(self) -> None:
        training = self._training
        assert training is not None
        self.metrics = metrics = training.pull(self.status.updates_done + 1)
        if metrics is None:
            self._end("finished", "")
        elif isinstance(metrics, EpochMetrics):
            if training.opened.state.finished:
                self._tell(said="measuring the best epoch on the test data")
            else:
                self._tell()
                self._pause_after("epoch")
        else:
            done = (metrics.epoch - 1) * metrics.n_steps + metrics.step
            speed, left = training.examples_per_second, training.seconds_left(done)
            moved = replace(
                self.status,
                epoch=metrics.epoch,
                step=metrics.step,
                n_steps=metrics.n_steps,
                updates_done=done,
                examples_per_second=speed,
                seconds_left=left,
            )
            due = time.monotonic() - self._told_at > TELL_EVERY or metrics.step in (1, metrics.n_steps)
            self.status = moved
            if due:
                self._tell()
            self._pause_after("batch")

    def _pause_after(self, what: str) -> None:
        if self._wish == what:
            self._wish = "pause"
            self._tell(state="paused")

    def _tell(self, **changes: object) -> None:
        self._told_at = time.monotonic()  # what is due must not wait for a clock that was set back
        self.status = replace(self.status, beat=time.time(), **changes)  # type: ignore[arg-type]
        job_files.replace_quickly(self.folder / STATUS, to_json(self.status))

    def _end(self, state: State, said: str) -> None:
        if self._training:
            self._training.close()
        self._training = None
        self.status = replace(self.status, state=state, said=said, seconds_left=None)
        try:
            self._tell()
        except OSError:  # the disk is full, or the folder was removed
            self._tell_in_place()
        os.close(self._lock)

    def _tell_in_place(self) -> None:
        """Where a new file has no room, the old one's may do; with no status at all the run counts as interrupted."""
        path = self.folder / STATUS
        with suppress(OSError):
            path.write_text(to_json(self.status), encoding="utf-8")
            return
        with suppress(OSError):
            path.unlink(missing_ok=True)
