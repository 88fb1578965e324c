"""What lies in a job's folder and in the queue, changed: every run is listed, and the worker goes on to the next."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.errors import CcdsError
from ccds_core.figures.learning_curves import LiveAxes, live_lines
from ccds_core.jobs import control, series
from ccds_core.jobs import queue as jobs_queue
from ccds_core.jobs.protocol import CONTROL, JOB, RATE, STATUS
from ccds_core.jobs.series import QUANTITIES
from ccds_core.runs.records import CONFIG, RESUME, list_runs
from ccds_core.runs.step_log import STEPS
from tests.support.fuzzing import check_input, fuzzed
from tests.support.job_helpers import named, work, work_to
from tests.support.mutations import MARKUP, changed_bytes, texts_of

WISH, FACTOR = {"wish": "play"}, {"factor": 0.5}
TURNS = 4  # of the worker at a changed run: to take it, open it and make two steps


@pytest.fixture
def stopped(scheduler, runs_folder, data_folder):
    """The folder of a run that was stopped after its first epoch, to be copied and changed."""
    control.start(named("a"))
    work_to(scheduler, "a", 5)
    control.stop("a")
    work(scheduler)
    return shutil.move(runs_folder / "a", runs_folder.parent / "stopped")


def live_on(scheduler, runs_folder):
    """What Train and the worker do with a run that lies there."""
    refused = []
    for look in (control.list_jobs, list_runs, lambda: control.resume("a"), lambda: control.set_rate("a", 0.5)):
        try:
            look()
        except CcdsError as error:
            refused.append(error)
    steps = control.read_steps("a")
    for quantity in QUANTITIES:
        layers = series.layers_of({"a": steps}, quantity) if QUANTITIES[quantity].by_layer else []
        rows = series.points({"a": steps}, quantity, next(iter(layers), ""))
        live_lines(rows, LiveAxes(quantity, 10, 100), ["a"], series.chart_title(rows, quantity, "", 10))
    series.final_loss(steps)
    for _ in range(TURNS):
        scheduler.step()
    control.list_jobs()
    control.stop("a")
    scheduler.step()
    if refused:
        raise refused[0]
    return control.status("a").state


@pytest.mark.parametrize("name", [JOB, STATUS, CONTROL, RATE, CONFIG])
def test_a_changed_record_of_a_job_hinders_nobody(stopped, scheduler, runs_folder, name):
    good = {CONTROL: WISH, RATE: FACTOR}.get(name) or json.loads((stopped / name).read_text())

    @fuzzed(40)
    @given(texts_of(good))
    def check_one(content):
        _put(stopped, runs_folder, name, content)
        check_input(f"job folder: {name}", lambda: live_on(scheduler, runs_folder), may_write=runs_folder.parent)

    check_one()


@pytest.mark.parametrize("name", [STEPS, RESUME])
def test_changed_steps_and_snapshots_hinder_nobody(stopped, scheduler, runs_folder, name):
    lines = (stopped / name).read_bytes()
    rows = [json.loads(line) for line in lines.splitlines()] if name == STEPS else []
    one_row = st.sampled_from(rows or [0]).flatmap(texts_of).map(lambda row: lines + row + b"\n")

    @fuzzed(60)
    @given(st.one_of(changed_bytes(lines, reach=3000), changed_bytes(lines), *([one_row] if rows else [])))
    def check_one(content):
        _put(stopped, runs_folder, name, content)
        check_input(f"job folder: {name}", lambda: live_on(scheduler, runs_folder), may_write=runs_folder.parent)

    check_one()


def test_a_ticket_of_any_name_is_no_hindrance(scheduler, runs_folder):
    names = st.one_of(st.text(max_size=60), st.sampled_from(MARKUP), st.from_regex(r"\d{20}-[\w.-]{0,9}"))
    plain = names.map(lambda name: name.replace("/", "").replace("\0", "")[:60]).filter(lambda n: n.strip("."))

    @fuzzed(60)
    @given(plain, st.binary(max_size=9))
    def check_one(name, content):
        queue = jobs_queue.queue_dir() / "queue"
        queue.mkdir(parents=True, exist_ok=True)
        (queue / name.encode(errors="replace").decode()).write_bytes(content)
        check_input(
            "queue: entries",
            lambda: (control.list_jobs(), scheduler.step(), scheduler.step()),
            may_write=runs_folder.parent,
        )
        assert not [entry for entry in jobs_queue.entries() if not entry.name.startswith(".")]

    check_one()


def test_a_run_of_any_name_is_refused_or_stays_in_the_runs_folder(scheduler, runs_folder):
    names = st.one_of(st.text(max_size=80), st.sampled_from(MARKUP), st.sampled_from(["..", ".", "a/../..", ".jobs"]))
    actions = [
        control.status,
        control.stop,
        control.resume,
        control.delete,
        control.read_steps,
        control.pause,
        control.snapshots,
        lambda name: control.start(named(name), paused=True),
        lambda name: control.load_snapshot(name, 1),
    ]

    @fuzzed(80)
    @given(names, st.sampled_from(actions))
    def check_one(name, action):
        check_input("run names", lambda: action(name), may_write=runs_folder)
        assert {path.name for path in runs_folder.parent.iterdir()} <= {runs_folder.name, "cache", "stopped", "data"}

    check_one()


def _put(stopped, runs_folder, name, content):
    """A fresh copy of the stopped run with one file changed."""
    shutil.rmtree(runs_folder / "a", ignore_errors=True)
    shutil.copytree(stopped, runs_folder / "a")
    (runs_folder / "a" / name).write_bytes(content)
