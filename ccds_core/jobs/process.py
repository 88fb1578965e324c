"""Identify a process, check that it is alive, and lock files; the system releases a lock when its process dies."""

import fcntl
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

import psutil

SAME_START = 1.5  # seconds; the system gives its own start time in whole seconds


def start_time(pid: int) -> float:
    """When a process started, in seconds after the machine's start (no clock change matters); 0 if there is none."""
    try:
        return _started(psutil.Process(pid))
    except psutil.Error:
        return 0.0


def is_alive(pid: int, started: float) -> bool:
    """Whether the process with this ID and start time still runs; IDs are reused, and zombies do not count."""
    if pid <= 0:
        return False
    try:
        process = psutil.Process(pid)
        same = abs(_started(process) - started) <= SAME_START
        return same and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _started(process: psutil.Process) -> float:
    """Both times depend on the clock in the same way, so their difference does not."""
    return float(process.create_time() - psutil.boot_time())


def host_name() -> str:
    """The name of this machine, for others that share the runs folder."""
    return socket.gethostname()


def process_space() -> str:
    """Where a process ID is valid: this machine, and in it this container."""
    with suppress(OSError):
        return f"{host_name()}:{os.readlink('/proc/self/ns/pid')}"
    return host_name()


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock on `path`; also one in another container, or on a machine that shares locks."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(descriptor)
    return False


def try_lock(path: Path, seconds: float = 0.0) -> int | None:
    """A file descriptor that holds the lock on `path`, or None if another process holds it for `seconds`."""
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
