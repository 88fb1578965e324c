"""Every page printed to A4 and to a 16:9 slide: figures whole, one beneath the other, and no controls."""

import pytest

from pages.ui.shared.printing import FIGURES, HIDDEN
from tests.browser.boxes import boxes, overlapping
from tests.browser.conftest import settle
from tests.browser.test_first_screens import MAIN
from tests.support.cases import mostly_slow

INCH, MARGIN = 96, 0.4  # pixels; inches
SHEETS = {"A4": (8.27, 11.69), "slide": (13.33, 7.5)}  # inches
PATIENCE = 30  # half seconds
CASES = [f"{name} {sheet}" for name in MAIN for sheet in SHEETS]
AVOIDED = """names => [...document.querySelectorAll(names.map(name => `[data-testid="${name}"]`).join(','))]
    .every(part => getComputedStyle(part).breakInside === 'avoid')"""


def faults_of(page, across, down):
    """What is wrong with the figures on a sheet of this many pixels."""
    figures = boxes(page, (*FIGURES, "stHeading"))
    if not figures:
        yield "no figure"
    yield from (f"a control: {box['name']}" for box in boxes(page, HIDDEN))
    yield from (f"one over another: {pair}" for pair in overlapping(figures))
    yield from (f"cut: {box}" for box in figures if box["left"] < 0 or box["right"] > across + 1)
    yield from (f"higher than a sheet: {box}" for box in figures if box["bottom"] - box["top"] > down)


@pytest.mark.parametrize("case", mostly_slow(CASES, ("images A4",)))
def test_a_printed_page_has_its_figures_whole_and_no_controls(visit, text_server, case):
    name, sheet = case.split(" ")
    width, height = SHEETS[sheet]
    across, down = (round((side - 2 * MARGIN) * INCH) for side in (width, height))
    page = visit(f"{text_server}/{name}", viewport={"width": across, "height": down})
    settle(page)
    page.emulate_media(media="print")
    faults = ["nothing was looked at"]
    for _ in range(PATIENCE):  # charts take the width of the sheet a moment later
        page.wait_for_timeout(500)
        if not (faults := list(faults_of(page, across, down))):
            break
    assert not faults
    assert page.evaluate(AVOIDED, list(FIGURES))
    inches = f"{MARGIN}in"
    margin = {"top": inches, "bottom": inches, "left": inches, "right": inches}
    printed = page.pdf(width=f"{width}in", height=f"{height}in", print_background=True, margin=margin)
    assert printed.startswith(b"%PDF")
