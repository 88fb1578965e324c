"""No network and no data set: every page still works, from shipped runs, our own examples and the digits.

The browser may call nobody but the server, and the server nobody at all: `quiet/sitecustomize.py` refuses any call to
another machine that Python makes in the server, and writes it down. The worker has its own path and is not watched.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ccds_core.job_files import read_live
from ccds_core.runtime import PROJECT
from pages.ui import frame
from tests.browser.conftest import serve, settle
from tests.cases import mostly_slow
from tests.core.job_processes import wait_for
from tests.pages.shelf import NO_TEXTS, Shelf, has_shipped_texts

QUIET = Path(__file__).parent / "quiet"
FEWEST_WORDS = 20  # on a page, besides its title, its sentence and the navigation
VIEWS = (
    "",
    "architectures",
    "architectures?architectures_view=Code",
    "architectures?architectures_view=Signal+at+step+0",
    "architectures?architectures_view=First+hundred+steps",
    "train",
    "train?train_what=Networks+of+my+own",
    "images",
    "images?images_view=Where+it+looked",
    "images?images_source=Wrong+answers",
    "emotions",
    "emotions?emotions_source=Many+at+once",
    "embeddings",
    "embeddings?embeddings_view=Map",
    "attention",
    "tokens",
    "tokens?tokens_view=The+report's+six",
    "compare",
    "compare?compare_view=Curves",
    "compare?compare_view=Confusion",
)


@pytest.fixture(scope="module")
def place(browser, tmp_path_factory):
    """The shipped runs, empty folders for everything else, and where refused calls are written down."""
    if not has_shipped_texts():
        pytest.skip(NO_TEXTS)
    folder = tmp_path_factory.mktemp("quiet")
    (folder / "calls.txt").touch()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA", "MODELS", "CACHE"):
            (folder / name.lower()).mkdir()
            patch.setenv(f"CCDS_{name}_DIR", str(folder / name.lower()))
        patch.setenv("PYTHONPATH", str(QUIET))
        patch.setenv("CCDS_CALLS", str(folder / "calls.txt"))
        with serve(Shelf(PROJECT / "checkpoints", folder / "runs"), folder / "log.txt") as address:
            yield address, folder
    assert (folder / "calls.txt").read_text() == "", "the server called another machine"
    assert "Traceback" not in (folder / "log.txt").read_text()


def test_the_block_blocks(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(QUIET))
    monkeypatch.setenv("CCDS_CALLS", str(tmp_path / "calls.txt"))
    call = "from urllib.request import urlopen; urlopen('http://example.com', timeout=5)"
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=False)
    assert "the network is blocked" in done.stderr
    assert (tmp_path / "calls.txt").read_text() == "socket.getaddrinfo example.com\n"


def test_every_page_is_walked():
    assert {view.split("?")[0] or "home" for view in VIEWS} == {entry.name for entry in frame.PAGES}


@pytest.mark.parametrize("view", mostly_slow(VIEWS, ("",)))
def test_a_page_works_without_network_and_data(visit, place, view):
    address, _ = place
    page = settle(visit(f"{address}/{view}"))
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.locator("[data-testid='stAlertContentError']")).to_have_count(0)
    said = page.get_by_test_id("stMain").inner_text().split()
    assert len(said) > FEWEST_WORDS, said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_network_is_trained_on_the_digits_and_a_reload_in_the_middle_neither_stops_nor_doubles_it(visit, place):
    address, folder = place
    page = visit(f"{address}/train", locale="en")
    page.get_by_role("button", name="Train 2 networks").click()
    for _ in range(2):
        expect(page.get_by_test_id("stProgress")).to_have_count(2, timeout=60_000)
        page.reload()
        settle(page)
    runs = [path for path in (folder / "runs").iterdir() if not path.name.startswith(".")]
    assert len(runs) == 2, "a reload starts nothing anew"
    wait_for(lambda: any((live := read_live(run)) and live.updates_done > 5 for run in runs))
