"""The worker as a process: started by whoever needs it first, found by its lock."""

import os
import subprocess
import sys
import threading

from ccds_core import spool
from ccds_core.processes import is_alive, start_time, try_lock
from ccds_core.runtime import same_places

COMMAND = (sys.executable, "-m", "ccds_core")


def ensure() -> None:
    """Start the worker if there is none; returns at once. Whoever starts it hands the held lock down to it."""
    lock = try_lock(spool.spool_dir() / spool.WORKER_LOCK)
    if lock is None:
        return
    threads = str(os.cpu_count() or 1)
    with open(spool.spool_dir() / "worker.log", "ab") as log:
        process = subprocess.Popen(
            [*COMMAND, "worker", "--lock", str(lock)],
            env={"OMP_NUM_THREADS": threads, **os.environ, **same_places()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock],
        )
    os.close(lock)
    threading.Thread(target=process.wait, daemon=True).start()  # a child that ended is a zombie until it is waited for


def pid() -> int | None:
    """The process number of the worker; None if there is none, or if it has only just been started."""
    try:
        number, started = (spool.spool_dir() / spool.WORKER_LOCK).read_text().split()
        return int(number) if is_alive(int(number), float(started)) else None
    except (OSError, ValueError):
        return None


def sign(lock: int) -> None:
    """Write into the worker's lock which process holds it."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()} {start_time(os.getpid())}\n".encode(), 0)
