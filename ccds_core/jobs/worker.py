"""The worker process: torch is already imported; it takes runs from the queue, one comparison at a time."""

import logging
import os
import time
from contextlib import suppress

from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.errors import CcdsError
from ccds_core.jobs import launcher
from ccds_core.jobs.process import try_lock
from ccds_core.jobs.protocol import comparison_of
from ccds_core.jobs.queue import WORKER_LOCK, claim, drop_entries, entries, queue_dir
from ccds_core.jobs.runner import Runner
from ccds_core.paths import runs_dir
from ccds_core.runtime import choose_device, fastest_precision, prepare_cpu

IDLE = 0.05  # seconds between two checks of the queue
LISTEN = 0.2  # seconds between two checks of the commands of paused runs while another one trains
KEPT = 300.0  # seconds that a paused run keeps its memory,
MOST_KEPT = 3  # and how many paused runs do at once: each has its own network, optimizer and data
LIFE = 1800.0  # seconds without work after which the worker ends
NICE = 10

log = logging.getLogger(__name__)


def work(life: float = LIFE, lock: int | None = None) -> None:
    """Train runs from the queue until there was none for `life` seconds; returns at once if another worker is running.

    `lock` is the descriptor of an open file that holds the worker's lock, inherited from the parent process.
    """
    path = queue_dir() / WORKER_LOCK
    held = lock if lock is not None else try_lock(path)
    if held is None:
        log.info("Another worker is running.")
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    launcher.sign(held, os.getpid())
    with suppress(OSError):
        os.nice(NICE)
    warm_up()
    log.info("ready, process %d", os.getpid())
    while held is not None:
        _serve(life, os.fstat(held))
        os.close(held)
        # an entry may have been added while this worker still held the lock
        held = try_lock(path) if entries() else None
    log.info("no runs: ending")


def warm_up() -> None:
    """Do what the first run would otherwise wait for: import libraries, measure the faster precision, do one step."""
    import sklearn.datasets  # noqa: F401 - the digits
    import torch

    from ccds_core.data.batching import count_batches  # noqa: F401
    from ccds_core.models import registry
    from ccds_core.training import loop

    prepare_cpu()
    fastest_precision(choose_device())
    config = RunConfig("warm", data=DataConfig("digits", "seeded", limit=64), train=TrainConfig(1, precision="float32"))
    with torch.random.fork_rng(devices=[]):
        fresh = registry.prepare(config)
        state = loop.start(fresh.model, config.train)
        next(loop.train(state, fresh.data.train_batches(config.train), fresh.data.batches("val")))


class Scheduler:
    """The runs that train, and the paused ones; the runs of one comparison train in turns, a step each."""

    def __init__(self) -> None:
        self.active: list[Runner] = []  # of one comparison; the first one's turn is next
        self.paused: list[Runner] = []
        self.unrecorded: list[Runner] = []  # ended, but the disk did not take their last status
        self._checked_at = 0.0

    def step(self) -> bool:
        """Do one step of the run whose turn it is; False if there is nothing to do."""
        if time.monotonic() - self._checked_at > (LISTEN if self.active else 0.0):
            self._checked_at = time.monotonic()
            self._check_paused()
            self.unrecorded = [run for run in self.unrecorded if not run.status_file.retry()]
            self._admit()
        if not self.active:
            return False
        run = self.active.pop(0)
        state = run.take_turn(1 + len(self.active))
        if state == "paused":
            run.suspend()
            self.paused.append(run)
        elif state in ("starting", "running"):
            self.active.append(run)
        else:
            log.info("%s: %s %s", run.name, state, run.status.message)
            self.unrecorded.append(run)
        return True

    def clear(self) -> None:
        """The process ends: mark all runs as interrupted; they can be resumed."""
        for run in [*self.active, *self.paused]:
            run.interrupt()

    def _check_paused(self) -> None:
        """Read the commands of paused runs; one that is resumed runs at once, and those of other comparisons wait."""
        for run in list(self.paused):
            was_paused = run.status.state == "paused"
            state = run.poll()
            if state not in ("paused", "queued"):
                self.paused.remove(run)
                self.unrecorded.append(run)
            elif was_paused and state == "queued" and not self._may_join(run.together):
                self.paused.remove(run)
                for other in self.active:
                    other.preempt(run.name)
                self.paused[:0] = self.active
                self.active = [run]
                run.resume()
        self._release_memory()

    def _release_memory(self) -> None:
        """Of the runs that were paused long ago, and of the oldest where there are too many."""
        loaded = [run for run in self.paused if run.status.state == "paused" and run.in_memory]
        for place, run in enumerate(loaded):
            if time.monotonic() - run.suspended_at > KEPT or len(loaded) - place > MOST_KEPT:
                log.info("%s: paused, its memory is released", run.name)
                run.release()

    def _may_join(self, together: str) -> bool:
        """Whether a run of this comparison may train now."""
        return not self.active or (bool(together) and self.active[0].together == together)

    def _admit(self) -> None:
        """Resumed runs, then those of the oldest entries, that may train now."""
        for run in list(self.paused):
            if run.status.state == "queued" and self._may_join(run.together):
                self.paused.remove(run)
                self.active.append(run)
                run.resume()
        for entry in entries():
            if self.active and not self._may_join(comparison_of(runs_dir() / entry.name)):
                continue
            try:
                run = Runner(entry.name)
            except (CcdsError, OSError) as error:
                log.warning("queue entry %s: %s", entry.name, error)
                entry.path.unlink(missing_ok=True)
                continue
            if not claim(entry):  # another machine's worker took it, and their file system does not share locks
                run.abandon()
                continue
            drop_entries(entry.name)
            log.info("%s: started", run.name)
            self.active.append(run)


def _serve(life: float, lock_file: os.stat_result) -> None:
    """Run until there was nothing to do for `life` seconds, or the queue was removed."""
    scheduler, last = Scheduler(), time.monotonic()
    try:
        while time.monotonic() - last < life and _same_queue(lock_file):
            if scheduler.step():
                last = time.monotonic()
            else:
                time.sleep(IDLE)
    finally:
        scheduler.clear()


def _same_queue(lock_file: os.stat_result) -> bool:
    """Whether the lock held by this process is still the queue's; the folder may have been removed."""
    with suppress(OSError):
        now = os.stat(queue_dir() / WORKER_LOCK)
        return (now.st_dev, now.st_ino) == (lock_file.st_dev, lock_file.st_ino)
    return False
