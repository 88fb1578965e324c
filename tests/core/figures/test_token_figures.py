"""Charts of top tokens: every class in its colour, the report's word marked, and titles that say what was found."""

import math
from dataclasses import replace

import pytest

from ccds_core.explain.top_tokens.corrections import run_ablation
from ccds_core.explain.top_tokens.evidence import ListAgreement, list_tokens
from ccds_core.explain.top_tokens.masking import MaskingCheck
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.table import build_table
from ccds_core.figures.export import chart_png
from ccds_core.figures.ladder_lines import agreement_panels, agreement_title, ladder_panels, ladder_title
from ccds_core.figures.token_bars import (
    bars_title,
    class_bars,
    class_panels,
    firsts_title,
    list_bars,
    masking_bars,
    masking_title,
)
from tests.support.made_up_readings import CLASSES, EVERYWHERE, draw

OPTIONS = TokenOptions()


@pytest.fixture(scope="module")
def readings():
    return draw(600, {"third": 0, "planted": 1, "other": 2}, strength=2.0)


@pytest.fixture(scope="module")
def lists(readings):
    return list_tokens(build_table(readings, "contrast", OPTIONS), 5)


def rows_of(charts):
    return [row for chart in charts.values() for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_there_is_a_bar_for_each_word_with_its_interval_and_n(lists):
    rows = rows_of(class_panels(lists, "z-score", {}))
    assert len(rows) == sum(map(len, lists.values())) == 15
    first = next(row for row in rows if row["class"] == "cross")
    assert (first["word"], first["n"]) == ("planted", lists["cross"][0].n)
    assert first["low"] < first["score"] < first["high"]
    assert not any(row["report"] for row in rows)


def test_the_report_s_word_is_marked_in_its_own_class_only(lists):
    rows = rows_of(class_panels(lists, "z-score", {"cross": "planted", "calm": "other"}))
    assert [(row["class"], row["word"]) for row in rows if row["report"]] == [("cross", "planted")]


def test_all_classes_stand_in_one_chart_each_under_its_heading(readings):
    tops = run_ablation(readings, OPTIONS, 3, (EVERYWHERE,))[0].tops
    chart = list_bars(tops, "summed attention", {"cross": tops["cross"][1].token}, "t").to_dict()
    slots = chart["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert [slot[3:] for slot in slots if slot[2] == "h"] == list(CLASSES)
    assert len(slots) == len(CLASSES) * 4
    (rows,) = chart["datasets"].values()
    assert [(row["class"], row["word"]) for row in rows if row["report"]] == [("cross", tops["cross"][1].token)]


def test_the_ladder_has_a_line_per_class_and_word(readings):
    rungs = run_ablation(readings, OPTIONS, 3, (EVERYWHERE,))
    rows = [row for row in rows_of(ladder_panels(rungs, (EVERYWHERE,), "average")) if "class" in row]
    assert len(rows) == len(rungs) * len(CLASSES)
    said = "'feel' is among the top three in 3 of 3 lists with the naive sum, in 0 corrected"
    assert ladder_title(rungs, (EVERYWHERE,)) == said


def test_titles_say_what_was_found(lists):
    assert bars_title(lists, "contrast") == "Top word per emotion: third, planted, other (corrected measure)"
    same = {name: [replace(scores[0], token="i")] for name, scores in lists.items()}
    assert bars_title(same, "contrast") == "The same word leads all 3 emotions: i (corrected measure)"
    assert firsts_title(["i", "feel", "i"]) == "Top word per emotion: i (2 emotions), feel"
    assert "No word" in bars_title(dict.fromkeys(CLASSES, ()), "contrast")
    check = MaskingCheck(10, 40, 1.0, 0.5, 0.1, 0.3, 0.5)
    checks = {"calm": check, "cross": replace(check, low=-0.1)}
    assert masking_title(checks) == "Top words matter more than random words in 1 of 2 classes"


def test_the_title_of_an_agreement_names_the_nearest_method_and_the_farthest():
    near, far = ({"calm": ListAgreement(9, value, ("glad",), 5)} for value in (0.9, 0.1))
    assert agreement_title({"log-odds": near}) == "Closest to the corrected measure: word log-odds (0.90)"
    said = agreement_title({"integrated-gradients": far, "log-odds": near})
    assert said.endswith("word log-odds (0.90); least close: integrated gradients (0.10)")
    assert "Too few" in agreement_title({"log-odds": {"calm": ListAgreement(1, math.nan, (), 1)}})


def test_every_chart_can_be_drawn_even_with_nothing_in_it(readings, lists):
    rungs = run_ablation(readings, OPTIONS, 3, (EVERYWHERE,))
    check = MaskingCheck(10, 40, 1.0, 0.5, 0.1, 0.3, 0.5)
    for chart in (
        class_bars(lists, "z-score", {"cross": "planted"}, "t"),
        class_bars(dict.fromkeys(CLASSES, ()), "z-score", {}, "t"),
        *ladder_panels(rungs, (EVERYWHERE, "never"), "sum").values(),
        *agreement_panels({"log-odds": {"calm": ListAgreement(2, math.nan, (), 0)}}).values(),
        masking_bars({"calm": check}, "t"),
        masking_bars({}, "t"),
        list_bars(rungs[0].tops, "summed attention", {}, "t"),
        list_bars(dict.fromkeys(CLASSES, ()), "summed attention", {}, "t"),
    ):
        assert chart_png(chart).startswith(b"\x89PNG")
