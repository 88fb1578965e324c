"""The README and docs/ keep their word: their commands parse, their links lead somewhere, their make targets exist."""

import json
import re
from pathlib import Path

import pytest

from ccds_core.cli.main import app as command_line
from ccds_core.cli.options import default_name
from ccds_core.config.presets import PRESETS
from scripts.make_checkpoints import LOTTERY, SEEDS
from tests.support.page_reading import assert_parses

ROOT = Path(__file__).resolve().parent.parent
FILES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def prose_of(text):
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


TEXTS = {file: file.read_text() for file in FILES if file.is_file()}
TEXT = "\n".join(TEXTS.values())
PROSE = prose_of(TEXT)
SHELL = [
    line.strip()
    for block in re.findall(r"^```sh\n(.*?)^```$", TEXT, flags=re.M | re.S)
    for line in block.splitlines()
    if line.strip() and not line.strip().startswith("#")
]
CODE = re.findall(r"`([^`\n]+)`", PROSE)
LINKS = sorted(
    (str(file.relative_to(ROOT)), link)
    for file, text in TEXTS.items()
    for link in {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(text)) if "://" not in link}
    - {""}
)
WRITTEN = [re.sub(r"^ccds ", "python -m ccds_core ", line) for line in [*SHELL, *CODE]]  # the installed command
COMMANDS = sorted({line for line in WRITTEN if line.startswith("python -m ccds_core")})
LAUNCHED = [line for line in [*SHELL, *CODE] if " -m ccds_core" in line and not line.startswith("python")]
MADE = sorted({line.split()[1] for line in [*SHELL, *CODE] if re.match(r"make [a-z]", line)})
PLACES = [  # what the documents call by name and what no clone lacks; data/, runs/ and .cache/ are made later
    code
    for code in CODE
    if re.fullmatch(r"[\w.-]+(/[\w.-]*)+|[\w-]+\.(py|md|toml|txt|lock|sh)", code)
    and not re.match(r"(data|models|runs|\.cache|train|test)/", code)
]
RUN_FILES = {"config.json", "metrics.json", "weights.safetensors", "manifest.json"}
RUN_FILES |= {"vocabulary.json", "tokenizer.json", "encoder.json"}
PIP = re.compile(r"pip install -r (\S+)")
STREAMLIT = re.compile(r"streamlit run (\S+)")

pytestmark = pytest.mark.skipif(ROOT / "README.md" not in TEXTS, reason="there is no README.md yet")


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


@pytest.mark.parametrize(("file", "link"), LINKS)
def test_a_link_of_the_readme_leads_to_a_file(file, link):
    assert ((ROOT / file).parent / link).exists()


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_links_within_the_readme_lead_to_headings(file):
    prose = prose_of(TEXTS[file])
    headings = re.findall(r"^#+ (.+)$", prose, flags=re.M)
    anchors = set(re.findall(r"\]\(#([^)\s]+)\)", prose))
    assert anchors <= {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


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
    lines = "\n".join([*SHELL, *CODE])
    files = [*PIP.findall(lines), *STREAMLIT.findall(lines)]
    assert len(files) >= 2
    assert all((ROOT / file).is_file() for file in files)


def test_every_variable_of_the_readme_is_read_by_the_code():
    variables = set(re.findall(r"CCDS_[A-Z_]+", TEXT))
    source = "".join(
        path.read_text() for folder in ("ccds_core", "pages", "tests") for path in (ROOT / folder).rglob("*.py")
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
