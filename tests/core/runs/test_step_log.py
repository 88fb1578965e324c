"""steps.jsonl: what is appended is read back, from its end as well, and half a line is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.runs import step_log
from ccds_core.runs.step_log import STEPS, LayerStep, StepLog, StepRecord, cut_after, read_steps

NUMBERS = st.floats(0, 60_000, width=16)
SHARES = st.none() | NUMBERS
LAYERS = st.none() | st.dictionaries(st.text(max_size=8), st.builds(LayerStep, SHARES, SHARES, SHARES, SHARES))


def records(n, n_steps=10, layers=None):
    return [
        StepRecord(1 + at // n_steps, 1 + at % n_steps, n_steps, at + 1, 2.5, 0.25, 0.001, 512.0, layers)
        for at in range(n)
    ]


def write(folder, rows):
    log = StepLog(folder)
    for row in rows:
        log.append(row)
    log.close()


@given(LAYERS, NUMBERS)
def test_a_line_is_read_back_as_it_was(tmp_path_factory, layers, number):
    folder = tmp_path_factory.mktemp("log")
    row = StepRecord(1, 1, 2, 1, number, number, number, number, layers)
    write(folder, [row])
    (again,) = read_steps(folder)
    assert again[4:8] == pytest.approx(row[4:8], rel=1e-5)
    assert (again.layers is None) == (layers is None)
    for name, step in (layers or {}).items():
        for number, before in zip(again.layers[name], step, strict=True):
            assert number == (before if before is None else pytest.approx(before, rel=1e-5))


@pytest.mark.parametrize("after", [0, 1, 57, 999, 1000, 5000])
@pytest.mark.parametrize("chunk", [1, 100, 1 << 16])
def test_reading_from_the_end_gives_what_follows(tmp_path, monkeypatch, after, chunk):
    monkeypatch.setattr(step_log, "CHUNK", chunk)
    rows = records(1000, layers={"fc1": LayerStep(0.5, 0.25, None, 0.125)})
    write(tmp_path, rows)
    assert read_steps(tmp_path, after) == rows[after:]


def test_incomplete_and_damaged_lines_are_left_out(tmp_path):
    write(tmp_path, records(5))
    whole = (tmp_path / STEPS).read_bytes()
    (tmp_path / STEPS).write_bytes(whole + b"[1,6,10,6,2.")
    assert read_steps(tmp_path) == records(5)
    (tmp_path / STEPS).write_bytes(b"\x00\xff\n[]\n" + whole)
    assert read_steps(tmp_path) == records(5)
    assert read_steps(tmp_path, 3) == records(5)[3:]


@pytest.mark.parametrize(("epoch", "left"), [(0, 0), (1, 10), (2, 20), (3, 25), (9, 25)])
def test_cutting_keeps_whole_epochs(tmp_path, epoch, left):
    write(tmp_path, records(25))
    with open(tmp_path / STEPS, "ab") as file:
        file.write(b"[3,6")
    assert cut_after(tmp_path, epoch) == left
    assert read_steps(tmp_path) == records(25)[:left]
    write(tmp_path, records(26)[left : left + 1])
    assert read_steps(tmp_path) == records(26)[: left + 1]


def test_what_is_no_number_is_written_as_none(tmp_path):
    write(tmp_path, [StepRecord(1, 1, 1, 1, 1.0, 0.5, 0.1, 10.0, {"fc1": LayerStep(float("inf"), float("nan"), 0, 1)})])
    assert read_steps(tmp_path)[0].layers == {"fc1": LayerStep(None, None, 0.0, 1.0)}


def test_a_run_without_a_log_has_no_steps(tmp_path):
    assert read_steps(tmp_path) == []
    assert cut_after(tmp_path, 3) == 0
