"""Two viewers of one run: random clicks on either page, and both soon show the state that the run has.

`CCDS_WALKS=200 make test ARGS="-s -m slow -k two_viewers"` runs more walks than the few of `make test-slow`.
"""

import os
import random
import sys
import time

import pytest
from playwright.sync_api import Error, Page

from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.errors import CheckpointError
from ccds_core.jobs import control
from ccds_core.jobs.protocol import CONTROL, stamp
from tests.browser.train.digits_server import Lab, serve_lab
from tests.support.job_processes import wait_for

WALKS = int(os.environ.get("CCDS_WALKS", "2"))
SEED = int(os.environ.get("CCDS_WALKS_SEED", "0"))
CLICKS = 20  # of a walk
STALE = 3.0  # seconds that a page may show what is no longer so
LOADING = 30.0  # seconds until a new run is shown, whose data and network are loaded
DEAF = 30.0  # seconds until a run hears a command, at the latest when its epoch's evaluation is done
WANTED = {"Resume": [["queued"], ["starting"], ["running"]], "Stop": [["stopped"], ["finished"], []],
          "Pause": [["paused"], ["stopped"], ["finished"], []]}  # fmt: skip
VERBS = ("Pause", "Resume", "Step one batch", "Step one epoch", "Stop", "Delete")
RUN = RunConfig("plateau-walk", data=DataConfig("digits", "seeded", 320, 50),
                train=TrainConfig(epochs=200, batch_size=32, precision="float32", twin_start=True))  # fmt: skip
SHOWN = """[...document.querySelectorAll('p:has(.stMarkdownBadge)')]
    .map(line => line.querySelector('.stMarkdownBadge').textContent)
    .filter(text => !text.startsWith('Recorded'))"""  # the state of each card; its data stand in a second badge
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("walks")
    with serve_lab(folder, folder / "checkpoints") as lab, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCDS_RUNS_DIR", str(lab.runs))
        yield lab


def state_of(name: str) -> list[str]:
    """The run's state as the badges should show it; no badge where there is no run."""
    try:
        return [control.status(name).state]
    except CheckpointError:
        return []


def is_deaf(name: str) -> bool:
    """Whether the run has not heard its last command yet."""
    try:
        return control.status(name).awaits_command
    except CheckpointError:
        return False


def command_of(lab: Lab, name: str) -> tuple[int, int]:
    """Changes with every command that the run gets."""
    return stamp(lab.runs / name / CONTROL)


def wait_until_obeyed(lab: Lab, name: str, verb: str, before: tuple[int, int]) -> None:
    """Until the run has got another command than that of `before`, or the other viewer made it what is wanted."""
    if verb != "nothing":
        wait_for(lambda: command_of(lab, name) != before or state_of(name) in WANTED.get(verb, [[]]), STALE)


def wait_until_shown(pages: list[Page], name: str, limit: float) -> float:
    """Until the run has heard the last command and both pages show its state; the longest time that one did not.

    A run hears a command between two of its steps: while it has not, the state before is no old state.
    """
    began = right = time.monotonic()
    expected, longest = state_of(name), 0.0
    while True:
        shown = [page.evaluate(SHOWN) for page in pages]
        now = time.monotonic()
        if state_of(name) != expected:
            expected, right = state_of(name), now
        elif all(badges == expected for badges in shown):
            longest, right = max(longest, now - right), now
            if not is_deaf(name):
                return longest
        assert now - right < limit, f"{shown} is shown, but the run is {expected}"
        assert now - began < DEAF, f"the run is {expected} and has not heard its last command"
        time.sleep(0.05)


def click(page: Page, chance: random.Random) -> str:
    """Click one of the card's buttons; the other viewer may take it away while the mouse is on its way."""
    verbs = [verb for verb in VERBS if page.get_by_role("button", name=verb, exact=True).count()]
    if not verbs:
        return "nothing"
    verb = chance.choices(verbs, [1 if verb == "Delete" else 4 for verb in verbs])[0]
    try:
        page.get_by_role("button", name=verb, exact=True).click(timeout=1_000)
        if verb == "Delete":
            page.get_by_role("button", name="Delete this run", exact=True).click(timeout=2_000)
    except Error:
        return "nothing"
    return verb


@pytest.mark.timeout(180 * WALKS + 300)
def test_no_viewer_sees_an_old_state_for_long(visit, lab, capsys):
    waits, verbs = [], []
    chance = random.Random(SEED)
    name = "plateau-walk-0"
    control.start(RunConfig(name, data=RUN.data, train=RUN.train))
    pages = [visit(f"{lab.address}/train?train_pictures=Digits", locale="en") for _ in range(2)]
    wait_until_shown(pages, name, LOADING)
    for walk in range(WALKS):
        for _ in range(CLICKS):
            if not state_of(name):
                name = f"plateau-walk-{walk}-{len(waits)}"
                control.start(RunConfig(name, data=RUN.data, train=RUN.train))
                wait_until_shown(pages, name, LOADING)
            before = command_of(lab, name)
            verbs.append(click(chance.choice(pages), chance))
            wait_until_obeyed(lab, name, verbs[-1], before)
            waits.append(wait_until_shown(pages, name, STALE))
    errors = [page.locator("[data-testid='stAlertContentError']").all_inner_texts() for page in pages]
    assert errors == [[], []]
    assert len(set(verbs)) >= len(VERBS) - 1
    with capsys.disabled():
        waits.sort()
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        done = {verb: verbs.count(verb) for verb in sorted(set(verbs))}
        sys.stdout.write(f"\n{len(waits)} clicks of two viewers, {done}. Seconds that a page showed an old state: ")
        sys.stdout.write(f"median {middle:.2f}, p95 {late:.2f}, at most {waits[-1]:.2f}\n")
