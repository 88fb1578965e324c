"""A worker and a server of the tests' own, with the small network, to be killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ccds_core import worker_process

ROOT = Path(__file__).resolve().parents[2]
COMMAND_LINE = """
import sys
from ccds_core import layers
layers.STAGES, layers.HIDDEN = ((4, 8), (8, 8), (8, 8)), (32, 16)
from ccds_core.cli import main
main()
"""
SERVER = """
import json, sys, time
from ccds_core import jobs, worker_process
from ccds_core.config import read_config
worker_process.COMMAND = tuple(json.loads(sys.argv[1]))
jobs.start(read_config(sys.argv[2])) if sys.argv[2].startswith("{") else jobs.resume(sys.argv[2])
while True:  # as a page does
    jobs.list_jobs()
    time.sleep(0.1)
"""


def write_command(folder: Path) -> tuple[str, ...]:
    """`python -m ccds_core` with the small network, as words."""
    (folder / "small_ccds.py").write_text(COMMAND_LINE)
    return (sys.executable, str(folder / "small_ccds.py"))


def start_server(what: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A process that starts the run of this config, or resumes the one of this name, and then looks on."""
    words = [sys.executable, "-c", SERVER, json.dumps(command), what]
    return subprocess.Popen(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


def wait_for(found: Callable[[], object], seconds: float = 60.0) -> None:
    """Until it is so; a test fails here rather than hang."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)


def kill_worker() -> None:
    """SIGKILL, and wait until it is gone; nothing where none is."""
    pid = worker_process.pid()
    if pid is not None:
        os.kill(pid, 9)
        wait_for(lambda: worker_process.pid() != pid)
