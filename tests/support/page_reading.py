"""What a page shows, read from its elements: charts as tables, alerts and links as text."""

import shlex
from collections.abc import Sequence
from typing import Any

import pandas as pd
import typer
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from ccds_core.cli.main import app as command_line
from pages.ui.shared.panels import ENSEMBLE


def charts(app: AppTest) -> list[Any]:
    """The page's charts, top to bottom, as Streamlit sends them: `.spec`, `.alt`."""
    return [chart.proto for chart in app.get("vega_lite_chart")]


def chart_rows(chart: Any) -> pd.DataFrame:
    """All rows that a chart draws."""
    return pd.concat([convert_arrow_bytes_to_pandas_df(dataset.data.data) for dataset in chart.datasets])


def answers(app: AppTest, number: int = 0) -> pd.DataFrame:
    """The chart of answers as a table: one row per model, in its order, without the ensemble; one column per class."""
    rows = chart_rows(charts(app)[number])
    rows = rows[rows["model"] != ENSEMBLE]
    names = list(dict.fromkeys(rows["model"]))
    return rows.pivot(index="model", columns="class", values="probability").loc[names]


def alerts(app: AppTest) -> list[str]:
    """Every error, warning and note on the page."""
    return [alert.value for kind in (app.error, app.warning, app.info) for alert in kind]


def assert_sentence(app: AppTest, about: Sequence[str] = ()) -> None:
    """The page shows one error, a whole sentence that names these things, and no traceback."""
    assert not app.exception
    (error,) = app.error
    assert error.value.endswith((".", r"\."))
    assert "Traceback" not in error.value
    message = error.value.replace("\\", "").lower()
    assert all(word.lower() in message for word in about), message


def assert_parses(command: str) -> dict[str, Any]:
    """`python -m ccds_core ...` names a verb and options that exist; what it asks for. Nothing is run."""
    words = [word for word in shlex.split(command, comments=True)[3:] if word not in ("--help", "--version")]
    verb = typer.main.get_command(command_line)
    while words and hasattr(verb, "commands"):
        assert words[0] in verb.commands, f"no verb '{words[0]}' in: {command}"
        verb = verb.commands[words.pop(0)]
    return {} if hasattr(verb, "commands") else verb.make_context(verb.name, words).params


def assert_explained(app: AppTest) -> None:
    """Every widget on the page has a help text of one sentence, and a label beside which it can be seen."""
    assert not app.exception
    kinds = ("button_group", "checkbox", "multiselect", "radio", "selectbox", "select_slider", "slider", "text_input",
             "toggle", "file_uploader")  # fmt: skip
    widgets = [widget.proto for kind in kinds for widget in app.get(kind)]
    assert widgets
    for proto in widgets:
        assert proto.help.endswith("."), proto.label
        assert proto.label_visibility.value == proto.label_visibility.VISIBLE, proto.label
