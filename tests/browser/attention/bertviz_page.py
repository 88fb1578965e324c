"""BertViz's model view of an attention map as a page that asks the network for nothing.

BertViz names three scripts on an outside host. Here they come from packages of PyPI and lie beside the page: d3 5.7.0,
the very release, which draws every line, from mpld3; RequireJS 2.3.7 and jQuery 3.7.1 from nbclassic, where BertViz
names 2.3.6 and 2.0.0: the one fetches the others, the other empties an element. `make bench-attention` installs all.
"""

import shutil
import warnings
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import pytest
import torch

from ccds_core.explain.attention import AttentionMap

HOST = "https://cdnjs.cloudflare.com/ajax/libs"
SCRIPTS = {  # address in the page -> package and file; RequireJS adds the missing `.js`
    f"{HOST}/require.js/2.3.6/require.min.js": ("nbclassic", "nbclassic/static/components/requirejs/require.js"),
    f"{HOST}/jquery/2.0.0/jquery.min": ("nbclassic", "nbclassic/static/components/jquery/dist/jquery.min.js"),
    f"{HOST}/d3/5.7.0/d3.min": ("mpld3", "mpld3/js/d3.v5.min.js"),
}


@dataclass(frozen=True)
class BertvizPage:
    """A page written to a folder."""

    path: Path
    n_bytes: int  # of the page as BertViz makes it
    n_script_bytes: int  # of the three scripts that it loads


def require_bertviz() -> ModuleType:
    """The package, or a skip that says how to get it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what another project's imports say
        return pytest.importorskip("bertviz", reason="BertViz is not installed: run `make bench-attention`")


def write_bertviz_page(attention: AttentionMap, folder: Path) -> BertvizPage:
    """All of the HTML that `model_view` returns, but for the three addresses."""
    layers = [torch.tensor(layer)[None] for layer in attention.weights]  # L of (1, H, T, T)
    model_view = require_bertviz().model_view
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its script open
        html = model_view(layers, list(attention.tokens), html_action="return").data
    n_bytes = len(html.encode())
    n_script_bytes = 0
    for address, (package, file) in SCRIPTS.items():
        assert html.count(address) == 1, f"BertViz does not name {address}: see which scripts it wants now"
        name = address.rsplit("/", 1)[1]
        html = html.replace(address, f"./{name}")
        script = Path(str(distribution(package).locate_file(file)))
        n_script_bytes += Path(shutil.copy(script, folder / f"{name.removesuffix('.js')}.js")).stat().st_size
    path = folder / "bertviz.html"
    path.write_text(html, encoding="utf-8")
    return BertvizPage(path, n_bytes, n_script_bytes)
