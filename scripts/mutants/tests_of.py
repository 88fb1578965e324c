"""Which tests a module has: those that import it, and those whose path mirrors its own."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NEAR, MOST = 4, 12  # test files of a module: those that are run at first, and all
LEFT_OUT = ("tests/browser", "tests/load", "tests/js")  # they start servers, and would take minutes for each change


def list_tests(root: Path, path: str) -> list[str]:
    """At most MOST test files of a module, the NEAR ones first; all paths are relative to the root.

    Those that mirror its path come first, then those that import it: those beside first, then by what else they import.
    Where there are none, those that import a module that imports it.
    """
    imports = _test_imports(root)
    mirrored = [test for test in imports if _mirrors(test, path)]
    wanted, seen = {_dotted(path)}, set[str]()
    direct: list[str] = []
    while wanted and not direct:  # where no test imports it, those that import what imports it
        direct = [test for test, names in imports.items() if names & wanted]
        seen |= wanted
        wanted = {module for module, names in _source_imports(root).items() if names & wanted} - seen
        if mirrored:
            break
    mirrored.sort(key=lambda test: Path(test).stem != f"test_{Path(path).stem}")
    folder = str(_mirror(path).parent)
    direct.sort(key=lambda test: (not test.startswith(folder), len(imports[test])))
    return list(dict.fromkeys([*mirrored, *direct]))[:MOST]


def _mirror(path: str) -> Path:
    """ccds_core/data/splits.py -> tests/core/data/splits.py, pages/ui/images/views.py -> tests/pages/images/views.py"""
    return Path("tests") / path.replace("ccds_core/", "core/").replace("pages/ui/", "pages/")


def _mirrors(test: str, path: str) -> bool:
    """The test of the same name, with or without a word more; for a page all of its folder, for `shared` any page."""
    mirror = _mirror(path)
    if mirror.parts[1] != "pages":
        beside = Path(test).parent == mirror.parent and Path(test).stem.startswith(f"test_{mirror.stem}")
        return beside or Path(test).parent == mirror.with_suffix("")
    page = mirror.with_suffix("").parts[2]
    if page == "shared":
        return test == str(mirror.with_name(f"test_{mirror.name}")) or test.endswith("/test_page.py")
    return test.startswith((f"tests/pages/{page}/", f"tests/pages/test_{page}."))


def _dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


@cache
def _source_imports(root: Path) -> dict[str, frozenset[str]]:
    """Each module of the code with the modules that it imports."""
    paths = [*(root / "ccds_core").rglob("*.py"), *(root / "pages").rglob("*.py")]
    return {_dotted(str(path.relative_to(root))): frozenset(_imported(path)) for path in sorted(paths)}


@cache
def _test_imports(root: Path) -> dict[str, frozenset[str]]:
    """Each test file with the modules that it imports, itself or through a helper in tests/support."""
    paths = {str(path.relative_to(root)): path for path in sorted((root / "tests").rglob("*.py"))}
    own = {name: frozenset(_imported(path)) for name, path in paths.items()}
    support = {_dotted(name): name for name in own if name.startswith("tests/support")}
    tests = [name for name in own if Path(name).stem.startswith("test_") and not name.startswith(LEFT_OUT)]
    return {test: own[test].union(*(own[support[name]] for name in own[test] if name in support)) for test in tests}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
