"""What a visitor takes home: every download button's file is what its label says."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import pandas as pd
import pytest
import streamlit as st
from PIL import Image

from tests.support.run_fixtures import UNFINISHED

pytestmark = pytest.mark.usefixtures("shelf")

RUNS = ["architecture-1", "architecture-4", UNFINISHED]
VIEWS = ("Scores", "Curves", "Confusion", "Classes", "Hyperparameters & cost")
LOOKS = {"images": ("images", {})} | {view: ("compare", {"compare_view": view, "compare_runs": RUNS}) for view in VIEWS}


@dataclass(frozen=True)
class Offer:
    """One download button: what it is called, and how its file is made when asked for."""

    label: str
    make: Callable[[], str | bytes]
    file_name: str
    kind: str


@pytest.fixture
def offers(monkeypatch):
    """What the page of this test offers, in order."""
    made = []

    def record(label, data, file_name, mime, **options):
        made.append(Offer(label, data if callable(data) else lambda: data, file_name, mime))
        assert options["key"]

    monkeypatch.setattr(st, "download_button", record)
    return made


@pytest.mark.parametrize(("name", "query"), LOOKS.values(), ids=LOOKS)
def test_every_file_is_what_its_button_says(open_page, offers, name, query):
    assert not open_page(name, **query).exception
    assert offers
    for offer in offers:
        suffix = offer.file_name.rsplit(".", 1)[1]
        assert suffix == offer.label.lower()
        CHECKS[suffix](offer.make())
    assert len({offer.file_name for offer in offers}) == len(offers)


def test_figures_come_as_csv_png_and_svg(open_page, offers):
    open_page("compare", compare_view="Curves", compare_runs=RUNS)
    assert [offer.label for offer in offers] == ["CSV", "PNG", "SVG"]
    curves = pd.read_csv(io.BytesIO(offers[0].make()))
    assert {"run", "epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy"} <= set(curves.columns)
    assert set(curves["run"]) == set(RUNS)


def test_no_file_is_made_before_it_is_asked_for(open_page, monkeypatch):
    def never(chart):
        raise AssertionError("made too early")

    monkeypatch.setattr("pages.ui.shared.panels.chart_png", never)
    monkeypatch.setattr("pages.ui.shared.panels.chart_svg", never)
    assert not open_page("images").exception


def _check_csv(content):
    assert len(pd.read_csv(io.BytesIO(content))) > 0
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet reads its letters"


def _check_png(content):
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        image.load()
        assert min(image.size) > 100
        assert image.convert("RGB").getextrema() != ((255, 255),) * 3  # not blank


def _check_svg(content):
    root = ElementTree.fromstring(content)
    assert root.tag.endswith("svg")
    assert next(root.iter("{http://www.w3.org/2000/svg}text"), None) is not None


CHECKS = {"csv": _check_csv, "png": _check_png, "svg": _check_svg}
