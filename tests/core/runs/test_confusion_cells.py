"""A cell of the confusion matrix -> its rows: as many as were counted there, each row in one cell."""

from dataclasses import replace

import numpy as np
import pytest

from ccds_core.errors import CheckpointError
from ccds_core.runs.comparison import rows_of_cell
from tests.support.made_up_runs import make_evaluation, make_record

CLASSES = ("calm", "cross", "eager")
N = 60
LABELS = [row % 3 for row in range(N)]


@pytest.fixture
def record():
    return make_record("run", test=make_evaluation(0.7, N, CLASSES))


def test_every_row_stands_in_one_cell_and_each_cell_holds_as_many_as_were_counted(record):
    cells = {
        (i, j): rows_of_cell(record, LABELS, label, prediction)
        for i, label in enumerate(CLASSES)
        for j, prediction in enumerate(CLASSES)
    }
    counted = np.array(record.metrics.test.confusion)
    assert all(len(rows) == counted[cell] for cell, rows in cells.items())
    assert sorted(row for rows in cells.values() for row in rows) == list(range(N))
    assert all(LABELS[row] == label for (label, _), rows in cells.items() for row in rows)


def test_a_run_that_kept_no_answers_says_so(record):
    forgetful = replace(record, metrics=replace(record.metrics, test=replace(record.metrics.test, mistakes=None)))
    with pytest.raises(CheckpointError, match="Evaluate it again"):
        rows_of_cell(forgetful, LABELS, "calm", "cross")
