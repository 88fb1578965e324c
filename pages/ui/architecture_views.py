"""The views of the Architectures page: the network with its layers, and its code."""

import pandas as pd
import streamlit as st

from ccds_core.config import RunConfig
from ccds_core.figures.network_layout import HEIGHT
from ccds_core.network_changes import SCHEME_NAMES, changes_title, count_redrawn
from ccds_core.notebook_code import write_notebook
from ccds_core.options import CnnOptions
from pages.ui import architecture_controls, architecture_loaders, controls, panels

AROUND = 118  # pixels of title, legend and the blocks' names, which Streamlit counts into a chart's height
TABLE, CODE = 420, 520  # pixels; a table in full height would take a third of the time of a redrawn page
SCRIPT, DIFFERENCE = "Whole script", "Difference to architecture 1"
REASONS = (
    "**A block** is as tall as its feature map is large or its units are many, and a conv the wider the more channels "
    "it has; both by a root or a logarithm, else the last ones could not be seen. Outlined is what architecture 1 has "
    "not, or has otherwise; point at a layer for its numbers.",
    "**A multiply-add** is counted in convs and matrix products, of one picture's forward pass. Norms, activations and "
    "pools have few and are left out.",
    "**First weights.** 'Xavier as written' is the report's own loop. It goes over direct children, which are two "
    "containers and no layer, so it redraws nothing; 'Xavier' is the same loop over all modules.",
)
NOTE = (
    "It runs alone with torch and torchvision. With the same seed it draws the weights that our own runs begin with, "
    "bit for bit. Its split is drawn by torch, ours is stored, so accuracies differ by chance."
)
NUMBER = "localized"
COLUMNS = {
    "parameters": st.column_config.NumberColumn(format=NUMBER),
    "share of parameters": st.column_config.NumberColumn("share", format="percent"),
    "more parameters": st.column_config.NumberColumn("more", format=NUMBER),
    "multiply-adds": st.column_config.NumberColumn(format=NUMBER),
    "share of multiply-adds": st.column_config.NumberColumn("share", format="percent"),
    "more multiply-adds": st.column_config.NumberColumn("more", format=NUMBER),
}


def draw_network(config: RunConfig) -> None:
    """The picture, what it costs beside architecture 1, and its layers as a table."""
    options = _options_of(config)
    chart, table = architecture_loaders.load_drawing(options), architecture_loaders.load_table(options)
    st.vega_lite_chart(chart, height=HEIGHT + AROUND, key="architectures_drawing", alt=changes_title(options))
    st.markdown(f"{_cost(table)} {_first_weights(options)}")
    st.dataframe(table, hide_index=True, height=TABLE, column_config=COLUMNS, key="architectures_table")
    panels.exports(config.name, chart, table, "architectures")
    with st.expander("What is drawn and counted?"):
        for said in REASONS:
            st.markdown(f"- {said}")


def draw_code(config: RunConfig) -> None:
    """The script, or what it has other than architecture 1's, and both forms as files."""
    row = st.container(horizontal=True, vertical_alignment="center")
    shown = controls.choose_one("Code", (SCRIPT, DIFFERENCE), "architectures_code", row)
    train = architecture_controls.choose_recipe("architectures", config.train, row)
    config = RunConfig(config.name, options=config.options, train=train)
    script = architecture_loaders.load_script(config)
    row.download_button(
        "Script", lambda: script, f"{config.name}.py", "text/x-python", key="architectures_py", on_click="ignore"
    )
    row.download_button(
        "Notebook", lambda: write_notebook(config), f"{config.name}.ipynb", "application/x-ipynb+json",
        key="architectures_ipynb", on_click="ignore",
    )  # fmt: skip
    difference = architecture_loaders.load_difference(config)
    if shown == SCRIPT:
        st.code(script, language="python", line_numbers=True, height=CODE)
    elif difference:
        st.code(difference, language="diff", height=CODE)
    else:
        st.info("This is architecture 1 itself. Choose another one above, and see which lines change.")
    st.caption(NOTE)


def _cost(table: pd.DataFrame) -> str:
    """Parameters and work, with what is more than architecture 1's."""
    total = table.iloc[-1]
    parameters = f"**{total['parameters']:,} parameters** ({total['more parameters']:+,})"
    work = f"**{total['multiply-adds'] / 1e6:.1f} million multiply-adds** a picture"
    return f"{parameters}, {work} ({total['more multiply-adds'] / 1e6:+.1f} million); in brackets beside architecture 1"


def _first_weights(options: CnnOptions) -> str:
    """How many tensors the initialisation draws anew; none in red."""
    if options.initialisation == "default":
        return ""
    redrawn = count_redrawn(options)
    return f":{'green' if redrawn else 'red'}-badge[{SCHEME_NAMES[options.initialisation]}: {redrawn} tensors redrawn]"


def _options_of(config: RunConfig) -> CnnOptions:
    assert isinstance(config.options, CnnOptions)  # as `choose_architecture` makes them
    return config.options
