"""`python -m tests.load --sessions 40`: a server of its own, a class before it, and one table of what they waited."""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import psutil

from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.jobs import control
from ccds_core.paths import PROJECT
from tests.browser.conftest import serve
from tests.load.load_test import Outcome, Plan, percentiles, send_visitors
from tests.support.run_fixtures import Shelf

LONG_RUN = RunConfig("long", data=DataConfig("digits", "seeded"), train=TrainConfig(epochs=400, precision="float32"))
WARM_FLOWS = 60  # before anything is counted: every page, every model


def main() -> None:
    """Measure, print, and end with 1 where something failed."""
    args = _parse()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["CCDS_RUNS_DIR"] = str(folder / "runs")
        with serve(Shelf(PROJECT / "checkpoints", folder / "runs"), folder / "log.txt") as address:
            server = server_behind(address)
            fresh = server.memory_info().rss >> 20
            asyncio.run(send_visitors(address, server, Plan(min(args.sessions, 4), args.warm, 0.0, seed=1)))
            if args.train:
                control.start(LONG_RUN)
            outcome = asyncio.run(send_visitors(address, server, Plan(args.sessions, args.flows, args.think)))
            training = args.train and control.status(LONG_RUN.name).state
            if args.train:
                control.stop(LONG_RUN.name)
        log = (folder / "log.txt").read_text()
        if args.log:
            shutil.copy(folder / "log.txt", args.log)
    if "Traceback" in log:
        outcome.errors.append("the server's log holds a traceback")
    summary = _summarize(outcome) | {"fresh server, MiB": fresh, "training": training}
    sys.stdout.write(json.dumps(summary, indent=1) + "\n" if args.json else _table(summary))
    sys.exit(bool(outcome.errors))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.load", description=__doc__)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--flows", type=int, default=240, help="in all; a flow is a page and what is done on it")
    parser.add_argument("--think", type=float, default=8.0, help="seconds between two actions; 0 = all at once")
    parser.add_argument("--warm", type=int, default=WARM_FLOWS, help="flows before anything is counted")
    parser.add_argument("--train", action="store_true", help="while a run trains")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--log", help="where the server's log goes")
    return parser.parse_args()


def server_behind(address: str) -> psutil.Process:
    port = address.rpartition(":")[2]
    return next(child for child in psutil.Process().children() if port in child.cmdline())


def _summarize(outcome: Outcome) -> dict[str, object]:
    """Times by flow and by step, and the server's memory."""
    steps = defaultdict(list)
    sizes = defaultdict(list)
    for wait in outcome.waits:
        steps[f"{wait.flow}: {wait.step}"].append(wait.seconds)
        sizes[f"{wait.flow}: {wait.step}"].append(wait.n_bytes)
    rows = {}
    for name, seconds in steps.items():
        p50, p95 = percentiles(seconds)
        rows[name] = {"n": len(seconds), "p50": p50, "p95": p95, "kB": max(sizes[name]) / 1000}
    return {
        "sessions": outcome.plan.sessions,
        "think": outcome.plan.think,
        "flows": outcome.n_flows,
        "seconds": outcome.seconds,
        "CPU, s": outcome.cpu_seconds,
        "errors": outcome.errors,
        "flow": {
            name: dict(zip(("n", "p50", "p95"), (len(seconds), *percentiles(seconds)), strict=True))
            for name, seconds in outcome.passes.items()
        },
        "step": rows,
        "before, MiB": outcome.memory_before,
        "after, MiB": outcome.memory_after,
        "peak, MiB": outcome.memory_peak,
    }


def _table(summary: dict) -> str:
    """The same for people."""
    lines = [
        f"{summary['sessions']} sessions, {summary['think']} s of thought, {summary['flows']} flows in "
        f"{summary['seconds']:.0f} s ({summary['CPU, s']:.0f} s of CPU), {len(summary['errors'])} errors; "
        f"training: {summary['training']}",
        *summary["errors"][:5],
        f"server: fresh {summary['fresh server, MiB']} MiB, warm {summary['before, MiB']:.0f}, after "
        f"{summary['after, MiB']:.0f} ({summary['after, MiB'] - summary['before, MiB']:+.0f}), "
        f"peak {summary['peak, MiB']:.0f}",
    ]
    for kind in ("flow", "step"):
        lines.append(f"{kind:30} {'n':>5} {'p50 s':>8} {'p95 s':>8} {'kB':>8}")
        for name, row in summary[kind].items():
            lines.append(f"{name:30} {row['n']:5} {row['p50']:8.2f} {row['p95']:8.2f} {row.get('kB', 0):8.0f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
