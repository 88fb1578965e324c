"""No network and no data set: every page still works, from shipped runs, our own examples and the digits.

The browser may call nobody but the server, and the server and its worker nobody at all: `tests/support/no_network`
refuses any call to another machine that Python makes in them (connection, datagram, look-up), and writes it down.
"""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from ccds_core.jobs import launcher
from ccds_core.jobs.protocol import read_live
from ccds_core.paths import PROJECT, same_places
from pages.ui.shared import frame
from tests.browser.conftest import serve, settle, watched_by
from tests.support.cases import mostly_slow
from tests.support.job_processes import wait_for
from tests.support.run_fixtures import NO_TEXTS, Shelf, has_shipped_texts

CALLS = {  # a call to another machine -> the event that Python reports, and whom it reaches
    "from urllib.request import urlopen; urlopen('http://example.com', timeout=5)": "socket.getaddrinfo example.com",
    "socket.getaddrinfo(b'example.com', 80)": "socket.getaddrinfo example.com",
    "socket.gethostbyname('example.com')": "socket.gethostbyname example.com",
    "socket.gethostbyname_ex('example.com')": "socket.gethostbyname example.com",
    "socket.gethostbyaddr('203.0.113.1')": "socket.gethostbyaddr 203.0.113.1",
    "socket.getnameinfo(('203.0.113.1', 80), 0)": "socket.getnameinfo 203.0.113.1",
    "udp.connect(('203.0.113.1', 53))": "socket.connect 203.0.113.1",
    "udp.sendto(b'x', ('203.0.113.1', 53))": "socket.sendto 203.0.113.1",
    "udp.sendto(b'x', 0, ('203.0.113.1', 53))": "socket.sendto 203.0.113.1",
    "udp.sendmsg([b'x'], [], 0, ('203.0.113.1', 53))": "socket.sendmsg 203.0.113.1",
    "socket.socket().connect_ex(('203.0.113.1', 80))": "socket.connect 203.0.113.1",
    "socket.create_connection(('203.0.113.1', 80), 5)": "socket.getaddrinfo 203.0.113.1",
}
LOCAL = "udp.sendto(b'x', ('127.0.0.1', 9)); socket.getaddrinfo('localhost', 80); socket.getfqdn('localhost')"
FEWEST_WORDS = 20  # on a page, besides its title, its sentence and the navigation
VIEWS = (
    "",
    "architectures",
    "architectures?architectures_view=Code",
    "architectures?architectures_view=Activations+%26+gradients+at+init",
    "architectures?architectures_view=First+hundred+steps",
    "train",
    "train?train_what=Your+network",
    "images",
    "images?images_view=Attribution+maps",
    "images?images_source=Misclassified",
    "emotions",
    "emotions?emotions_source=Batch%2FCSV",
    "embeddings",
    "embeddings?embeddings_view=Map",
    "attention",
    "tokens",
    "tokens?tokens_view=The+report's+six+words",
    "compare",
    "compare?compare_view=Curves",
    "compare?compare_view=Confusion",
)


@pytest.fixture(scope="module")
def place(browser, tmp_path_factory):
    """The shipped runs, and empty folders for everything else."""
    if not has_shipped_texts():
        pytest.skip(NO_TEXTS)
    folder = tmp_path_factory.mktemp("quiet")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA", "MODELS", "CACHE"):
            (folder / name.lower()).mkdir()
            patch.setenv(f"CCDS_{name}_DIR", str(folder / name.lower()))
        with serve(Shelf(PROJECT / "checkpoints", folder / "runs"), folder / "log.txt") as address:
            yield address, folder
    assert "Traceback" not in (folder / "log.txt").read_text()


def python(folder, code, **variables):
    """A watched process that runs this code from this folder, and the calls that it tried to make."""
    code = f"import socket; udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); {code}"
    environment = os.environ | watched_by(folder / "own.calls") | variables
    (folder / "own.calls").touch()
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done, (folder / "own.calls").read_text()


@pytest.mark.parametrize("code", CALLS)
def test_every_kind_of_call_is_refused_and_written_down(tmp_path, code):
    done, calls = python(tmp_path, code)
    assert "the network is blocked" in done.stderr
    assert calls.splitlines()[0] == CALLS[code]


def test_calls_within_this_machine_are_let_through(tmp_path):
    done, calls = python(tmp_path, LOCAL)
    assert done.returncode == 0, done.stderr
    assert calls == ""


def test_a_process_that_is_given_our_folders_is_watched_too(tmp_path, monkeypatch):
    """The worker is started with `same_places`."""
    with monkeypatch.context() as patch:
        for name, value in watched_by(tmp_path / "own.calls").items():
            patch.setenv(name, value)
        places = same_places()
    done, calls = python(tmp_path, "import ccds_core; socket.gethostbyname('example.com')", **places)
    assert "the network is blocked" in done.stderr
    assert calls == "socket.gethostbyname example.com\n"


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
def test_a_network_is_trained_on_the_digits_and_a_reload_in_the_middle_neither_stops_nor_doubles_it(
    visit, place, monkeypatch
):
    address, folder = place
    monkeypatch.setenv("CCDS_RUNS_DIR", str(folder / "runs"))
    page = visit(f"{address}/train", locale="en")
    page.get_by_role("button", name="Train 2 networks").click()
    for _ in range(2):
        expect(page.get_by_test_id("stProgress")).to_have_count(2, timeout=60_000)
        page.reload()
        settle(page)
    runs = [path for path in (folder / "runs").iterdir() if not path.name.startswith(".")]
    assert len(runs) == 2, "a reload starts nothing anew"
    wait_for(lambda: any((live := read_live(run)) and live.steps_done > 5 for run in runs))
    assert str(launcher.pid()) in (folder / "log.watched").read_text().split(), "the worker may call others"
