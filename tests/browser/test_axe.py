"""axe reads every page, light and dark, and finds nothing serious that is ours.

axe-core is not in this repository; `make check-accessibility` fetches it with npm and runs this file. `CCDS_AXE` names
another `axe.min.js`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from ccds_core.paths import PROJECT
from pages.ui.shared import frame

AXE = Path(os.environ.get("CCDS_AXE") or PROJECT / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js")
GRAVE = ("serious", "critical")
# Streamlit's own markup: rule -> where. In both themes the colours of code and of its line numbers are fixed (2.6 to
# 3.7 in the light one), and `pre` scrolls without a place in the tab order. In the dark it writes the primary colour as
# text of what is selected and of a slider's value, and white upon the same colour on buttons: no colour has 4.5 for
# both (ours has 3.6 and 4.6).
CODE = ("[data-testid='stCode']",)
THEIRS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "light": {"color-contrast": CODE, "scrollable-region-focusable": CODE},
    "dark": {
        "color-contrast": ("[data-selected='true']", "[data-testid='stSliderThumbValue']", *CODE),
        "scrollable-region-focusable": CODE,
    },
})  # fmt: skip
STATES = {entry.name: "" if entry.name == "home" else entry.name for entry in frame.PAGES} | {
    "own image": "images?images_source=Upload",
    "attribution maps": "images?images_view=Attribution+maps",
    "feature maps": "images?images_view=Feature+maps",
    "curves": "compare?compare_view=Curves",
    "confusion": "compare?compare_view=Confusion",
    "code": "architectures?architectures_view=Code",
    "signal": "architectures?architectures_view=Activations+%26+gradients+at+init",
    "own sentence": "emotions?emotions_source=Write",
}
RUN = """async theirs => {
    const found = await axe.run(document, {resultTypes: ["violations"]});
    return found.violations.flatMap(({id, impact, help, nodes}) => nodes
        .filter(node => !(theirs[id] ?? []).some(place => node.target.flat().some(at => {
            const element = document.querySelector(at); return element && element.closest(place); })))
        .map(node => ({id, impact, help, target: node.target.flat().join(" "), html: node.html.slice(0, 300),
                       why: node.failureSummary})));
}"""

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here: make check-accessibility fetches it")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_axe_finds_nothing_serious_that_is_ours(visit, text_server, path, scheme):
    page = visit(f"{text_server}/{path}", color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    page.add_script_tag(path=AXE)
    theirs = {rule: list(places) for rule, places in THEIRS[scheme].items()}
    found = page.evaluate(RUN, theirs)
    grave = [one for one in found if one["impact"] in GRAVE]
    told = [f"{one['id']}, {one['impact']}: {one['target']}\n  {one['html']}\n  {one['why']}" for one in grave]
    assert not told, "\n".join(told)
