"""Plain words in `--help`, in raised errors and in the documents; `tests/pages/test_words.py` has the pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from ccds_core.cli.main import app
from tests.support.words import LABELS, PHRASES, find_words

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "DATA.md", "SECURITY.md", "checkpoints/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
SOURCES = [*sorted((ROOT / "ccds_core").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
FAULTS = "faults"  # the variable in which a record collects what `raise_faults` raises


def helps_of(command: typer.core.TyperCommand, name: str) -> Iterator[tuple[str, str]]:
    """The name and the help text of a command and of all commands below it."""
    context = typer.Context(command, info_name=name, terminal_width=10_000)
    yield name, command.get_help(context)
    for part, below in getattr(command, "commands", {}).items():
        yield from helps_of(below, f"{name} {part}")


def strings_of(node: ast.AST) -> Iterator[str]:
    """All text in an expression, that of f-strings and their format specifications included."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def error_texts(source: str) -> Iterator[str]:
    """What a module raises: arguments of raised exceptions, and phrases that are collected in `faults`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from strings_of(node.exc)
        elif isinstance(node, ast.Assign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == FAULTS for target in targets):
                yield from strings_of(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == f"{FAULTS}.append":
            yield from strings_of(node)


def assert_plain(texts):
    """Fail with a list of the words that were found, one per line."""
    words = find_words(texts)
    assert not words, "\n".join(words)


HELPS = dict(helps_of(typer.main.get_command(app), "ccds"))


BAD = ("78.2%", "That are 210,000 characters", "1 updates", r"Is it true\?", "Measure", "78%)")
GOOD = ("78.2 %", "21 updated", "1 step", "11 epochs", "?x=5%20y", "Faithfulness measure", "Update-to-weight ratio")


@pytest.mark.parametrize("text", BAD)
def test_a_forbidden_word_is_found(text):
    assert len(find_words([text])) == 1


@pytest.mark.parametrize("text", GOOD)
def test_plain_text_gives_no_false_alarm(text):
    assert not find_words([text])


def test_no_word_is_listed_twice():
    assert len(set(PHRASES)) == len(PHRASES) > 90
    assert LABELS


@pytest.mark.parametrize("command", HELPS)
def test_help_uses_plain_words(command):
    assert_plain([HELPS[command]])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_errors_use_plain_words(path):
    assert_plain(error_texts(path.read_text()))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_use_plain_words(path):
    assert_plain(re.sub(r"`[^`\n]+`", "", path.read_text()).split("\n\n"))  # names in the code may be older
