"""Who imports whom, read from the source: the table of packages, and what no source file may do."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A package imports only packages of the rows below its own; those of the last row may import one another.
TABLE = """
streamlit_app
pages cli
figures
explain jobs
runs
training
models
data
config results storage validation paths runtime errors
"""
MOST_MODULES = 18  # of a folder
OPEN_LATE = ("attention", "tokens")  # pages that show their title only when torch is loaded

LIBRARY = "# the library raises nothing narrower"  # the one excuse for catching every exception


def module_name(path: Path) -> str:
    """The dotted name; an `__init__.py` is named after its package."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


PATHS = {
    module_name(path): path
    for path in [*ROOT.glob("ccds_core/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "streamlit_app.py"]
    if path.name != "__main__.py"
}
PACKAGES = {name for name, path in PATHS.items() if path.name == "__init__.py"}
ROWS = {package: row for row, names in enumerate(reversed(TABLE.split("\n"))) for package in names.split()}
LAST_ROW = min(ROWS.values())


def imported_names(path: Path) -> Iterator[str]:
    """Every import statement's target, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in PATHS else str(node.module)


IMPORTS = {name: set(imported_names(path)) for name, path in PATHS.items()}
OWN_IMPORTS = {name: {found for found in imports if found in PATHS} for name, imports in IMPORTS.items()}


def package_of(name: str) -> str:
    """The word of `TABLE` that a module belongs to."""
    parts = name.split(".")
    return parts[1] if parts[0] == "ccds_core" else parts[0]


def loaded_after(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after a statement."""
    code = f"import sys\n{statement}\nprint('\\n' + ' '.join({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_imports_run_in_no_circle():
    try:
        TopologicalSorter(OWN_IMPORTS).prepare()
    except CycleError as error:
        pytest.fail("a circle: " + " <- ".join(error.args[1]))


@pytest.mark.parametrize("name", sorted(set(PATHS) - PACKAGES))
def test_a_package_imports_only_packages_of_the_rows_below(name):
    own = package_of(name)
    others = {package_of(imported) for imported in OWN_IMPORTS[name]} - {own}
    wrong = {other for other in others if ROWS[other] >= ROWS[own] and ROWS[own] != LAST_ROW}
    assert not wrong, f"{name} imports {wrong}, which stand beside or above '{own}'"
    if ROWS[own] == LAST_ROW:
        assert all(ROWS[other] == LAST_ROW for other in others), f"{name} imports {others} from above"


def test_the_core_knows_no_screen():
    core = {name: found for name, found in IMPORTS.items() if name.startswith("ccds_core")}
    guilty = {name for name, found in core.items() if any(f.split(".")[0] in ("streamlit", "pages") for f in found)}
    assert not guilty


def test_nothing_imports_a_package_and_its_init_is_a_docstring():
    users = {name: found & PACKAGES for name, found in OWN_IMPORTS.items() if found & PACKAGES}
    assert not users, f"import the module, not its package: {users}"
    for package in PACKAGES:
        body = ast.parse(PATHS[package].read_text()).body
        assert len(body) == 1, f"{package}: a docstring and nothing else"
        assert isinstance(body[0], ast.Expr)


def test_a_page_imports_no_other_page():
    pages = {name for name in PATHS if name.startswith("pages.") and not name.startswith("pages.ui")}
    assert pages
    for name, found in OWN_IMPORTS.items():
        assert not found & pages, f"{name} imports the page {found & pages}"


def test_a_page_uses_its_own_folder_and_what_is_shared():
    for name, found in OWN_IMPORTS.items():
        page = name.removeprefix("pages.ui.").removeprefix("pages.").split(".")[0]
        folders = {used.split(".")[2] for used in found if used.startswith("pages.ui.")}
        assert folders <= {"shared", page}, f"{name} imports of {folders - {'shared', page}}"


@pytest.mark.parametrize("tree", ["ccds_core", "pages", "tests"])
def test_no_folder_holds_more_modules_than_can_be_remembered(tree):
    counts = Counter(path.parent for path in (ROOT / tree).rglob("*.py") if path.name != "__init__.py")
    assert not {str(folder): count for folder, count in counts.items() if count > MOST_MODULES}


def test_a_short_module_says_why_it_stands_alone():
    short = {name: path.read_text() for name, path in PATHS.items() if name.startswith("ccds_core.")}
    short = {name: text for name, text in short.items() if name not in PACKAGES and len(text.splitlines()) < 40}
    assert not [
        name for name, text in short.items() if "stands alone" not in (ast.get_docstring(ast.parse(text)) or "")
    ]


def test_importing_the_core_loads_neither_torch_nor_streamlit():
    assert not loaded_after("import ccds_core") & {"torch", "streamlit", "numpy", "pandas"}


def test_help_loads_no_heavy_library():
    statement = (
        "import sys; sys.argv = ['x', '--help']\n"
        "from ccds_core.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert stop.code == 0"
    )
    assert not loaded_after(statement) & {"torch", "pandas", "streamlit", "pydantic"}


def test_listing_and_comparing_runs_loads_no_torch():
    statement = "from ccds_core.config import report; from ccds_core.runs import comparison, consensus, records"
    assert "torch" not in loaded_after(f"{statement}; records.list_runs()")


def test_pages_load_no_model_library_before_their_title():
    """Imports take some ten seconds on a slow laptop: a title and a sentence stand there meanwhile."""
    wanted = []
    for path in sorted((ROOT / "pages").glob("*.py")):
        if path.stem not in OPEN_LATE:
            lines = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
            wanted += map(ast.unparse, lines)
    assert len(wanted) > 20
    assert not loaded_after("\n".join(wanted)) & {"torch", "transformers", "gensim", "captum"}


@pytest.mark.slow
def test_the_whole_core_runs_without_streamlit():
    names = sorted(name for name in PATHS if name.startswith("ccds_core"))
    loaded = loaded_after("import " + ", ".join(names))
    assert "torch" in loaded
    assert "streamlit" not in loaded


@pytest.mark.parametrize(
    "word",
    ["unsafe_allow_html", "pickle.load", "torch.load", "allow_pickle=True", "import pickle\n", "except Exception"],
)
def test_no_source_file_runs_what_it_reads_or_swallows_bugs(word):
    lines = {name: path.read_text().splitlines(keepends=True) for name, path in PATHS.items()}
    guilty = {name for name, found in lines.items() if any(word in line and LIBRARY not in line for line in found)}
    assert not guilty


def test_no_source_file_is_longer_than_the_measures_allow():
    long = {name: n for name, path in PATHS.items() if (n := len(path.read_text().splitlines())) >= 220}
    assert not long  # the measure is 200; a tenth more is left for the better line
