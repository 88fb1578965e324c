"""A real server in its own process and a real Chromium before it; every visit is watched for strays and complaints.

No server, and no worker that it starts, can call another machine: see `tests/support/no_network`.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    TimeoutError,
    expect,
    sync_playwright,
)

from ccds_core.jobs.queue import QUEUE
from ccds_core.paths import PROJECT
from pages.ui.shared.frame import PAGES
from tests.support.run_fixtures import NO_TEXTS, Shelf, build_shelf, has_shipped_texts

ROOT = Path(__file__).resolve().parents[2]
QUIET = ROOT / "tests" / "support" / "no_network"
NAMES = ("chromium", "chromium-browser", "google-chrome")
UNUSED = (  # parts of the browser's own window, which cost a second of each visit; and what Playwright leaves out
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,"
    "LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,"
    "ThirdPartyStoragePartitioning"
)
FLAGS = [f"--disable-features={UNUSED}", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--host-resolver-rules=MAP lab.school 127.0.0.1"]  # fmt: skip
START_LIMIT = 120  # seconds for a server to answer, on a machine that may be busy
WAIT_LIMIT = 30_000  # milliseconds for anything awaited on a page
STILL = 300  # milliseconds until a list that was opened stands still
PROJECTOR = {"width": 1280, "height": 720}
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
SHOWN = "h1, h2, h3, button[kind=primary]" + "".join(
    f", [data-testid=st{part}]" for part in ("Alert", "CaptionContainer", "VegaLiteChart")
)
LOOK = f"() => [...document.querySelectorAll('{SHOWN}')].map(part => part.ariaLabel + part.textContent).join()"
DRAWN_ANEW = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(
    chart => chart.querySelector('.marks') && [chart, document.querySelector('[data-testid=stMain]')].some(
        part => part.textContent.includes(chart.ariaLabel.slice(0, 25))))"""  # with its new title, in it or above it
SAID = """() => { const main = document.querySelector('[data-testid=stMain]').cloneNode(true);
    main.querySelectorAll('svg').forEach(chart => chart.remove()); return main.textContent; }"""  # but for the charts
UNMOVED = """() => { const parts = document.querySelectorAll('[data-testid=stVegaLiteChart], .marks, h1, .cells');
    const seen = JSON.stringify([...parts].map(part => part.getBoundingClientRect()));
    window.stillFor = window.lastSeen === seen ? window.stillFor + 1 : 0;
    window.lastSeen = seen;
    return window.stillFor >= 5; }"""  # a page is drawn in several steps, and moves while its fonts and charts come
Visit = Callable[..., Page]

