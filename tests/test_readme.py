"""The README keeps its word: its commands parse, its links lead somewhere, its make targets exist."""

import json
import re
from pathlib import Path

import pytest

from ccds_core.cli import app as command_line
from ccds_core.cli_train import default_name
from ccds_core.presets import PRESETS
from ccds_core.shipping import LOTTERY, SEEDS
from tests.pages.reading import assert_parses

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
TEXT = README.read_text() if README.is_file() else ""
PROSE = re.sub(r"^```.*?^```$", "", TEXT, flags=re.M | re.S)
SHELL = [
    line.strip()
    for block in re.findall(r"^```sh\n(.*?)^```$", TEXT, flags=re.M | re.S)
    for line in block.splitlines()
    if line.strip() and not line.strip().startswith("#")
]
CODE = re.findall(r"`([^`\n]+)`", PROSE)
LINKS = sorted({link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", PROSE) if "://" not in link} - {""})
ANCHORS = re.findall(r"\]\(#([^)\s]+)\)", PROSE)
COMMANDS = sorted({line for line in [*SHELL, *CODE] if line.startswith("python -m ccds_core")})
LAUNCHED = [line for line in [*SHELL, *CODE] if " -m ccds_core" in line and not line.startswith("python")]
MADE = sorted({line.split()[1] for line in [*SHELL, *CODE] if re.match(r"make [a-z]", line)})
PLACES = [  # what the README calls by name and what no clone lacks; data/, runs/ and .cache/ are made later
    code
    for code in CODE
    if re.fullmatch(r"[\w.-]+(/[\w.-]*)+|[\w-]+\.(py|md|toml|txt|lock|sh)", code)
    and not re.match(r"(data|models|runs|\.cache|train|test)/", code)
]
RUN_FILES = {"config.json", "metrics.json", "weights.safetensors", "manifest.json"}
RUN_FILES |= {"vocabulary.json", "tokenizer.json", "encoder.json"}
PIP = re.compile(r"pip install -r (\S+)")
STREAMLIT = re.compile(r"streamlit run (\S+)")

pytestmark = pytest.mark.skipif(not TEXT, reason="there is no README.md yet")


def test_the_readme_shows_the_command_line():
    assert len(COMMANDS) >= 3
    assert SHELL


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_parses(command):
    assert_parses(command)


@pytest.mark.parametrize("command", LAUNCHED)
def test_a_launched_command_of_the_readme_parses(command):
    assert_parses("python -m ccds_core" + command.split(" -m ccds_core", 1)[1])


def test_a_run_that_the_readme_trains_takes_no_name_of_a_shipped_one():
    """A name can be used once, so the command would end in an error on every clone."""
    shipped = {*PRESETS, *(f"{preset}-seed-{seed}" for preset in LOTTERY for seed in SEEDS[1:])}
    trained = [assert_parses(line) for line in COMMANDS if " train " in line and "bench" not in line]
    names = {asked["name"] or default_name(asked["preset"], asked) for asked in trained if not asked["resume"]}
    assert names
    assert not names & shipped


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_the_readme_leads_to_a_file(link):
    assert (ROOT / link).exists()


def test_links_within_the_readme_lead_to_headings():
    headings = re.findall(r"^#+ (.+)$", PROSE, flags=re.M)
    assert set(ANCHORS) <= {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("place", sorted(set(PLACES)))
def test_a_file_that_the_readme_names_is_there(place):
    assert (ROOT / place).exists()


@pytest.mark.parametrize("target", sorted({"app", "test"} | set(MADE)))
def test_a_make_target_of_the_readme_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.M)


def test_the_makefile_calls_commands_that_exist():
    recipes = re.findall(r"-m ccds_core ([a-z-]+(?: [a-z-]+)*)", (ROOT / "Makefile").read_text())
    for recipe in recipes:
        assert_parses(f"python -m ccds_core {recipe}")


def test_the_lines_without_make_install_and_start_what_is_there():
    lines = "\n".join(SHELL)
    files = PIP.findall(lines) + STREAMLIT.findall(lines)
    assert len(files) >= 2
    assert all((ROOT / file).is_file() for file in files)


def test_every_variable_of_the_readme_is_read_by_the_code():
    variables = set(re.findall(r"CCDS_[A-Z_]+", TEXT))
    source = "".join(
        path.read_text() for path in [*(ROOT / "ccds_core").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    )
    assert variables
    assert all(variable in source for variable in variables)


def test_every_verb_has_help():
    import typer

    group = typer.main.get_command(command_line)
    assert all(verb.help for verb in group.commands.values())


def test_a_shipped_run_holds_the_files_that_its_manifest_lists():
    for path in ROOT.glob("checkpoints/*/manifest.json"):
        files = json.loads(path.read_text())
        assert set(files) <= RUN_FILES, path.parent.name
        assert all((path.parent / file).is_file() for file in files), path.parent.name
