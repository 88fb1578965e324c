"""Our head grid beside BertViz's model view: the same attention, the same Chromium, turn by turn.

Like beside like is a page opened from a file: BertViz's with its scripts beside it, and the one that our HTML button
gives. The grid inside the app is a third row: there the time from navigation includes Streamlit's start.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from playwright.sync_api import Page

from ccds_core.explain.attention import AttentionMap
from pages.ui.attention.head_grid.component import read_script, read_style
from tests.browser.attention.bertviz_page import require_bertviz, write_bertviz_page
from tests.browser.attention.grid_visits import DRAWN, SWITCH, canvas_bytes, painted, serve_grid, take
from tests.browser.attention.made_up_heads import made_up_map
from tests.browser.conftest import PROJECTOR

N_LAYERS, N_HEADS = 12, 12
N_TURNS = 3
MOST_BYTES = 1_000_000  # of ours at 64 tokens
MOST_DRAWING = 1.0  # seconds from the data's arrival to the last pixel: the best turn, since a machine may be busy
MOST_SWITCH = 50  # milliseconds from a click on a head to its image, laid out: the best of twelve
REST = 1_000  # milliseconds for Chromium to put away the page before
LIMIT = 300_000  # milliseconds for anything awaited, on a machine that may be busy
# Milliseconds from the start of the navigation to the second frame after everything is there.
WATCH = """window.allDrawn = new Promise((done, fail) => {
    const twoFramesOn = act => requestAnimationFrame(() => requestAnimationFrame(act));
    const look = () => %s ? twoFramesOn(() => done(performance.now())) : requestAnimationFrame(look);
    requestAnimationFrame(look);
    setTimeout(() => fail(new Error("the page was not drawn in time")), %d);
})"""
GRID_IS_THERE = "performance.getEntriesByName('head-grid-drawn').length > 0"  # noted at once after `data-painted`
LINES_ARE_THERE = "document.getElementsByTagName('line').length === %d"
COUNT = """root => {
    const count = part => [...part.querySelectorAll("*")].reduce(
        (sum, element) => sum + 1 + (element.shadowRoot ? count(element.shadowRoot) : 0), 0);
    return count(root);
}"""
OPACITIES = "[...document.querySelectorAll('line')].map(line => line.getAttribute('stroke-opacity')).join()"
CAPTION = (
    f"{'':20}{'page, bytes':>12}{'its scripts':>12}{'elements':>10}{'in the view':>12}"
    f"{'navigation to drawn':>21}{'data to drawn: median, least':>29}{'head switch: median, least':>28}"
)


@dataclass
class Shown:
    """One way to show the attention, how to tell that it is there, and what was measured of it."""

    name: str
    address: str
    is_there: str  # an expression of the page
    root: str  # selector of the view in the page
    head: str  # selector, in the view, of what is clicked for a head
    n_bytes: int = 0  # of the page; in the app, of all messages until it is drawn
    n_script_bytes: int = 0  # of its own scripts: beside BertViz's page, inside ours
    n_elements: int = 0  # of the whole document
    n_view_elements: int = 0
    seconds: list[float] = field(default_factory=list)  # from navigation to drawn, turn by turn
    data_seconds: list[float] = field(default_factory=list)  # from data to drawn, turn by turn; only ours says
    switches: list[float] = field(default_factory=list)  # milliseconds

    def row(self) -> str:
        """Its line under CAPTION."""
        data_seconds = "not said"
        if self.data_seconds:
            data_seconds = f"{median(self.data_seconds):.3f} s, {min(self.data_seconds):.3f} s"
        switches = f"{median(self.switches):.1f} ms, {min(self.switches):.1f} ms"
        return (
            f"{self.name:20}{self.n_bytes:>12,}{self.n_script_bytes:>12,}{self.n_elements:>10,}"
            f"{self.n_view_elements:>12,}{median(self.seconds):>19.2f} s{data_seconds:>29}{switches:>28}"
        )


@pytest.fixture(scope="module")
def grid(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    require_bertviz()
    with serve_grid(tmp_path_factory.mktemp("grid")) as address:
        yield address


@pytest.fixture
def opened(browser) -> Iterator[Callable]:
    """opened(shown): its page, drawn; it may ask nothing of the network, and a file nothing of any server."""
    used = browser.new_context(viewport=PROJECTOR)  # has Streamlit's scripts, like that of whoever just used the app

    @contextmanager
    def open_one(shown: Shown) -> Iterator[Page]:
        is_file = shown.address.startswith("file:")
        context = browser.new_context(viewport=PROJECTOR, offline=True) if is_file else used
        page = context.new_page()
        page.set_default_timeout(LIMIT)
        page.add_init_script(WATCH % (shown.is_there, LIMIT))
        home = ("file:", "data:", "blob:", shown.address.split("?")[0])
        strays: list[str] = []
        received: list[int] = []
        page.on("request", lambda request: request.url.startswith(home) or strays.append(request.url))
        page.on("pageerror", lambda error: strays.append(str(error)))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
        try:
            page.wait_for_timeout(REST)
            page.goto(shown.address, wait_until="commit")
            shown.seconds.append(page.evaluate("allDrawn") / 1000)
            shown.n_bytes = sum(received) or shown.n_bytes
            yield page
        finally:
            (context if is_file else page).close()
        assert not strays

    yield open_one
    used.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("n_tokens", [32, 64])
def test_the_grid_is_smaller_and_sooner_there_than_the_model_view(n_tokens, grid, opened, tmp_path, tell):
    attention = made_up_map((N_LAYERS, N_HEADS, n_tokens), seed=0)
    bertviz, home, app = all_shown = _three_ways(attention, grid, opened, tmp_path)
    for turn in range(N_TURNS):
        for shown in all_shown[turn:] + all_shown[:turn]:  # each comes first once
            with opened(shown) as page:
                _count(page, shown)
                if turn == N_TURNS - 1:
                    shown.switches = page.locator(shown.root).first.evaluate(SWITCH, shown.head)
                    _check_weights(page, shown, attention)
    tell(n_tokens, all_shown)
    for ours in (home, app):
        assert ours.n_bytes < MOST_BYTES
        assert min(ours.data_seconds) < MOST_DRAWING
        assert min(ours.switches) < MOST_SWITCH
        assert ours.n_bytes < bertviz.n_bytes
        assert ours.n_elements < bertviz.n_elements
    assert median(home.seconds) < median(bertviz.seconds)


@pytest.fixture
def tell(record_property, capsys):
    """tell(n_tokens, all_shown): the table and the ratios for the report and for `-s`."""

    def tell_all(n_tokens: int, all_shown: tuple[Shown, Shown, Shown]) -> None:
        bertviz, home, _ = all_shown
        ratios = (
            f"BertViz's page beside ours from a file: {bertviz.n_bytes / home.n_bytes:.1f} times the bytes, "
            f"{bertviz.n_elements / home.n_elements:.0f} times the elements, "
            f"{median(bertviz.seconds) / median(home.seconds):.1f} times the time"
        )
        title = f"{N_LAYERS} x {N_HEADS} heads, {n_tokens} tokens, medians of {N_TURNS} alternating turns"
        table = "\n".join([title, CAPTION, *(shown.row() for shown in all_shown), ratios])
        record_property(f"{n_tokens} tokens", table)
        with capsys.disabled():
            sys.stdout.write(f"\n{table}\n")

    return tell_all


def _three_ways(attention: AttentionMap, grid: str, opened: Callable, folder: Path) -> tuple[Shown, Shown, Shown]:
    """BertViz's page, ours taken home, ours in the app."""
    theirs = write_bertviz_page(attention, folder)
    n_layers, n_heads, n_tokens, _ = attention.weights.shape
    there = LINES_ARE_THERE % attention.weights.size
    ours = (GRID_IS_THERE, ".head-grid", "[data-cell]")
    app = Shown("ours in the app", f"{grid}/?layers={n_layers}&heads={n_heads}&tokens={n_tokens}", *ours)
    with opened(app) as page:
        file = take(painted(page), "HTML", folder)
    app.seconds.clear()  # that visit was for the file
    bertviz = Shown("BertViz from a file", theirs.path.as_uri(), there, "div[id^=bertviz]", "svg > g > rect:last-child")
    home = Shown("ours from a file", file.as_uri(), *ours)
    bertviz.n_bytes, bertviz.n_script_bytes = theirs.n_bytes, theirs.n_script_bytes
    home.n_bytes = file.stat().st_size
    home.n_script_bytes = app.n_script_bytes = len((read_script() + read_style()).encode())
    return bertviz, home, app


def _count(page: Page, shown: Shown) -> None:
    """Its elements; and the time from data to drawn, where the page says it."""
    shown.n_elements = page.evaluate(f"({COUNT})(document)")
    shown.n_view_elements = page.locator(shown.root).first.evaluate(COUNT)
    if shown.is_there == GRID_IS_THERE:
        shown.data_seconds.append(page.evaluate(DRAWN) / 1000)


def _check_weights(page: Page, shown: Shown, attention: AttentionMap) -> None:
    """What is drawn is this attention: every opacity of BertViz, every byte of ours."""
    shape = attention.weights.shape  # (L, H, T, T)
    if shown.is_there == GRID_IS_THERE:
        places = canvas_bytes(page, "thumbnail")
        expected = np.rint(255 * attention.weights)
        assert len(places) == shape[0] * shape[1]
        assert all(np.array_equal(found, expected[head]) for head, found in places.items())
    else:
        lines = np.array(page.evaluate(OPACITIES).split(",")[: attention.weights.size], dtype=float)
        assert np.array_equal(lines.reshape(shape), attention.weights.astype(float))
