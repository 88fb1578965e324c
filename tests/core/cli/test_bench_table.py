"""The table of all benchmarks: each row is the ratio of its two sides, or the reason why there is none."""

from types import MappingProxyType

import pytest

from ccds_core.errors import MissingDataError
from ccds_core.runs.records import list_runs
from scripts.bench import answers, table
from scripts.bench.answers import Ratio
from scripts.bench.table import Missing


@pytest.fixture
def two_benchmarks(monkeypatch):
    """One row that is measured, one whose data is missing."""

    def missing():
        raise MissingDataError("No emotion data here.")

    def measured():
        return [Ratio("an image", 2.0, "4.0 ms", "2.0 ms", "30", "a page against a pass")]

    monkeypatch.setattr(table, "BENCHMARKS", MappingProxyType({"an image": measured, "top tokens": missing}))


@pytest.mark.parametrize("measure", ["bench_image", "bench_toggle"])
def test_a_row_is_the_ratio_of_its_two_sides(monkeypatch, measure):
    monkeypatch.setattr(answers, "ROUNDS", 2)
    if not any(run.shipped and run.task == "image" and run.has_weights for run in list_runs()):
        pytest.skip("no image run is shipped here")
    (line,) = getattr(answers, measure)()
    ours, baseline = (float(text.removesuffix(" ms")) for text in (line.ours, line.baseline))
    assert ours > 0
    assert line.ratio == pytest.approx(ours / baseline, rel=0.1)  # both are rounded to a tenth of a millisecond
    assert "against" in line.comparison


def test_a_benchmark_without_data_is_a_row_with_the_reason(two_benchmarks):
    measured, unmeasured = table.bench_everything()
    assert measured.ratio == 2.0
    assert unmeasured == Missing("top tokens", "No emotion data here.")


def test_bench_prints_every_row_as_a_table_and_as_json(two_benchmarks, ccds):
    shown = ccds("bench")
    assert shown.code == 0
    for text in ("an image", "2.00", "4.0 ms", "No emotion data here."):
        assert text in " ".join(shown.out.split())
    first, second = ccds("bench", "--json").json
    assert first["ratio"] == 2.0
    assert second == {"name": "top tokens", "reason": "No emotion data here."}
