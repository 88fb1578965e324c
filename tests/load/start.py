"""`python -m tests.load.start`: from `streamlit run` to a whole home page, then each page's first visit."""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ccds_core.paths import PROJECT
from pages.ui.shared import frame
from tests.browser.conftest import serve
from tests.load.__main__ import server_behind
from tests.load.visitor import Visitor
from tests.support.run_fixtures import Shelf

REPEATS = 3


def main() -> None:
    """Print the medians over fresh servers, whose files the disk's cache holds after the first."""
    visits: dict[str, list[float]] = {}
    for _ in range(REPEATS + 1):
        for name, seconds in asyncio.run(_visit_all()).items():
            visits.setdefault(name, []).append(seconds)
    sys.stdout.write(f"{'seconds, each by a fresh server':32} {'median':>8} {'most':>8}   n = {REPEATS}, warm disk\n")
    for name, seconds in visits.items():
        sys.stdout.write(f"{name:32} {statistics.median(seconds[1:]):8.2f} {max(seconds[1:]):8.2f}\n")


async def _visit_all() -> dict[str, float]:
    seconds = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        began = time.perf_counter()
        with serve(Shelf(PROJECT / "checkpoints", folder / "runs"), folder / "log.txt") as address:
            visitor = await Visitor.arrive(address)
            await visitor.visit("home")
            seconds["start to home"] = time.perf_counter() - began
            loaded = Path(f"/proc/{server_behind(address).pid}/maps")
            if loaded.is_file():
                assert "libtorch" not in loaded.read_text(), "home has loaded torch"
            for entry in frame.PAGES[1:]:
                seconds[f"first visit of {entry.name}"] = (await visitor.visit(entry.name)).seconds
            await visitor.leave()
    return seconds


if __name__ == "__main__":
    main()
