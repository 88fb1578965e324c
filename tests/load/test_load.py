"""The load script measures: what it waits for is what the pages say, and a page that fails is told as an error.

The whole class: `python -m tests.load --sessions 40 --flows 240`, and `--train` while a run trains.
"""

import asyncio
import random
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psutil
import pytest

from ccds_core.data.uploads import centre_square, read_image
from ccds_core.runs.consensus import sureness_title
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.browser.conftest import serve
from tests.load.__main__ import server_behind
from tests.load.flows import FLOWS, Student, go_home, make_photo, upload_image
from tests.load.load_test import Plan, send_visitors
from tests.load.visitor import PageError, Visitor
from tests.support.run_fixtures import SHIPPED, Shelf, build_shelf

Result = TypeVar("Result")


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """In a thread of its own: where browser tests ran before, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    return build_shelf(tmp_path_factory.mktemp("load-shelf"))


@pytest.fixture(scope="module")
def address(shelf, tmp_path_factory):
    log = tmp_path_factory.mktemp("load-server") / "log.txt"
    with serve(shelf, log) as found:
        yield found
    assert "Traceback" not in log.read_text()


def test_an_uploaded_image_gives_the_prediction_of_the_networks(address, shelf, monkeypatch):
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(shelf.checkpoints))
    photo = make_photo(random.Random(3))
    networks = [load_classifier(find_run(name)) for name in SHIPPED]
    images = networks[0].encode(centre_square(read_image(photo)))
    predictions = {network.name: network.predict(images) for network in networks}

    async def upload() -> str:
        visitor = await Visitor.arrive(address)
        await visitor.visit("images")
        await visitor.choose(images_source=["Upload"])
        shown = await visitor.upload("images_upload", "photo.jpg", photo)
        await visitor.leave()
        return shown.text

    text = run_apart(upload())
    assert sureness_title(predictions) in text


def test_two_students_are_measured_without_an_error(address, monkeypatch):
    for name in set(FLOWS) - {"home", "image", "compare", "toggles"}:  # the shelf has no text models
        monkeypatch.delitem(FLOWS, name)
    outcome = run_apart(send_visitors(address, server_behind(address), Plan(2, 8, 0.0)))
    assert outcome.errors == []
    assert outcome.n_flows == 8
    assert {wait.step for wait in outcome.waits} >= {"open", "upload", "first view", "dropout"}
    assert all(wait.seconds > 0 and wait.n_bytes > 0 for wait in outcome.waits)
    assert outcome.memory_peak > 50


def test_a_page_that_lacks_what_it_should_show_is_an_error(address):
    student = Student(address, random.Random(0), 0.0)

    async def ask() -> None:
        await go_home(student)
        with pytest.raises(PageError, match="no 'a thing that is not there'"):
            await student.wait("home", "open", student.tab.visit("home"), "a thing that is not there")
        with pytest.raises(PageError, match="no widget 'images_upload'"):
            await student.tab.upload("images_upload", "photo.jpg", b"")
        await student.tab.leave()

    run_apart(ask())


def test_the_server_is_the_process_that_is_measured(address):
    assert "streamlit" in " ".join(server_behind(address).cmdline())
    assert server_behind(address).pid in {child.pid for child in psutil.Process().children()}
    assert upload_image in FLOWS.values()
