"""What all tests share: separate folders, fixed seeds, and one tiny finished run."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# One thread a process, here and in what the tests start: two that wait for each other on cores that do other work
# besides made 100 steps of small networks 20 times slower. Before torch is imported, which reads it then.
os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}

import pytest
from hypothesis import settings

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from tests.support import fuzzing

os.environ["STREAMLIT_CLIENT_SHOW_ERROR_DETAILS"] = "full"  # before streamlit is imported: a page's bug stays loud
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")

TINY = RunConfig(
    "tiny",
    options=CnnOptions(linear_batch_norm=True),
    data=DataConfig("digits", "seeded", limit=150),
    train=TrainConfig(epochs=2, batch_size=25, precision="float32"),
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts of fuzzing, where they were asked for."""
    if fuzzing.TALLIES and (fuzzing.FUZZ >= 1 or terminalreporter.config.get_verbosity() > 0):
        terminalreporter.section("fuzzing")
        for line in fuzzing.lines_of_table():
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def plain_arithmetic() -> Iterator[None]:
    """A run rounds denormal numbers to zero in the whole process; the next test counts with them again."""
    yield
    if torch := sys.modules.get("torch"):
        torch.set_flush_denormal(False)


@pytest.fixture
def runs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's runs are written; empty, and not yet there."""
    return _set_folder("RUNS", tmp_path, monkeypatch)


@pytest.fixture
def checkpoints_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's shipped runs lie; empty, and not yet there."""
    return _set_folder("CHECKPOINTS", tmp_path, monkeypatch)


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's data sets lie; empty, and not yet there."""
    return _set_folder("DATA", tmp_path, monkeypatch)


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's decoded images are cached; empty, and not yet there."""
    return _set_folder("CACHE", tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def tiny_run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`TINY`, trained once for the whole session with the network at its real size; nobody may change it."""
    from ccds_core.runs import execute  # and torch, which the process that hands the tests out can do without

    root = tmp_path_factory.mktemp("shared-runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCDS_RUNS_DIR", str(root))
        patch.setenv("CCDS_CHECKPOINTS_DIR", str(root / "none"))
        list(execute.run(TINY))
    return root / TINY.name


@pytest.fixture
def tiny_run(tiny_run_folder: Path, checkpoints_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the one run that this test finds; to be read, not changed."""
    monkeypatch.setenv("CCDS_RUNS_DIR", str(tiny_run_folder.parent))
    return tiny_run_folder.name


def _set_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / name.lower()
    monkeypatch.setenv(f"CCDS_{name}_DIR", str(folder))
    return folder