expect.set_options(timeout=WAIT_LIMIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder drives a browser; on busy cores a page may move under its pointer.

    What fails is tried once more, and pytest's summary counts it as a rerun: a fault of the app fails twice.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    path = os.environ.get("CCDS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = f"no browser: none of {', '.join(NAMES)} is installed, and CCDS_CHROMIUM names none"
        if os.environ.get("CCDS_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def browser_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Runs for the server to show."""
    return build_shelf(tmp_path_factory.mktemp("browser-shelf"))


@contextmanager
def serve(shelf: Shelf, log: Path, script: Path = ROOT / "streamlit_app.py") -> Iterator[str]:
    """A fresh server process; yields its address once it is healthy. It may have called no other machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-X", "faulthandler", "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    places = {"CCDS_CHECKPOINTS_DIR": str(shelf.checkpoints), "CCDS_RUNS_DIR": str(shelf.runs)}
    calls = log.with_suffix(".calls")
    calls.touch()
    with log.open("w") as output:
        environment = os.environ | places | watched_by(calls)
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            _wait_until_healthy(address, process, log)
            yield address
        finally:
            _end(process)
            shutil.rmtree(shelf.runs / QUEUE, ignore_errors=True)  # the worker outlives a server, but not its queue
    assert calls.read_text() == "", "the server or its worker called another machine"


def watched_by(calls: Path) -> dict[str, str]:
    """Variables with which a Python process, and those it starts, call no other machine and write the attempt down."""
    path = os.pathsep.join(filter(None, [str(QUIET), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "CCDS_CALLS": str(calls)}


def _end(process: subprocess.Popen) -> None:
    """Ask it to end. One of some hundred did not in half a minute; such a one writes its stacks to its log."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        process.wait()


@pytest.fixture(scope="session")
def server(browser: Browser, browser_shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server that most tests share. At the end its log must hold no traceback."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with serve(browser_shelf, log) as address:
        yield address
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="session")
def text_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the runs that this repository ships, for its text models. Its log must hold no traceback either."""
    if not has_shipped_texts():
        pytest.skip(NO_TEXTS)
    folder = tmp_path_factory.mktemp("text-server")
    with serve(Shelf(PROJECT / "checkpoints", folder / "runs"), folder / "log.txt") as address:
        yield address
    assert "Traceback" not in (folder / "log.txt").read_text()


@pytest.fixture
def fresh_server(browser: Browser, browser_shelf: Shelf, tmp_path: Path) -> Iterator[str]:
    """A server that nobody has visited; ask for it before `visit`, so that it outlives its visitors."""
    with serve(browser_shelf, tmp_path / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def usual_context(browser: Browser) -> Iterator[BrowserContext]:
    """A context that keeps the scripts it has fetched, which halves the time of a visit."""
    context = browser.new_context(viewport=PROJECTOR)
    yield context
    context.close()


@pytest.fixture
def visit(browser: Browser, usual_context: BrowserContext) -> Iterator[Visit]:
    """visit(url, **options): a page, settled; with options, in a clean context that has them.

    Afterwards no request may have left this machine, and the console may hold no error.
    """
    opened: list[Page | BrowserContext] = []
    strays: list[str] = []
    complaints: list[str] = []

    def open_one(url: str, **options: object) -> Page:
        context = browser.new_context(**{"viewport": PROJECTOR} | options) if options else usual_context
        page = context.new_page()
        opened.append(context if options else page)
        page.set_default_timeout(WAIT_LIMIT)
        page.on("request", lambda request: _is_local(request.url) or strays.append(request.url))
        page.on("console", lambda said: _is_complaint(said) and complaints.append(f"{said.text} ({said.location})"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return settle(page)

    yield open_one
    for page_or_context in opened:
        page_or_context.close()
    assert not strays
    assert not complaints


def choose_example(page: Page, name: str) -> None:
    """One of the list of examples."""
    field = page.get_by_role("combobox", name="Example", exact=False)
    field.focus()
    page.wait_for_timeout(STILL)  # a list closes when the page is scrolled to it
    field.press("ArrowDown")
    page.get_by_role("option", name=name, exact=True).click()


def settle(page: Page) -> Page:
    """Wait until the app has run to its end, shows a title, and every picture is there; models may have to load."""
    expect(page.locator("h1").first).to_be_visible(timeout=4 * WAIT_LIMIT)
    running = page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")
    expect(running).to_be_visible(timeout=4 * WAIT_LIMIT)
    expect(page.locator("[data-stale='true']")).to_have_count(0)
    page.wait_for_function("[...document.images].every(image => image.complete)")
    return page


def still(page: Page) -> Page:
    """Settle, then wait until nothing has moved for half a second: before boxes are measured."""
    settle(page).wait_for_function(UNMOVED, polling=100, timeout=4 * WAIT_LIMIT)
    return page


def follow(page: Page, act: Callable[[], object]) -> Page:
    """Act, then wait until the page shows something else (not counting what its fields hold) and has settled."""
    before = page.evaluate(f"({LOOK})()")
    act()
    page.wait_for_function(f"before => ({LOOK})() !== before", arg=before, timeout=4 * WAIT_LIMIT)  # a model may load
    settle(page)
    page.wait_for_function(DRAWN_ANEW)
    return page


def entry_of(page: Page, title: str) -> Locator:
    """What leads to this page in the navigation, whose group is opened if it has one."""
    navigation = page.get_by_role("navigation")
    group = next(entry.group for entry in PAGES if entry.title == title)
    if not group:
        return navigation.get_by_role("link", name=title)
    navigation.get_by_role("button", name=group).click()
    return page.get_by_role("menuitem", name=title)


def take(page: Page, name: str) -> Path:
    """The file that the button of this name brings; asked again, as people do, where a redraw swallowed the click."""
    for patience in (WAIT_LIMIT / 3, WAIT_LIMIT):
        try:
            with page.expect_download(timeout=patience) as taken:
                page.get_by_role("button", name=name, exact=True).click()
            return taken.value.path()
        except TimeoutError:
            settle(page)
    pytest.fail(f"the button '{name}' brought no file")


def charts(page: Page):
    """The charts that Vega has drawn."""
    return page.locator("[data-testid='stVegaLiteChart'] .marks")


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname in ("127.0.0.1", "localhost")


def _is_complaint(said: ConsoleMessage) -> bool:
    """An error, but for Streamlit's own search, on a deep link, for the folder that its server answers from."""
    return said.type == "error" and not PROBE.search(said.location["url"])


def _wait_until_healthy(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended: {log.read_text()}"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer in {START_LIMIT} s: {log.read_text()}")
