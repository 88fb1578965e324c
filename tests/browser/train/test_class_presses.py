"""A class presses the button in the same second: every visitor's runs are started.

`CCDS_ROUNDS=20 make test ARGS="-s -m slow -k class_presses"` does it more often than `make test-slow`.
"""

import os
import sys
import time
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from ccds_core.errors import CheckpointError
from ccds_core.jobs import control
from tests.browser.train.digits_server import serve_lab
from tests.support.job_processes import wait_for

ROUNDS = int(os.environ.get("CCDS_ROUNDS", "1"))
VISITORS = 6
BUTTON = "() => [...document.querySelectorAll('button')].find(it => it.innerText.includes('Train 2 networks')).click()"


@pytest.fixture
def lab(browser, tmp_path, monkeypatch):
    with serve_lab(tmp_path, tmp_path / "checkpoints") as lab:
        monkeypatch.setenv("CCDS_RUNS_DIR", str(lab.runs))
        yield lab


@pytest.mark.slow
def test_a_class_presses_in_the_same_second_and_nobody_is_refused(lab, visit, capsys):
    pages = [visit(f"{lab.address}/train?train_pictures=Digits", locale="en") for _ in range(VISITORS)]
    for page in pages:
        expect(page.get_by_role("button", name="Train 2 networks")).to_be_visible()
    spans = []
    for _ in range(ROUNDS):
        before = len(lab.folders())
        began = time.monotonic()
        for page in pages:
            page.evaluate(BUTTON)
        spans.append(time.monotonic() - began)
        wait_for(lambda before=before: len(lab.folders()) == before + 2 * VISITORS, 30.0)
        for page in pages:
            expect(page.get_by_test_id("stProgress")).to_have_count(2)
            expect(page.locator("[data-testid='stAlertContentError']")).to_have_count(0)
        control.clear_queue()
        for status in control.list_jobs():
            with suppress(CheckpointError):
                control.delete(status.name)
        wait_for(lambda: not control.list_jobs())
    with capsys.disabled():
        sys.stdout.write(f"\n{ROUNDS} times {VISITORS} visitors within {max(spans):.2f} s at most: none refused\n")
