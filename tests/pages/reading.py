"""What a page shows, read from its elements: charts as tables, alerts and links as text."""

import shlex
from collections.abc import Sequence
from typing import Any

import pandas as pd
import typer
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from ccds_core.cli import app as command_line


def charts(app: AppTest) -> list[Any]:
    """The page's charts, top to bottom, as Streamlit sends them: `.spec`, `.alt`."""
    return [chart.proto for chart in app.get("vega_lite_chart")]


def chart_rows(chart: Any) -> pd.DataFrame:
    """All rows that a chart draws."""
    return pd.concat([convert_arrow_bytes_to_pandas_df(dataset.data.data) for dataset in chart.datasets])


def answers(app: AppTest, number: int = 0) -> pd.DataFrame:
    """The chart of answers as a table: one row per model, in its order, one column per class."""
    rows = chart_rows(charts(app)[number])
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
    said = error.value.replace("\\", "").lower()
    assert all(word.lower() in said for word in about), said


def assert_parses(command: str) -> dict[str, Any]:
    """`python -m ccds_core ...` names a verb and options that exist; what it asks for. Nothing is run."""
    words = [word for word in shlex.split(command, comments=True)[3:] if word != "--help"]
    verb = typer.main.get_command(command_line)
    while words and hasattr(verb, "commands"):
        assert words[0] in verb.commands, f"no verb '{words[0]}' in: {command}"
        verb = verb.commands[words.pop(0)]
    return {} if hasattr(verb, "commands") else verb.make_context(verb.name, words).params
