"""The wheel carries the whole app and nothing else, and what it installs answers from any folder."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("ccds_core", "pages", "checkpoints", ".streamlit")
FILES = ("pyproject.toml", "setup.py", "requirements.txt", "README.md", "LICENSE", "streamlit_app.py")
STRAYS = (  # what may lie about in a checkout, and must stay there
    "tests/test_nothing.py",
    "data/emotion/train.txt",
    "runs/mine/config.json",
    ".streamlit/secrets.toml",
    "pages/__pycache__/home.cpython-311.pyc",
    "pages/.mypy_cache/home.json",
    "checkpoints/.DS_Store",
)
PIP = [sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps", "--no-build-isolation"]
PATHS = "from ccds_core import paths as p; print(p.PROJECT, p.data_dir(), p.models_dir(), p.runs_dir(), p.cache_dir())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built without network from a copy of the checkout in which strays lie."""
    copy, built = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name)
    for name in FILES:
        shutil.copyfile(ROOT / name, copy / name)
    for stray in STRAYS:
        (copy / stray).parent.mkdir(parents=True, exist_ok=True)
        (copy / stray).write_text("stray")
    subprocess.run([*PIP, "-w", built, copy], check=True)
    (path,) = built.glob("ccds_explorer-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """How a command is started where the wheel's files are importable and the checkout is not."""
    place, home = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("home")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CCDS_", "XDG_"))}
    return {"cwd": home, "env": clean | {"PYTHONPATH": str(place), "HOME": str(home)}}


def files_of(root, *folders):
    """The files of a checkout that belong to the app, relative to it."""
    paths = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    names = [path.relative_to(root) for path in paths]
    return {str(name) for name in names if "__pycache__" not in name.parts and not name.name.startswith(".")}


def test_the_wheel_carries_the_app_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    app = {"streamlit_app.py", ".streamlit/config.toml", *files_of(ROOT, "pages", "checkpoints")}
    assert carried == files_of(ROOT, "ccds_core") | {f"ccds_core/_app/{name}" for name in app}
    assert "ccds_core/_app/checkpoints/bert-emotion/weights.safetensors" in carried
    assert "ccds_core/_app/pages/ui/attention/head_grid/main.js" in carried


def test_what_is_made_lies_in_the_users_data_folder(installed):
    done = subprocess.run([sys.executable, "-c", PATHS], **installed, capture_output=True, text=True, check=True)
    project, *places = map(Path, done.stdout.split())
    assert project.parts[-2:] == ("ccds_core", "_app")
    assert {place.parent for place in places} == {installed["cwd"] / ".local" / "share" / "ccds-explorer"}


def test_an_installed_command_answers_from_another_folder(installed):
    command = [sys.executable, "-m", "ccds_core", "predict", "--text", "I was so glad", "--json"]
    done = subprocess.run(command, **installed, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["prediction"] == "joy"
    version = subprocess.run([*command[:3], "--version"], **installed, capture_output=True, text=True, check=True)
    assert version.stdout.startswith("ccds 0.")


def test_an_installed_app_starts_from_another_folder_with_its_own_settings(installed, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        command = [sys.executable, "-m", "ccds_core", "app", "--port", str(port)]
        process = subprocess.Popen(command, **installed, stdout=output, stderr=output)
        try:
            assert health_of(port) == "ok", log.read_text()
            with pytest.raises(HTTPError, match="403"):  # the check of names comes with the app
                urlopen(Request(f"http://127.0.0.1:{port}/", headers={"Host": "lab.school"}))
        finally:
            process.terminate()
            process.wait(timeout=30)
    assert f"URL: http://localhost:{port}" in log.read_text()  # the address in .streamlit/config.toml


def health_of(port, limit=60.0):
    """What the server answers, once it does."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            return urlopen(f"http://127.0.0.1:{port}/_stcore/health").read().decode()
        except URLError:
            time.sleep(0.2)
    return ""
