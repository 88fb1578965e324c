"""The warm worker: torch already imported, it takes runs from the spool and trains one at a time."""

import logging
import os
import time
from contextlib import suppress

from ccds_core import worker_process
from ccds_core.config import DataConfig, RunConfig, TrainConfig
from ccds_core.errors import CcdsError
from ccds_core.live_run import LiveRun
from ccds_core.processes import try_lock
from ccds_core.runtime import choose_device, fastest_precision, prepare_cpu
from ccds_core.spool import WORKER_LOCK, drop_tickets, spool_dir, tickets

IDLE = 0.05  # seconds between two looks into the spool
LISTEN = 0.2  # seconds between two looks at the wishes of paused runs while another one trains
LIFE = 1800.0  # seconds without work after which the worker ends
NICE = 10

log = logging.getLogger(__name__)


def work(life: float = LIFE, lock: int | None = None) -> None:
    """Take runs until there were none for `life` seconds; returns at once where another worker is.

    `lock` is an open file that holds the worker's lock already, handed down by who started this process.
    """
    path = spool_dir() / WORKER_LOCK
    held = lock if lock is not None else try_lock(path)
    if held is None:
        log.info("There is a worker already.")
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    worker_process.sign(held, os.getpid())
    with suppress(OSError):
        os.nice(NICE)
    warm_up()
    log.info("ready, process %d", os.getpid())
    while held is not None:
        _serve(life, os.fstat(held))
        os.close(held)
        # who left a ticket while the lock was still held took this worker for one that stays
        held = try_lock(path) if tickets() else None
    log.info("nothing to do: ending")


def warm_up() -> None:
    """What the first run would wait for otherwise: libraries, the machine's faster precision, a first update."""
    import sklearn.datasets  # noqa: F401 - the digits
    import torch

    from ccds_core import preparation, training
    from ccds_core.data.batches import count_batches  # noqa: F401

    prepare_cpu()
    fastest_precision(choose_device())
    config = RunConfig("warm", data=DataConfig("digits", "seeded", limit=64), train=TrainConfig(1, precision="float32"))
    with torch.random.fork_rng(devices=[]):
        fresh = preparation.prepare(config)
        state = training.start(fresh.model, config.train)
        next(training.train(state, fresh.data.train_batches(config.train), fresh.data.batches("val")))


class Desk:
    """The run under way, and those that are paused and wait for a word."""

    def __init__(self) -> None:
        self.current: LiveRun | None = None
        self.paused: list[LiveRun] = []
        self._listened = 0.0

    def turn(self) -> bool:
        """One step of work; False if there is nothing to do but wait for a word."""
        if time.monotonic() - self._listened > (LISTEN if self.current else 0.0):
            self._listened = time.monotonic()
            self._listen()
        if self.current is None:
            self.current = self._next()
        if self.current is None:
            return False
        state = self.current.advance()
        if state == "paused":
            self.current.leave()
            self.paused.append(self.current)
            self.current = None
        elif state not in ("starting", "running"):
            log.info("%s: %s %s", self.current.name, state, self.current.status.said)
            self.current = None
        return True

    def clear(self) -> None:
        """The process ends: what is under way can be resumed."""
        for run in [self.current, *self.paused]:
            if run:
                run.interrupt()

    def _listen(self) -> None:
        """Paused runs hear their wishes; one that is asked to go on does so at once, and what was under way waits."""
        for run in list(self.paused):
            was_paused = run.status.state == "paused"
            state = run.hear()
            if state not in ("paused", "queued"):
                self.paused.remove(run)
            elif was_paused and state == "queued" and self.current is not None:
                self.paused.remove(run)
                self.current.give_way(run.name)
                self.paused.insert(0, self.current)
                self.current = run
                run.enter()

    def _next(self) -> LiveRun | None:
        """A run that may go on again, else the oldest ticket's."""
        for run in self.paused:
            if run.status.state == "queued":
                self.paused.remove(run)
                run.enter()
                return run
        for ticket in tickets():
            try:
                run = LiveRun(ticket.name)
            except (CcdsError, OSError) as error:
                log.warning("ticket of %s: %s", ticket.name, error)
                ticket.path.unlink(missing_ok=True)
                continue
            drop_tickets(ticket.name)
            log.info("%s: taken", run.name)
            return run
        return None


def _serve(life: float, place: os.stat_result) -> None:
    """Until there was nothing to do for so long, or the spool is gone."""
    desk, last = Desk(), time.monotonic()
    try:
        while time.monotonic() - last < life and _same_spool(place):
            if desk.turn():
                last = time.monotonic()
            else:
                time.sleep(IDLE)
    finally:
        desk.clear()


def _same_spool(place: os.stat_result) -> bool:
    """Whether the lock that this process holds is still the spool's: its folder may have been removed."""
    with suppress(OSError):
        now = os.stat(spool_dir() / WORKER_LOCK)
        return (now.st_dev, now.st_ino) == (place.st_dev, place.st_ino)
    return False
