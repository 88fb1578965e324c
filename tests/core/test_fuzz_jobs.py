"""What lies in a job's folder and in the queue, changed: every run is listed, and the worker goes on to the next."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core import jobs, live_series, spool
from ccds_core.errors import CcdsError
from ccds_core.figures.live_lines import live_lines
from ccds_core.job_files import CONTROL, JOB, RATE, STATUS
from ccds_core.live_series import QUANTITIES
from ccds_core.run_folders import CONFIG, RESUME, list_runs
from ccds_core.step_log import STEPS
from tests.core.desks import named, work, work_to
from tests.core.doors import fuzzed, knock
from tests.core.mutations import MARKUP, changed_bytes, texts_of

WISH, FACTOR = {"wish": "play"}, {"factor": 0.5}
TURNS = 4  # of the worker at a changed run: to take it, open it and make two updates


@pytest.fixture
def stopped(desk, runs_folder, data_folder):
    """The folder of a run that was stopped after its first epoch, to be copied and changed."""
    jobs.start(named("a"))
    work_to(desk, "a", 5)
    jobs.stop("a")
    work(desk)
    return shutil.move(runs_folder / "a", runs_folder.parent / "stopped")


def live_on(desk, runs_folder):
    """What Train and the worker do with a run that lies there."""
    refused = []
    for look in (jobs.list_jobs, list_runs, lambda: jobs.resume("a"), lambda: jobs.set_rate("a", 0.5)):
        try:
            look()
        except CcdsError as error:
            refused.append(error)
    steps = jobs.read_steps("a")
    for quantity in QUANTITIES:
        layers = live_series.layers_of({"a": steps}, quantity) if QUANTITIES[quantity].by_layer else []
        rows = live_series.points({"a": steps}, quantity, next(iter(layers), ""))
        live_lines(rows, quantity, ["a"], live_series.finding(rows, quantity, "", 10), 10)
    live_series.final_loss(steps)
    for _ in range(TURNS):
        desk.turn()
    jobs.list_jobs()
    jobs.stop("a")
    desk.turn()
    if refused:
        raise refused[0]
    return jobs.status("a").state


@pytest.mark.parametrize("name", [JOB, STATUS, CONTROL, RATE, CONFIG])
def test_a_changed_record_of_a_job_hinders_nobody(stopped, desk, runs_folder, name):
    good = {CONTROL: WISH, RATE: FACTOR}.get(name) or json.loads((stopped / name).read_text())

    @fuzzed(40)
    @given(texts_of(good))
    def knock_with(content):
        _put(stopped, runs_folder, name, content)
        knock(f"job folder: {name}", lambda: live_on(desk, runs_folder), may_write=runs_folder.parent)

    knock_with()


@pytest.mark.parametrize("name", [STEPS, RESUME])
def test_changed_steps_and_snapshots_hinder_nobody(stopped, desk, runs_folder, name):
    lines = (stopped / name).read_bytes()
    rows = [json.loads(line) for line in lines.splitlines()] if name == STEPS else []
    one_row = st.sampled_from(rows or [0]).flatmap(texts_of).map(lambda row: lines + row + b"\n")

    @fuzzed(60)
    @given(st.one_of(changed_bytes(lines, reach=3000), changed_bytes(lines), *([one_row] if rows else [])))
    def knock_with(content):
        _put(stopped, runs_folder, name, content)
        knock(f"job folder: {name}", lambda: live_on(desk, runs_folder), may_write=runs_folder.parent)

    knock_with()


def test_a_ticket_of_any_name_is_no_hindrance(desk, runs_folder):
    names = st.one_of(st.text(max_size=60), st.sampled_from(MARKUP), st.from_regex(r"\d{20}-[\w.-]{0,9}"))
    plain = names.map(lambda name: name.replace("/", "").replace("\0", "")[:60]).filter(lambda n: n.strip("."))

    @fuzzed(60)
    @given(plain, st.binary(max_size=9))
    def knock_with(name, content):
        queue = spool.spool_dir() / "queue"
        queue.mkdir(parents=True, exist_ok=True)
        (queue / name.encode(errors="replace").decode()).write_bytes(content)
        knock("queue: tickets", lambda: (jobs.list_jobs(), desk.turn(), desk.turn()), may_write=runs_folder.parent)
        assert not [ticket for ticket in spool.tickets() if not ticket.name.startswith(".")]

    knock_with()


def test_a_run_of_any_name_is_refused_or_stays_in_the_runs_folder(desk, runs_folder):
    names = st.one_of(st.text(max_size=80), st.sampled_from(MARKUP), st.sampled_from(["..", ".", "a/../..", ".jobs"]))
    actions = [jobs.status, jobs.stop, jobs.resume, jobs.delete, jobs.read_steps, jobs.pause, jobs.snapshots,
               lambda name: jobs.start(named(name), paused=True), lambda name: jobs.load_snapshot(name, 1)]  # fmt: skip

    @fuzzed(80)
    @given(names, st.sampled_from(actions))
    def knock_with(name, action):
        knock("run names", lambda: action(name), may_write=runs_folder)
        assert {path.name for path in runs_folder.parent.iterdir()} <= {runs_folder.name, "cache", "stopped", "data"}

    knock_with()


def _put(stopped, runs_folder, name, content):
    """A fresh copy of the stopped run with one file changed."""
    shutil.rmtree(runs_folder / "a", ignore_errors=True)
    shutil.copytree(stopped, runs_folder / "a")
    (runs_folder / "a" / name).write_bytes(content)
