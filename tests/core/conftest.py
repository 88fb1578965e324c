"""What the core's tests share: the CNN with few channels and a run of it that may be damaged; runs on small texts."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ccds_core.cli import main
from ccds_core.jobs import launcher, worker
from ccds_core.models import cnn_layers
from ccds_core.runs import execute
from tests.conftest import TINY
from tests.support.small_texts import TEXT_MODELS, text_config, write_base, write_csv


@dataclass(frozen=True)
class Answer:
    """What the command line gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, which must be JSON and nothing else."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def ccds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """`python -m ccds_core` with these words, in this process."""

    def run(*words: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["python -m ccds_core", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main.main()
        shown = capsys.readouterr()
        return Answer(int(stopped.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture
def small_cnn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workshop's network with a few channels: the same layers and names, trained in a blink."""
    _shrink(monkeypatch)


@pytest.fixture(scope="session")
def small_run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`TINY` trained with the small network; copied for each test."""
    root = tmp_path_factory.mktemp("small-runs")
    with pytest.MonkeyPatch.context() as patch:
        _shrink(patch)
        patch.setenv("CCDS_RUNS_DIR", str(root))
        patch.setenv("CCDS_CHECKPOINTS_DIR", str(root / "none"))
        list(execute.run(replace(TINY, name="small")))
    return root / "small"


@pytest.fixture
def small_run(small_run_folder: Path, runs_folder: Path, checkpoints_folder: Path, small_cnn: None) -> Path:
    """The folder of a finished run named "small", this test's own, with the small network in place."""
    runs_folder.mkdir()
    return Path(shutil.copytree(small_run_folder, runs_folder / "small"))


@pytest.fixture(scope="session")
def texts_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small texts as a CSV; nobody may change it."""
    return write_csv(tmp_path_factory.mktemp("texts") / "small.csv")


@pytest.fixture(scope="session")
def bert_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny pretrained encoder; nobody may change it."""
    return write_base(tmp_path_factory.mktemp("bases") / "tiny-bert")


@pytest.fixture(scope="session")
def text_runs_folder(tmp_path_factory: pytest.TempPathFactory, texts_csv: Path, bert_base: Path) -> Path:
    """A finished run of every text family, named like it; nobody may change them."""
    root = tmp_path_factory.mktemp("text-runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCDS_RUNS_DIR", str(root))
        patch.setenv("CCDS_CHECKPOINTS_DIR", str(root / "none"))
        for model in TEXT_MODELS:
            list(execute.run(text_config(model, texts_csv, bert_base)))
    return root


@pytest.fixture
def text_runs(text_runs_folder: Path, checkpoints_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the runs that this test finds, one of every text family; to be read, not changed."""
    monkeypatch.setenv("CCDS_RUNS_DIR", str(text_runs_folder))
    return text_runs_folder


@pytest.fixture
def scheduler(
    runs_folder: Path, checkpoints_folder: Path, cache_folder: Path, small_cnn: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[worker.Scheduler]:
    """The worker's scheduler in this process, with the small network."""
    monkeypatch.setattr(launcher, "ensure", lambda patience=0.0: None)
    monkeypatch.setattr(worker, "LISTEN", 0.0)
    scheduler = worker.Scheduler()
    yield scheduler
    scheduler.clear()


def _shrink(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cnn_layers, "STAGES", ((4, 8), (8, 8), (8, 8)))
    patch.setattr(cnn_layers, "HIDDEN", (32, 16))
