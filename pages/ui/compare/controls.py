"""Widgets -> which runs are compared, in which view, and by which quantity: all in one row."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.runs.records import RunRecord
from pages.ui.shared import controls

SCORES, CURVES, CONFUSION, CLASSES, OPTIONS = "Scores", "Curves", "Confusion", "Classes", "Hyperparameters & cost"
VIEWS = (SCORES, CURVES, CONFUSION, CLASSES, OPTIONS)
LOSS, ACCURACY = "loss", "accuracy"
FRACTIONS, COUNTS = "normalized", "counts"
WORKSHOP = tuple(f"architecture-{number}" for number in range(1, 5))  # the workshop's four, which the page opens on
MOST = 6  # runs to begin with where these are not
HELP = {
    "task": "The data of the runs: images (CIFAR-10, digits) or sentences with an emotion.",
    "view": "Test scores, learning curves, confusion matrices, F1 by class, or what differs between the runs.",
    "runs": "The trained networks that are compared; those that were trained here stand at the end of the list.",
    "quantity": "Cross-entropy loss or accuracy, on the training and the validation split after each epoch.",
    "cells": "Normalized: the fraction of each true class (a row sums to 1); counts: numbers of test examples.",
}


def open_bar() -> DeltaGenerator:
    """The row of all controls."""
    return st.container(horizontal=True, vertical_alignment="bottom")


def choose_task(bar: DeltaGenerator) -> str:
    """ "image" or "text" """
    return controls.TASKS[controls.choose_one("Task", list(controls.TASKS), "compare_task", bar, HELP["task"])]


def choose_runs(runs: Sequence[RunRecord], task: str, bar: DeltaGenerator) -> list[RunRecord]:
    """Runs of one task with at least one finished epoch, in the order chosen."""
    available = {record.name: record for record in runs if record.metrics.history and record.task == task}
    shipped = [name for name, record in available.items() if record.shipped and record.has_weights] or list(available)
    default = [name for name in WORKSHOP if name in shipped] or shipped[:MOST]
    key = "compare_runs" if task == "image" else f"compare_{task}_runs"
    with bar.popover("Runs", icon=":material/tune:", help=HELP["runs"]):
        chosen = st.multiselect(
            "Runs", list(available), default=default, key=key, bind="query-params", help=HELP["runs"], width=520
        )
    return [available[name] for name in chosen]


def choose_view(bar: DeltaGenerator) -> str:
    """What is drawn of the runs; only this is computed."""
    return controls.choose_one("View", VIEWS, "compare_view", bar, HELP["view"])


def choose_quantity(bar: DeltaGenerator) -> str:
    """Of the learning curves."""
    return controls.choose_one("Quantity", (LOSS, ACCURACY), "compare_quantity", bar, HELP["quantity"])


def choose_cells(bar: DeltaGenerator) -> str:
    """What the numbers of a confusion matrix are."""
    return controls.choose_one("Cells", (FRACTIONS, COUNTS), "compare_cells", bar, HELP["cells"])
