"""Charts: one colour per class everywhere, axes with names and units, and the same image as PNG and SVG."""

import io
import re

import numpy as np
import pandas as pd
import pytest
import vl_convert
from PIL import Image

from ccds_core.data.cifar10 import CLASSES
from ccds_core.figures.accuracy_dots import accuracy_dots
from ccds_core.figures.confusion_heatmap import confusion_heatmap, largest_confusion
from ccds_core.figures.export import PNG_SCALE, TEXT, chart_png, chart_spec, chart_svg, panels_of
from ccds_core.figures.learning_curves import learning_curves
from ccds_core.figures.palette import IMAGE_CLASS_COLOURS, PANEL_LETTERS, panel_title
from ccds_core.figures.probability_bars import probability_bars
from ccds_core.runs.comparison import accuracy_rows
from tests.support.made_up_runs import make_evaluation, make_history, make_prediction, make_record

RUNS = [make_record(name, test=make_evaluation(0.5 + n / 10)) for n, name in enumerate(("architecture-1", "mine"))]
ANSWERS = {"one": make_prediction("cat"), "two": make_prediction("ship", 0.4)}
CHARTS = {
    "learning curves": lambda: learning_curves(RUNS, "loss", "What to see"),
    "accuracy curves": lambda: learning_curves(RUNS, "accuracy", "What to see"),
    "bars": lambda: probability_bars(ANSWERS, "What to see"),
    "dots": lambda: accuracy_dots(accuracy_rows(RUNS), "What to see"),
    "rates": lambda: confusion_heatmap(RUNS[0].metrics.test, "What to see", rates=True),
    "counts": lambda: confusion_heatmap(RUNS[0].metrics.test, "What to see", rates=False),
}
AXES = {
    "learning curves": {"epoch", "loss"},
    "accuracy curves": {"epoch", "accuracy"},
    "bars": {"probability"},
    "dots": {"test accuracy"},
    "rates": {"true class", "predicted class"},
    "counts": {"true class", "predicted class"},
}


def every(key, node):
    """All values under a key, anywhere in a chart's specification."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from every(key, value)
    elif isinstance(node, list):
        for value in node:
            yield from every(key, value)


def axis_titles(chart):
    """What stands at the axes once Vega-Lite has merged the layers."""
    drawn = vl_convert.vegalite_to_vega(chart.to_dict())
    marks = [mark["title"]["text"] for group in every("marks", drawn) for mark in group if "title" in mark]
    axes = [axis.get("title") for group in every("axes", drawn) for axis in group]
    return {title for title in [*axes, *marks] if isinstance(title, str)}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_its_axes_show(name):
    assert axis_titles(CHARTS[name]()) == AXES[name]


@pytest.mark.parametrize("name", ["learning curves", "bars"])
def test_the_panels_of_a_chart_alone_show_what_they_show_together(name):
    """Alone, a panel can be as wide as its part of a page."""
    chart = CHARTS[name]()
    panels = panels_of(chart)
    together = pd.concat([panel.data for panel in panels.values()])
    assert len(together) == len(chart.data)
    for title, panel in panels.items():
        field = "model" if name == "bars" else "run"
        assert set(panel.data[field]) == {title}
        assert AXES[name] <= axis_titles(panel)
        assert panel.to_dict()["title"]["text"] == [title]
    assert chart.spec.to_dict(context={"pre_transform": False}).get("title") is None, "the chart itself stays as it was"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_the_finding_it_was_given_as_its_title(name):
    assert CHARTS[name]().to_dict()["title"] == "What to see"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_as_png_and_svg_without_a_browser(name):
    chart = CHARTS[name]()
    png, svg = chart_png(chart), chart_svg(chart)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert svg.lstrip().startswith(b"<svg")
    assert b"What to see" in svg
    image = Image.open(io.BytesIO(png))
    width = float(re.search(rb'width="([\d.]+)"', svg).group(1))
    assert image.width == pytest.approx(PNG_SCALE * width, rel=0.02)
    assert len(np.unique(np.asarray(image.convert("L")))) > 10, "something is drawn"


@pytest.mark.parametrize("name", CHARTS)
def test_no_text_of_a_chart_is_too_small_for_a_projector(name):
    spec = chart_spec(CHARTS[name]())
    sizes = [
        size for key in ("fontSize", "labelFontSize", "titleFontSize", "subtitleFontSize") for size in every(key, spec)
    ]
    assert min(sizes) >= TEXT
    assert {"axis", "header", "legend", "text", "title"} <= spec["config"].keys(), "whose own sizes are 10 to 12"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_asks_no_other_machine_for_anything(name):
    specification = CHARTS[name]().to_dict()
    assert list(every("url", specification)) == []
    assert b"http" not in re.sub(rb'xmlns(:\w+)?="[^"]*"', b"", chart_svg(CHARTS[name]()))


def test_bars_use_the_colours_of_the_classes_and_show_every_probability():
    specification = CHARTS["bars"]().to_dict()
    scale = next(color["scale"] for color in every("color", specification) if "scale" in color)
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == IMAGE_CLASS_COLOURS
    (rows,) = specification["datasets"].values()
    assert len(rows) == 2 * len(CLASSES)
    for name in ANSWERS:
        own = [row for row in rows if row["model"] == name]
        assert sum(row["probability"] for row in own) == pytest.approx(1)
        assert [row["class"] for row in own if row["top"]] == [ANSWERS[name].label]


@pytest.mark.parametrize("rates", [True, False])
def test_a_matrix_shows_every_pair_of_classes_once_with_readable_numbers(rates):
    test = make_evaluation(0.7)
    (rows,) = confusion_heatmap(test, "title", rates).to_dict()["datasets"].values()
    assert len(rows) == 100
    for row in rows:
        i, j = CLASSES.index(row["label"]), CLASSES.index(row["prediction"])
        assert row["count"] == test.confusion[i][j]
        assert row["fraction"] == pytest.approx(row["count"] / 20)
        if row["count"]:
            assert float(row["shown"]) == pytest.approx(row["fraction"] if rates else row["count"], abs=0.005)
        else:
            assert row["shown"] == ""


def test_the_largest_confusion_is_named_with_label_first():
    label, prediction, count = largest_confusion(make_evaluation(0.7))
    assert CLASSES[(CLASSES.index(label) + 1) % 10] == prediction
    assert count == max(make_evaluation(0.7).confusion[CLASSES.index(label)][CLASSES.index(prediction)], 1)


def test_a_panel_stands_for_each_run_however_many():
    for count in (1, 2, 3, 7):
        records = [make_record(f"run-{n}", make_history((1.0, 0.9))) for n in range(count)]
        chart = learning_curves(records, "loss", "title").to_dict()
        assert chart["columns"] <= 3
        assert chart["facet"]["sort"] == [record.name for record in records]


@pytest.mark.parametrize(
    "title", ["Lowest loss after 100 steps: with SGD, learning rate 0.01, 2.31", "Short", "a" * 60]
)
def test_the_title_of_a_panel_takes_as_many_lines_as_it_needs(title):
    """One line would be cut at the edge of a third of a page, or of a phone."""
    lines = panel_title(title).to_dict()["text"]
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert max(map(len, lines)) <= PANEL_LETTERS
