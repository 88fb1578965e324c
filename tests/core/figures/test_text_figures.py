"""Charts of words and of close scores: what is drawn can be told apart, and what is said is what is drawn."""

import json

import numpy as np
import pytest
import vl_convert

from ccds_core.data.emotion import CLASSES
from ccds_core.figures.accuracy_dots import ZOOMED, accuracy_dots
from ccds_core.figures.confusion_heatmap import confusion_heatmap
from ccds_core.figures.export import chart_spec
from ccds_core.figures.word_map import NO_CLASS, PlacedWord, neighbour_bars, word_map
from ccds_core.figures.word_strip import UNITS, Measured, WordRow, strip_title, word_strip
from ccds_core.results import percent
from ccds_core.runs.comparison import AccuracyRow
from ccds_core.runs.curves import curve_sentence
from tests.support.made_up_runs import make_evaluation, make_history, make_record

CLOSE = [AccuracyRow("a", "ours", "a", 0.93, 0.92, 0.94), AccuracyRow("b", "ours", "b", 0.9, 0.88, 0.92)]
FAR = [*CLOSE, AccuracyRow("c", "report", "workshop report", 0.22)]
KNOWN = [True, True]
JOY = Measured("joy")


def scenes(chart):
    """Every mark that Vega draws, as plain data."""
    scene = json.loads(json.dumps(vl_convert.vegalite_to_scenegraph(chart_spec(chart))))
    nodes = [scene["scenegraph"]]
    while nodes:
        node = nodes.pop()
        yield node
        nodes += node.get("items", [])


def axis_texts(chart):
    """What stands at the ticks of all axes."""
    return [
        item["text"] for node in scenes(chart) if node.get("role") == "axis-label" for item in node.get("items", [])
    ]


@pytest.mark.parametrize(("rows", "first"), [(CLOSE, ZOOMED), (FAR, 0.0)], ids=["close", "far"])
def test_close_scores_are_drawn_on_an_axis_that_parts_them(rows, first):
    ticks = [text for text in axis_texts(accuracy_dots(rows, "title")) if text.endswith("%")]
    assert ticks[0] == percent(first)
    assert ticks[-1] == "100 %"


def test_no_axis_of_cosines_goes_beyond_one():
    chart = neighbour_bars([("glad", 0.99), ("sad", -0.3)], {"glad": "joy"}, CLASSES, "title")
    ticks = [float(text.replace("\u2212", "-")) for text in axis_texts(chart) if text[-1].isdigit()]
    assert max(ticks) == 1
    assert min(ticks) <= 0


def test_a_fall_is_said_in_points_and_what_rounds_to_none_is_not_said():
    rows = {"one": WordRow(np.array([0.3, -0.1]), KNOWN), "two": WordRow(np.array([0.1, 0.0]), KNOWN)}
    said = strip_title(["so", "glad"], rows, JOY)
    assert said == "Without 'so' the probability of joy falls by 20 percentage points (mean of 2 models)"
    faint = {"one": WordRow(np.array([0.004, -0.1]), KNOWN)}
    assert strip_title(["so", "glad"], faint, JOY) == "No single word makes this model predict joy"


@pytest.mark.parametrize(("name", "said"), [("logit", "+1.5 logits"), ("fraction", "150 % of the attention on words")])
def test_every_unit_is_said_and_stands_at_the_axis(name, said):
    rows = {"one": WordRow(np.array([1.5, 0.0]), KNOWN)}
    measured = Measured("joy", name)
    assert said in strip_title(["so", "glad"], rows, measured)
    chart = word_strip(["so", "glad"], rows, measured, "title")
    ticks = [text for text in axis_texts(chart) if any(sign.isdigit() for sign in text)]
    assert any(text.startswith(("\u2212", "-")) for text in ticks) == UNITS[name].signed
    titles = {item["text"] for node in scenes(chart) if node.get("role") == "axis-title" for item in node["items"]}
    assert UNITS[name].name in titles


def test_a_question_mark_stands_at_each_word_that_a_model_does_not_know():
    rows = {"one": WordRow(np.array([0.3, -0.1]), [True, False]), "two": WordRow(np.array([0.1, 0.0]), KNOWN)}
    marks = [node for node in scenes(word_strip(["so", "glad"], rows, JOY, "title")) if node.get("text") == "?"]
    assert len(marks) == 1


@pytest.mark.parametrize(("width", "most"), [(330, 60), (1080, 300), (1700, 300)])
def test_on_the_map_the_word_looked_for_is_named_and_no_name_covers_another(width, most):
    generator = np.random.default_rng(0)
    points = [PlacedWord(f"word{n}", *generator.normal(size=2), CLASSES[n % 6]) for n in range(300)]
    points.append(PlacedWord("hidden", points[0].x, points[0].y, NO_CLASS))
    texts = [node for node in scenes(word_map(points, CLASSES, "hidden", "title").properties(width=width))
             if "text" in node and str(node["text"]).startswith(("word", "hidden"))]  # fmt: skip
    assert sum(node["text"] == "hidden" for node in texts) == 1
    assert 20 < len(texts) < most
    boxes = [(node["x"], node["y"], 6 * len(node["text"]) / 2) for node in texts if node["text"] != "hidden"]
    for place, (x, y, half) in enumerate(boxes):
        assert all(abs(x - a) > half + b or abs(y - c) > 11 for a, c, b in boxes[:place])


@pytest.mark.parametrize(("n_classes", "least", "most"), [(3, 100, 200), (6, 300, 400), (10, 400, 450), (20, 800, 900)])
def test_a_matrix_of_few_classes_has_larger_cells_and_none_shrinks_below_reading(n_classes, least, most):
    names = tuple(f"class {number}" for number in range(n_classes))
    chart = confusion_heatmap(make_evaluation(0.8, 200, names), "title", rates=True).to_dict()
    assert least <= chart["width"] - 110 <= most


def test_a_run_of_one_epoch_has_no_curve_to_be_read():
    said = curve_sentence(make_record("one-word-rule", make_history((0.5,)), make_evaluation(0.9)))
    assert "only one epoch" in said
    assert "overfitting" not in said
