"""What the page tests share: the shelf of tiny runs, and the app opened on it, always from the entrypoint."""

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from ccds_core.jobs import launcher
from ccds_core.paths import PROJECT
from pages.ui.shared import charts
from tests.support.run_fixtures import NO_TEXTS, Shelf, build_shelf, has_shipped_texts

ENTRYPOINT = Path(__file__).resolve().parents[2] / "streamlit_app.py"
TIMEOUT = 60  # seconds; the first page imports torch, on a machine that may be busy
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page of these tests starts a process; what is queued waits."""
    monkeypatch.setattr(launcher, "ensure", lambda patience=0.0: None)


@pytest.fixture(autouse=True)
def checked_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every chart that a page draws here fits Vega-Lite's schema, or the page fails."""
    monkeypatch.setattr(charts, "CHECKED", True)


@pytest.fixture(scope="session", autouse=True)
def searched_once() -> Iterator[None]:
    """`AppTest` searches every installed package for components whenever it opens an app, a fifth of all its time."""
    with pytest.MonkeyPatch.context() as patch:
        search = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", search)
        yield


@pytest.fixture(scope="session")
def whole_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Built once; nobody may change it."""
    return build_shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def shelf(whole_shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The app finds the whole shelf."""
    return _stand_before(whole_shelf, monkeypatch)


@pytest.fixture
def small_shelf(whole_shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The app finds two shipped runs, copied, so that a test may damage them."""
    for name in ("architecture-1", "architecture-4"):
        shutil.copytree(whole_shelf.checkpoints / name, tmp_path / "checkpoints" / name)
    st.cache_resource.clear()
    yield _stand_before(Shelf(tmp_path / "checkpoints", tmp_path / "runs"), monkeypatch)
    st.cache_resource.clear()


@pytest.fixture
def empty_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The app finds no run at all."""
    st.cache_resource.clear()
    yield _stand_before(Shelf(tmp_path / "checkpoints", tmp_path / "runs"), monkeypatch)
    st.cache_resource.clear()


@pytest.fixture
def shipped_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The app finds the runs that this repository ships, and none that was made here."""
    if not has_shipped_texts():
        pytest.skip(NO_TEXTS)
    return _stand_before(Shelf(PROJECT / "checkpoints", tmp_path / "runs"), monkeypatch)


@pytest.fixture
def open_page() -> Open:
    """open_page(name, **query): a page in a new session, by deep link, opened on the choices in the URL."""

    def open_one(name: str, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(ENTRYPOINT, default_timeout=TIMEOUT)
        app.query_params = query
        return app.run() if name == "home" else app.switch_page(f"pages/{name}.py").run()

    return open_one


def _stand_before(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(shelf.checkpoints))
    monkeypatch.setenv("CCDS_RUNS_DIR", str(shelf.runs))
    return shelf
