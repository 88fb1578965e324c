"""The table of all measurements: each line a ratio of its two sides, and what cannot be measured here says why."""

from types import MappingProxyType

import pytest

from ccds_core import bench_answers, bench_table
from ccds_core.bench_answers import Ratio
from ccds_core.bench_table import Missing
from ccds_core.errors import MissingDataError
from ccds_core.run_folders import list_runs


@pytest.fixture
def two_ways(monkeypatch):
    """One line that is measured, one that lacks its data."""

    def lacking():
        raise MissingDataError("No emotion data here.")

    def measured():
        return [Ratio("a picture", 2.0, "4.0 ms", "2.0 ms", "30", "a page against a pass")]

    monkeypatch.setattr(bench_table, "WAYS", MappingProxyType({"a picture": measured, "top tokens": lacking}))


@pytest.mark.parametrize("measure", ["bench_picture", "bench_toggle"])
def test_a_line_is_the_ratio_of_its_two_sides(monkeypatch, measure):
    monkeypatch.setattr(bench_answers, "TURNS", 2)
    if not any(run.shipped and run.task == "image" and run.has_weights for run in list_runs()):
        pytest.skip("no image run is shipped here")
    (line,) = getattr(bench_answers, measure)()
    ours, beside = (float(said.removesuffix(" ms")) for said in (line.ours, line.beside))
    assert ours > 0
    assert line.ratio == pytest.approx(ours / beside, rel=0.1)  # both are rounded to a tenth of a millisecond
    assert "against" in line.explained


def test_what_cannot_be_measured_is_a_line_with_its_reason(two_ways):
    measured, missing = bench_table.bench_everything()
    assert measured.ratio == 2.0
    assert missing == Missing("top tokens", "No emotion data here.")


def test_the_command_prints_every_line_as_a_table_and_as_json(two_ways, ccds):
    shown = ccds("bench")
    assert shown.code == 0
    for said in ("a picture", "2.00", "4.0 ms", "No emotion data here."):
        assert said in " ".join(shown.out.split())
    first, second = ccds("bench", "--json").json
    assert first["ratio"] == 2.0
    assert second == {"name": "top tokens", "reason": "No emotion data here."}
