"""A lesson in the browser, trained by the real worker: live at once, paused at once, the same for every visitor."""

import filecmp
import re
import sys
import time

import pytest
from playwright.sync_api import Page, expect

from ccds_core.config.lessons import STEPS
from ccds_core.jobs.protocol import read_live
from ccds_core.runs.records import WEIGHTS
from ccds_core.runs.step_log import read_steps
from tests.browser.conftest import settle
from tests.browser.train.digits_server import serve_lab

LESSON = "train?train_pictures=Digits"
SLOW = 240_000  # milliseconds for 100 steps beside other work; alone they take some fifteen seconds
SHARED = re.compile("has the lowest loss after 100 steps")
APART = 0.3  # in loss, between two curves that are apart on a projector
pytestmark = pytest.mark.slow
POINT = "[data-testid=stVegaLiteChart] .mark-symbol path"


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with serve_lab(folder, folder / "checkpoints") as lab:
        yield lab


def start(page: Page, count: int = 2) -> None:
    page.get_by_role("button", name=f"Train {count} networks").click()


def expect_steps(page: Page, done: int) -> None:
    """So many steps stand on the first card, if not at once: a card is drawn anew several times a second."""
    expect(page.get_by_test_id("stProgress").first).to_contain_text(f"{done} of {STEPS} steps", timeout=SLOW)


def say(capsys, text):
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")


def test_a_lesson_is_live_at_once_and_paused_within_a_batch(visit, lab, capsys, record_property):
    page = visit(f"{lab.address}/{LESSON}", locale="en")
    expect(page.get_by_text("No network was trained here yet")).to_be_visible()
    lab.wait_until_warm()
    pressed = time.perf_counter()
    start(page)
    page.wait_for_function(f"() => document.querySelector({POINT!r})", timeout=SLOW)
    live = time.perf_counter() - pressed
    first = lab.folders()[0]
    before = len(read_steps(first))
    page.get_by_role("button", name="Pause").first.click()
    expect(page.get_by_text("paused", exact=True)).to_be_visible(timeout=SLOW)
    wish = first / "control.json"
    status = first / "status.json"
    assert wish.stat().st_mtime_ns <= status.stat().st_mtime_ns
    done = read_live(first).steps_done
    time.sleep(1.5)
    assert read_live(first).steps_done == done, "a paused run stands still"
    assert done < STEPS
    record_property("play_to_first_point_seconds", round(live, 3))
    say(capsys, f"play to first live point: {live:.2f} s, paused at step {done}, {before} before the click")


def test_a_paused_run_steps_by_one_batch_and_is_seen_by_a_second_visitor(visit, lab):
    page = visit(f"{lab.address}/{LESSON}", locale="en")
    first = lab.folders()[0]
    done = read_live(first).steps_done
    expect_steps(page, done)
    page.get_by_role("button", name="Step one batch").click()
    expect_steps(page, done + 1)
    assert read_live(first).steps_done == done + 1
    other = visit(f"{lab.address}/{LESSON}", locale="en")
    expect_steps(other, done + 1)
    other.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("paused", exact=True)).to_have_count(0, timeout=SLOW)


def test_the_curves_of_a_lesson_end_apart_and_survive_a_reload(visit, lab, capsys):
    page = visit(f"{lab.address}/{LESSON}&train_guess_plateau=sigmoid", locale="en")
    began = time.perf_counter()
    expect(page.get_by_text("finished", exact=True)).to_have_count(2, timeout=SLOW)
    say(capsys, f"the rest of the lesson: {time.perf_counter() - began:.0f} s")
    page.reload()
    settle(page)
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_have_attribute("aria-label", SHARED)
    low, high = (float(number) for number in re.findall(r"\d+\.\d+", chart.get_attribute("aria-label")))
    assert high - low > APART
    expect(page.get_by_text("You predicted sigmoid")).to_be_visible()
    assert all(len(read_steps(folder)) == STEPS for folder in lab.folders())
    main = page.get_by_test_id("stMain")
    assert main.evaluate("holder => holder.scrollWidth - holder.clientWidth") <= 0


def test_a_finished_run_is_looked_back_on_and_forked(visit, lab):
    page = visit(f"{lab.address}/{LESSON}&train_view=Rewind+%26+branch", locale="en")
    expect(page.get_by_test_id("stMain").get_by_text("epoch 2").first).to_be_visible()
    page.get_by_role("button", name="Branch").click()
    page.get_by_role("button", name="Branch and train").click()
    expect(page.get_by_text(re.compile("-branch-")).first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("finished", exact=True)).to_have_count(2, timeout=SLOW)
    runs = lab.folders()
    assert len(runs) == 3
    (fork,) = (folder for folder in runs if "-branch-" in folder.name)
    original = next(folder for folder in runs if fork.name.startswith(folder.name[:40]) and folder != fork)
    assert filecmp.cmp(fork / WEIGHTS, original / WEIGHTS, shallow=False), "with nothing changed it ends the same"
