"""Which process is meant, whether it lives, and locks that the system takes back when their holder dies."""

import fcntl
import os
import socket
import time
from pathlib import Path

import psutil

SAME_START = 1.5  # seconds; the system tells its own start in whole ones


def start_time(pid: int) -> float:
    """When a process began, in seconds after the machine did, so that no clock moves it; 0 if there is none."""
    try:
        return _began(psutil.Process(pid))
    except psutil.Error:
        return 0.0


def is_alive(pid: int, started: float) -> bool:
    """Whether the process of this number that began then still runs; numbers are used again, and zombies do not run."""
    if pid <= 0:
        return False
    try:
        process = psutil.Process(pid)
        same = abs(_began(process) - started) <= SAME_START
        return same and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _began(process: psutil.Process) -> float:
    """Both times are told by the clock as it is now, so their difference stays when the clock is set."""
    return float(process.create_time() - psutil.boot_time())


def host_name() -> str:
    """This machine, as another that shares the runs folder would tell it apart."""
    return socket.gethostname()


def try_lock(path: Path, seconds: float = 0.0) -> int | None:
    """A file descriptor that holds the lock on `path`, or None if another process has it for so long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.02)
