"""status.json as the process that trains the run writes it; the last status is kept until the disk takes it."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ccds_core.jobs.process import host_name, start_time, try_lock
from ccds_core.jobs.protocol import RUN_LOCK, STATUS, Backend, LiveStatus, read_card, read_live, replace_quickly
from ccds_core.jobs.status import last_status
from ccds_core.results import StepMetrics
from ccds_core.storage import to_json


class StatusFile:
    """The status of one run, and whether status.json has it."""

    def __init__(self, folder: Path) -> None:
        """Take over the status of the run in this folder for this process, which is starting it."""
        pid, card = os.getpid(), read_card(folder)
        backend: Backend = card.backend if card else "command line"
        status: LiveStatus = replace(
            last_status(folder),
            state="starting",
            message="",
            backend=backend,
            host=host_name(),
            pid=pid,
            process_started=start_time(pid),
        )
        self.folder, self.status = folder, status
        self.is_recorded = True  # whether status.json has the last status
        self._written_at = 0.0

    @property
    def age(self) -> float:
        """Seconds since the last write."""
        return time.monotonic() - self._written_at  # monotonic: independent of changes to the clock

    def note_step(self, metrics: StepMetrics, done: int, examples_per_second: float, seconds_left: float) -> None:
        """The progress after a step, the `done`-th of the run; it is written with the next `write`."""
        self.status = replace(
            self.status,
            epoch=metrics.epoch,
            step=metrics.step,
            n_steps=metrics.n_steps,
            steps_done=done,
            examples_per_second=examples_per_second,
            seconds_left=seconds_left,
        )

    def write(self, **changes: object) -> None:
        """Change the status and write it. Raises `OSError` where the disk does not take it."""
        self._written_at = time.monotonic()
        self.status = replace(self.status, heartbeat=time.time(), **changes)  # type: ignore[arg-type]
        replace_quickly(self.folder / STATUS, to_json(self.status))

    def write_last(self, **changes: object) -> None:
        """Write the status with which the run ends; where the disk does not take it, `retry` does so later."""
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]
        self.is_recorded = self._write_anyhow()

    def retry(self) -> bool:
        """Write the last status if it could not be written before, unless the run has continued elsewhere."""
        if not self.is_recorded:
            self.is_recorded = self._is_outdated() or self._write_locked()
        return self.is_recorded

    def _is_outdated(self) -> bool:
        """Whether status.json is not this process's any more, or the folder is gone."""
        on_disk = read_live(self.folder)
        writer = (on_disk.host, on_disk.pid, on_disk.process_started) if on_disk else None
        return writer != (self.status.host, self.status.pid, self.status.process_started)

    def _write_locked(self) -> bool:
        try:
            lock = try_lock(self.folder / RUN_LOCK)
        except OSError:
            return False
        if lock is None:  # it has continued
            return True
        try:
            return self._write_anyhow()
        finally:
            os.close(lock)

    def _write_anyhow(self) -> bool:
        """Write the status; where there is no space for a second file, over the last one. False on failure."""
        with suppress(OSError):
            self.write()
            return True
        path = self.folder / STATUS
        with suppress(OSError):
            path.write_text(to_json(self.status), encoding="utf-8")
            return True
        with suppress(OSError):  # without it the run is interrupted
            path.unlink(missing_ok=True)
        return False
