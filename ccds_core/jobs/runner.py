"""One run trained in this process, watched and steered through its folder: status, steps, commands, snapshots."""

import logging
import os
import time
from collections.abc import Callable

import torch

from ccds_core.errors import CcdsError, CheckpointError, InvalidConfigError, TrainingError
from ccds_core.jobs import protocol
from ccds_core.jobs.process import try_lock
from ccds_core.jobs.protocol import CONTROL, HELD, RATE, RUN_LOCK, Command, LiveStatus, State
from ccds_core.jobs.status_file import StatusFile
from ccds_core.jobs.step_stream import StepStream
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.runs import execute
from ccds_core.runtime import random_states, set_random_states, trim_heap

WRITE_EVERY = 0.2  # seconds between two writes of status.json while the run trains
HEARTBEAT_EVERY = 2.0  # seconds between two while it is paused
LOCK_PATIENCE = 0.5  # seconds: whoever asks whether a run is held has its lock for an instant


class Runner:
    """A run that advances one step at a time, so that commands are read, or another run trains, between two steps."""

    def __init__(self, name: str) -> None:
        """Lock the run for this process. Raises `InvalidConfigError` if another process trains it."""
        self.name, self.folder = name, protocol.find_folder(name)
        lock = try_lock(self.folder / RUN_LOCK, LOCK_PATIENCE)
        if lock is None:
            raise InvalidConfigError(f"Run '{name}' is trained by another process already.")
        self.metrics: StepMetrics | EpochMetrics | None = None  # of the last step or epoch
        self.error: Exception | None = None  # that ended the run
        self._lock, self._command_stamp = lock, (0, 0)
        self._training: StepStream | None = None
        self._suspended, self.suspended_at = False, 0.0
        self._random: list[torch.Tensor] = []  # states of the random generators while another run trains
        self._repeat_to = 0  # the step up to which a run whose memory was released repeats its epoch
        self.together = protocol.comparison_of(self.folder)
        self.takers = 1  # runs that train in turns now
        self.status_file = StatusFile(self.folder)
        self._command: Command = "play"
        self.status_file.write()

    def advance(self) -> State:
        """Read commands; then, unless the run is paused, do one step or one epoch's end."""
        return self._with_errors_recorded(self._step)

    def take_turn(self, takers: int) -> State:
        """`advance`, where so many runs of this process train in turns: each has its own random generators."""
        self.takers = takers
        set_random_states(self._random)
        state = self.advance()
        self._random = random_states()
        return state

    def poll(self) -> State:
        """Only read commands, while another run trains; "queued" means it may be resumed."""
        return self._with_errors_recorded(self._listen)

    def suspend(self) -> None:
        """The run waits: it only hears commands."""
        self._suspended, self.suspended_at = True, time.monotonic()

    @property
    def status(self) -> LiveStatus:
        """The run's state and progress."""
        return self.status_file.status

    @property
    def in_memory(self) -> bool:
        """Whether the network and its data are loaded."""
        return self._training is not None

    def release(self) -> None:
        """Free the memory of a paused run; to continue, it repeats its epoch, which gives the same weights."""
        self._repeat_to = max(self._repeat_to, self.status.steps_done)
        self._close()
        self._random = []
        self.status_file.write(message="paused for long: its memory is released, and it repeats this epoch to continue")
        trim_heap()

    def preempt(self, name: str) -> None:
        """Let the run of this name train first; this one continues after it."""
        self.suspend()
        self.status_file.write(state="queued", message=f"continues after {name}")

    def resume(self) -> None:
        """Continue where `suspend` was called."""
        self._suspended = False
        self.status_file.write(state="running" if self.in_memory else "starting", message="")

    def abandon(self) -> None:
        """Leave the run to another process, before anything was done."""
        os.close(self._lock)

    def interrupt(self) -> None:
        """The process ends: record it; the run can be resumed from its last finished epoch."""
        if self.status.state in HELD:
            self._end("interrupted", "")

    def _with_errors_recorded(self, work: Callable[[], None]) -> State:
        try:
            work()
        except CcdsError as error:
            self.error = error
            self._end("failed", str(error))
        except OSError as error:  # a full disk: earlier files are complete
            reason = error.strerror or str(error)
            self.error = TrainingError(f"The run's files cannot be written: {reason}. Free disk space, then resume it.")
            self._end("failed", str(self.error))
        except (RuntimeError, MemoryError) as error:  # out of memory, say: other runs may continue
            logging.getLogger(__name__).exception("run %s", self.name)
            self.error = error
            self._end("failed", f"The run failed: {error}. See the worker's log.")
        return self.status.state

    def _step(self) -> None:
        self._listen()
        if self.status.state == "starting":
            self._open()
        elif self.status.state == "running":
            self._pull()

    def _listen(self) -> None:
        self._read_commands()
        if self.status.state in ("paused", "queued") and self.status_file.age > HEARTBEAT_EVERY:
            self.status_file.write()

    def _read_commands(self) -> None:
        stamp = protocol.stamp(self.folder / CONTROL)
        if stamp != self._command_stamp:
            self._command_stamp = stamp
            self._obey_command()
        if self._training and self._repeat_to == 0 and (self.folder / RATE).exists():
            self._change_learning_rate(self._training)

    def _obey_command(self) -> None:
        try:
            command = protocol.read_command(self.folder)
        except CheckpointError as error:
            self.status_file.write(message=str(error))
            return
        self._command = command or self._command
        if command == "stop":
            self._end("stopped", "")
        elif command and (self._training or self._repeat_to):
            active: State = "queued" if self._suspended else "running"
            state = "paused" if command == "pause" else active
            self.status_file.write(state=state, message="next" if state == "queued" else "")

    def _change_learning_rate(self, training: StepStream) -> None:
        try:
            factor = protocol.pop_learning_rate(self.folder)
            if factor is not None:
                execute.change_rate(training.opened, self.status.steps_done, factor)
        except (CheckpointError, InvalidConfigError) as error:
            self.status_file.write(message=str(error))

    def _open(self) -> None:
        self._training = training = StepStream(self.name, self.folder)
        done, n_steps = len(training.opened.state.history), training.n_steps
        to_repeat = max(0, self._repeat_to - done * n_steps)
        self._repeat_to *= to_repeat > 0
        self.status_file.write(
            state="paused" if self._command == "pause" else "running",
            message=f"repeats {to_repeat} step{'s' * (to_repeat > 1)} since its last finished epoch"
            if to_repeat
            else "",
            epoch=done,
            step=n_steps if done else 0,
            n_steps=n_steps,
            steps_done=done * n_steps,
        )

    def _pull(self) -> None:
        training = self._training
        assert training is not None
        self.metrics = metrics = training.pull(self.status.steps_done + 1)
        if metrics is None:
            self._end("finished", "")
        elif isinstance(metrics, EpochMetrics):
            if training.opened.state.finished:
                self.status_file.write(message="testing the weights of the best epoch")
            else:
                self.status_file.write()
                self._pause_after("epoch")
        else:
            done = (metrics.epoch - 1) * metrics.n_steps + metrics.step
            left = training.seconds_left(done) * self.takers
            self.status_file.note_step(metrics, done, training.examples_per_second, left)
            due = self.status_file.age > WRITE_EVERY or metrics.step in (1, metrics.n_steps)
            if due:
                self.status_file.write()
            self._pause_after("batch")
            if done == self._repeat_to:
                self._repeat_to = 0
                self.status_file.write(message="")

    def _pause_after(self, what: str) -> None:
        if self._command == what and not (what == "batch" and self._repeat_to):
            self._command = "pause"
            self.status_file.write(state="paused")

    def _end(self, state: State, message: str) -> None:
        self._close()
        self.status_file.write_last(state=state, message=message, seconds_left=None)
        os.close(self._lock)

    def _close(self) -> None:
        if self._training:
            self._training.close()
        self._training = None
