"""The worker as a process: started by whoever needs it first, found by its lock."""

import os
import subprocess
import sys
import threading

from ccds_core import spool
from ccds_core.processes import is_alive, start_time, try_lock
from ccds_core.runtime import same_places

DYING = 2.0  # seconds
COMMAND = (sys.executable, "-m", "ccds_core")


def ensure() -> None:
    """Start the worker if there is none; returns at once. Whoever starts it hands the held lock down to it."""
    path = spool.spool_dir() / spool.WORKER_LOCK
    lock = try_lock(path)
    if lock is None and pid() is None:  # a killed process with many threads lets go of its files a little later
        lock = try_lock(path, DYING)
    if lock is None:
        return
    # a niced thread that spins while it waits for one that was sent away halves the speed: let it sleep instead
    threads = {"OMP_NUM_THREADS": str(os.cpu_count() or 1), "OMP_WAIT_POLICY": "PASSIVE"}
    with open(spool.spool_dir() / "worker.log", "ab") as log:
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
    threading.Thread(target=process.wait, daemon=True).start()  # a child that ended is a zombie until it is waited for


def pid() -> int | None:
    """The process number of the worker; None if there is none."""
    try:
        number, started = (spool.spool_dir() / spool.WORKER_LOCK).read_text().split()
        return int(number) if is_alive(int(number), float(started)) else None
    except (OSError, ValueError):
        return None


def sign(lock: int, number: int) -> None:
    """Write into the worker's lock which process holds it."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{number} {start_time(number)}\n".encode(), 0)
