"""The head grid's demo page on a server of its own, and what tests read from it."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.conftest import serve
from tests.support.run_fixtures import Shelf

DEMO = Path(__file__).parent / "head_grid_demo.py"
DRAWN = (
    "performance.getEntriesByName('head-grid-drawn').at(-1).duration"  # milliseconds from the data to the last pixel
)
SWITCH = """async (root, heads) => {
    const times = [];
    for (const head of [...root.querySelectorAll(heads)].slice(3, 15)) {
        const start = performance.now();
        head.dispatchEvent(new MouseEvent("click", {bubbles: true}));
        root.getBoundingClientRect();
        times.push(performance.now() - start);
        await new Promise(done => setTimeout(done, 150));
    }
    return times;
}"""  # milliseconds from a click on a head to its image, laid out, for twelve heads
READ_CANVASES = """root => [...root.querySelectorAll("canvas.%s")].map(canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let binary = "";
    for (let at = 0; at < data.length; at += 4) binary += String.fromCharCode(data[at], data[at + 1], data[at + 2]);
    return [Number(canvas.dataset.layer), Number(canvas.dataset.head), canvas.width, btoa(binary)];
})"""
FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const {cell, token} = element?.dataset ?? {};
    return cell ?? token ?? element?.getAttribute("aria-label") ?? element?.textContent;
}"""


@contextmanager
def serve_grid(folder: Path) -> Iterator[str]:
    """A server that shows the demo page; it needs no run."""
    with serve(Shelf(folder / "none", folder / "none"), folder / "log.txt", DEMO) as address:
        yield address
    assert "Traceback" not in (folder / "log.txt").read_text()


def painted(page: Page) -> Page:
    """Wait until every thumbnail is drawn."""
    page.wait_for_selector(".head-grid[data-painted]")
    return page


def canvas_bytes(page: Page, kind: str) -> dict[tuple[int, int], np.ndarray]:
    """kind "thumbnail" or "weights" -> (T, T) bytes by layer and head, read from the pixels."""
    root = page.locator(".head-grid", has=page.locator(f"canvas.{kind}")).first
    table = np.array(root.evaluate("root => root.colourTable")) @ (1 << 16, 1 << 8, 1)  # (256,)
    order = np.argsort(table)
    found = {}
    for layer, number, side, pixels in root.evaluate(READ_CANVASES % kind):
        colours = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(side, side, 3) @ (1 << 16, 1 << 8, 1)
        places = order[np.searchsorted(table, colours, sorter=order).clip(max=255)]
        assert np.array_equal(table[places], colours), "a pixel has a colour that is not in the table"
        found[layer, number] = places
    return found


def differing_pixels(one: Locator, other: Locator) -> int:
    """How many pixels of the two still differ when every late frame has had ten seconds to come; -1: their sizes do.

    A number, since pytest takes minutes to say where two long strings of bytes differ.
    """
    deadline = time.monotonic() + 10
    while True:
        images = [Image.open(BytesIO(part.screenshot())).convert("RGB") for part in (one, other)]
        if images[0].size != images[1].size:
            found = -1
        else:
            found = int((np.asarray(images[0]) != np.asarray(images[1])).any(axis=2).sum())
        if found == 0 or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def open_display(page: Page) -> None:
    """Unfold the choices of how the heads are drawn, and the exports."""
    page.get_by_text("Display and export", exact=True).first.click()


def head(page: Page, layer: int, number: int):
    """A head's cell in the grid, counted from 1."""
    return page.locator(f"[data-cell='{layer - 1}.{number - 1}']")


def token(page: Page, place: int):
    """A token of the strip, counted from 1."""
    return page.locator(f"[data-token='{place - 1}']")


def pinned(page: Page) -> list[str]:
    """The names of the pinned heads, in their order."""
    return page.locator(".panel .title strong").all_text_contents()


def take(page: Page, button: str, folder: Path) -> Path:
    """Click an export and keep its file."""
    if not page.get_by_role("button", name=button, exact=True).is_visible():
        open_display(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def count_sent(page: Page) -> list[int]:
    """Fills with the sizes of what the page sends to the server from its next navigation on."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    return sent
