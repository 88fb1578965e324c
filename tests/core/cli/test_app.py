"""`ccds app` starts the app; `--version` prints the version; the help names the command that was typed."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ccds_core.cli.app import app_command
from ccds_core.paths import PROJECT

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from ccds_core.cli.main import main
main()
"""


def usage_of(*program):
    """The first line of the help."""
    command = [sys.executable, *program, "--help"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def test_the_app_starts_on_the_port_and_streamlit_gets_the_further_options():
    command = app_command(8600, ["--server.address", "0.0.0.0"])
    assert command[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert Path(command[4]).is_file()
    assert command[5:] == ["--server.port", "8600", "--server.address", "0.0.0.0"]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_an_invalid_port_is_refused_in_one_sentence(ccds, port):
    answer = ccds("app", "--port", port)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Invalid value for '--port': ")
    assert len(answer.err.splitlines()) == 1


def test_the_version_is_that_of_the_project_file(ccds):
    stated = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    answer = ccds("--version")
    assert (answer.code, answer.out) == (0, f"ccds {stated}\n")


def test_usage_names_the_command_that_was_typed(tmp_path):
    (tmp_path / "ccds").write_text(SCRIPT)
    assert usage_of(tmp_path / "ccds") == "Usage: ccds [OPTIONS] COMMAND [ARGS]..."
    assert usage_of("-m", "ccds_core") == "Usage: python -m ccds_core [OPTIONS] COMMAND [ARGS]..."


def test_without_a_verb_the_help_is_shown(ccds):
    answer = ccds()
    assert answer.code == 2
    assert "Usage: " in answer.err
    assert "  app " in answer.err


def test_data_status_names_the_data_folder(ccds, data_folder, cache_folder, checkpoints_folder):
    assert f"The data folder is {data_folder}." in ccds("data", "status").out
