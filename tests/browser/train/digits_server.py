"""A server with nothing but the digits to train on, and its worker."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ccds_core.jobs.queue import QUEUE
from tests.browser.conftest import serve
from tests.support.run_fixtures import Shelf

WARM = 120.0  # seconds until the worker must be ready, on a machine that may be busy


@dataclass(frozen=True)
class Lab:
    """Where the server answers, and where its runs lie."""

    address: str
    runs: Path

    def folders(self) -> list[Path]:
        """The runs' folders, in the order of their names."""
        return sorted(path for path in self.runs.iterdir() if not path.name.startswith("."))

    def wait_until_warm(self) -> None:
        """Until the worker says that it is ready."""
        deadline = time.monotonic() + WARM
        log = self.runs / QUEUE / "worker.log"
        while time.monotonic() < deadline:
            if log.is_file() and "ready" in log.read_text():
                return
            time.sleep(0.1)
        pytest.fail("the worker is not ready")


@contextmanager
def serve_lab(folder: Path, checkpoints: Path) -> Iterator[Lab]:
    """A lab whose server's log holds no traceback at the end."""
    shelf = Shelf(checkpoints, folder / "runs")
    with serve(shelf, folder / "log.txt") as address:
        yield Lab(address, shelf.runs)
    assert "Traceback" not in (folder / "log.txt").read_text()
