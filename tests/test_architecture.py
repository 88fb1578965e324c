"""docs/architecture.md draws the code as it is: every name exists, and the arrows between packages are its imports."""

import ast
import re
from pathlib import Path

import pytest

from tests.test_imports import LAST_ROW, OWN_IMPORTS, PATHS, ROWS, package_of

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text()
DIAGRAMS = re.findall(r"^```mermaid\n(.*?)^```$", TEXT, flags=re.M | re.S)
NAMES = sorted(
    {name for name in re.findall(r"\b[a-z]\w*(?:\.\w+)+", TEXT) if name.split(".")[0] in ROWS and name not in PATHS}
    - {"streamlit_app.py"}
)
GROUND = "ground"  # the node of the last row


def node_of(package):
    """The node of a package in the diagram."""
    return GROUND if ROWS[package] == LAST_ROW else package


def reached_from(node, arrows):
    """All nodes that arrows lead to."""
    found = {end for start, end in arrows if start == node}
    return found.union(*(reached_from(end, arrows) for end in found))


def test_there_are_the_packages_and_three_ways():
    assert [diagram.split()[0] for diagram in DIAGRAMS] == ["graph", "flowchart", "flowchart", "flowchart"]
    assert len(NAMES) > 30


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_diagrams_exists(name):
    parts = (name if name.startswith("pages.") else f"ccds_core.{name}").split(".")
    lengths = [length for length in range(1, len(parts)) if ".".join(parts[:length]) in PATHS]
    assert lengths, f"no module for {name}"
    body = ast.parse(PATHS[".".join(parts[: lengths[-1]])].read_text()).body
    for part in parts[lengths[-1] :]:
        defined = {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert part in defined, f"{name} is not in the code"
        body = defined[part].body


def test_the_arrows_are_the_imports_of_the_packages():
    arrows = set(re.findall(r"^ +(\w+) --> (\w+)", DIAGRAMS[0], flags=re.M))
    pairs = {(package_of(name), package_of(found)) for name, others in OWN_IMPORTS.items() for found in others}
    imports = {(node_of(start), node_of(end)) for start, end in pairs}
    imports = {(start, end) for start, end in imports if start != end}
    assert arrows <= imports
    assert imports <= {(start, end) for start, _ in imports for end in reached_from(start, arrows)}
    (ground,) = re.findall(r'ground\["(.*)"\]', DIAGRAMS[0])
    assert set(ground.split(", ")) == {package for package, row in ROWS.items() if row == LAST_ROW}


def test_every_package_stands_in_the_table():
    rows = re.findall(r"^\| (`.*?) \|", TEXT, flags=re.M)
    named = {Path(name).stem for row in rows for name in re.findall(r"`([\w./]+)`", row)}
    assert named == set(ROWS)
