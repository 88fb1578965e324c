"""The worker as a process: started by the first process that needs it, found by its lock."""

import os
import subprocess
import sys
import threading

from ccds_core.jobs import queue
from ccds_core.jobs.process import is_alive, process_space, start_time, try_lock
from ccds_core.paths import same_places

DYING = 2.0  # seconds
COMMAND = (sys.executable, "-m", "ccds_core")


def ensure(patience: float = DYING) -> None:
    """Start the worker if there is none; the worker inherits the lock.

    A killed process with many threads releases its lock a little later: waits for that at most `patience` seconds.
    """
    path = queue.queue_dir() / queue.WORKER_LOCK
    lock = try_lock(path)
    if lock is None and patience and _is_dying():
        lock = try_lock(path, patience)
    if lock is None:
        return
    # a niced thread that spins while it waits for another halves the speed: let it sleep instead
    threads = {"OMP_NUM_THREADS": str(os.cpu_count() or 1), "OMP_WAIT_POLICY": "PASSIVE"}
    with open(queue.queue_dir() / "worker.log", "ab") as log:
        process = subprocess.Popen(
            [*COMMAND, "worker", "--lock", str(lock)],
            env={**threads, **os.environ, **same_places()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock],
        )
    sign(lock, process.pid)
    os.close(lock)
    threading.Thread(target=process.wait, daemon=True).start()  # an ended child is a zombie until it is waited for


def pid() -> int | None:
    """The process ID of the worker; None if there is none on this machine and in this container."""
    number, started, space = _signature()
    return number if space == process_space() and is_alive(number, started) else None


def sign(lock: int, number: int) -> None:
    """Write ID, start time and place of the process that holds the lock into its file."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{number} {start_time(number)} {process_space()}\n".encode(), 0)


def _is_dying() -> bool:
    """Whether the lock was signed by a process here that has ended."""
    return _signature()[2] == process_space() and pid() is None


def _signature() -> tuple[int, float, str]:
    try:
        number, started, space = (queue.queue_dir() / queue.WORKER_LOCK).read_text().split(maxsplit=2)
        return int(number), float(started), space.strip()
    except (OSError, ValueError):
        return 0, 0.0, ""
