"""What the Train page shows and what its buttons do, for its tests."""

import json

from ccds_core.config.lessons import LESSONS
from ccds_core.jobs import control
from tests.support.page_reading import chart_rows, charts

LESSON = {"train_lesson": LESSONS["plateau"].title, "train_pictures": "Digits"}
RUNS = ("plateau-one-7", "plateau-two-7")  # as those of the experiment that the page opens with


def states():
    return {status.name: status.state for status in control.list_jobs()}


def messages(app):
    return [alert.value for alert in (*app.success, *app.warning, *app.info)]


def last_step(app):
    return chart_rows(charts(app)[0])["step"].max()


def domains(chart):
    """The ends of the chart's axes."""
    layer = json.loads(chart.spec)["layer"][-1]["encoding"]
    return {axis: layer[axis]["scale"]["domain"] for axis in ("x", "y")}


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    return app.run()
