"""Every page shows its main picture in the first screen, nothing lies over anything, and text can be read."""

import pytest

from tests.browser.boxes import boxes, cut_texts, overlapping, small_texts
from tests.browser.conftest import settle
from tests.support.cases import mostly_slow

WINDOWS = {"projector": (1280, 720), "screen": (1920, 1080), "tablet": (1024, 768), "phone": (390, 844)}
CHART, PHOTOGRAPH, HEADS = "[data-testid=stVegaLiteChart]", "[data-testid=stImage]", ".cells"
MAIN = {  # page -> the part that it is about
    "": CHART,
    "architectures": CHART,
    "train": CHART,
    "images": CHART,
    "emotions": CHART,
    "embeddings": CHART,
    "attention": HEADS,
    "tokens": CHART,
    "compare": CHART,
}
ON_A_PHONE = {"images": PHOTOGRAPH}  # where something else comes first, since the window is narrow
PATIENCE = 50  # tenths of a second
SEEN = 0.5  # of the picture on a phone; elsewhere it is seen whole
CASES = [f"{name} {window}" for name in MAIN for window in WINDOWS]


def bottom_of(picture, share):
    """Where the upper `share` of a picture ends, in pixels from the top of the window."""
    box = picture.bounding_box()
    return box["y"] + box["height"] * share


def until(page, holds, else_):
    """A page is drawn in several steps: what counts is where it ends up."""
    for _ in range(PATIENCE):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail(else_)


@pytest.mark.parametrize("case", mostly_slow(CASES, [case for case in CASES if case.endswith("projector")]))
def test_the_main_picture_is_in_the_first_screen_and_nothing_overlaps(visit, text_server, case):
    name, window = case.split(" ")
    width, height = WINDOWS[window]
    page = visit(f"{text_server}/{name}", viewport={"width": width, "height": height})
    settle(page)
    kind = ON_A_PHONE.get(name, MAIN[name]) if window == "phone" else MAIN[name]
    page.locator(f"{kind} .marks" if kind == CHART else kind).first.wait_for()
    share = SEEN if window == "phone" else 1
    until(page, lambda: bottom_of(page.locator(kind).first, share) <= height, "the picture ends below the window")
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    assert not overlapping(boxes(page))
    assert not small_texts(page)
    assert not cut_texts(page)
