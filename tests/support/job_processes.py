"""A worker and a server with the small network, in their own processes, which tests may kill."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ccds_core.jobs import launcher

ROOT = Path(__file__).resolve().parents[2]
COMMAND_LINE = """
import sys
from ccds_core.models import cnn_layers
cnn_layers.STAGES, cnn_layers.HIDDEN = ((4, 8), (8, 8), (8, 8)), (32, 16)
from ccds_core.cli.main import main
main()
"""
SERVER = """
import json, sys, time
from ccds_core.config.run_config import read_config
from ccds_core.jobs import control, launcher
launcher.COMMAND = tuple(json.loads(sys.argv[1]))
control.start(read_config(sys.argv[2])) if sys.argv[2].startswith("{") else control.resume(sys.argv[2])
while True:  # as a page does
    control.list_jobs()
    time.sleep(0.1)
"""


def write_command(folder: Path) -> tuple[str, ...]:
    """`python -m ccds_core` with the small network, as a list of arguments."""
    (folder / "small_ccds.py").write_text(COMMAND_LINE)
    return (sys.executable, str(folder / "small_ccds.py"))


def start_server(what: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A process that starts the run of this config, or resumes the one of this name, and then lists runs."""
    words = [sys.executable, "-c", SERVER, json.dumps(command), what]
    return subprocess.Popen(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until the condition holds, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)


def kill_worker() -> None:
    """Send SIGKILL to the worker, if there is one, and wait until it has ended."""
    pid = launcher.pid()
    if pid is not None:
        os.kill(pid, 9)
        wait_for(lambda: launcher.pid() != pid)
