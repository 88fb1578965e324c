"""The drawing of the Architectures page, and its tabs with the layers and the code."""

import streamlit as st

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.figures.network_layout import HEIGHT
from ccds_core.models.cnn_diff import changes_title
from ccds_core.models.cnn_notebook import write_notebook
from pages.ui.architectures import loaders
from pages.ui.shared import cnn_controls, controls, panels
from pages.ui.shared.markdown import plain

AROUND = 88  # pixels of title, legend and the blocks' names, which Streamlit counts into a chart's height
TABLE, CODE = 420, 520  # pixels; drawing the table in full height would take a third of the page's time
SCRIPT, DIFFERENCE = "Full script", "Diff to Architecture 1"
REASONS = (
    "**A block**'s height grows with the size of its feature map or its number of units (square root), a conv layer's "
    "width with its number of channels (logarithm). Outlined: layers that are new or changed vs. "
    "Architecture 1. Point at a layer to see its numbers.",
    "**MACs** are the multiply-accumulate operations of one image's forward pass, in conv and fully connected (FC) "
    "layers. Batch norm, activations and pooling are not counted. **Δ** is the change vs. Architecture 1.",
    "**Weight initialization.** 'Xavier (report's bug)' is the report's own loop over children(): only the two "
    "Sequential containers and no layer, so it redraws nothing. 'Xavier (fixed)' is the same loop over modules().",
)
NOTE = (
    "The script needs only torch and torchvision. With the same seed its initial weights equal those of our runs bit "
    "for bit. Its data split is drawn at random, ours is stored, so accuracies differ slightly."
)
TAKEN = (
    "Download: it trains this network on CIFAR-10. A run's own code, with its data, stands with its results on Train."
)
NUMBER = "localized"
COLUMNS = {
    "params": st.column_config.NumberColumn(format=NUMBER),
    "% of params": st.column_config.NumberColumn(format="percent"),
    "Δ params": st.column_config.NumberColumn(format=NUMBER),
    "MACs": st.column_config.NumberColumn(format=NUMBER),
    "% of MACs": st.column_config.NumberColumn(format="percent"),
    "Δ MACs": st.column_config.NumberColumn(format=NUMBER),
}


def draw_network(config: RunConfig) -> None:
    """The drawing of all layers."""
    options = options_of(config)
    heading, _, rest = changes_title(options).partition(": ")
    st.markdown(f"**{plain(heading)}**: {plain(rest)}")
    chart = loaders.load_untitled(options)
    st.vega_lite_chart(chart, height=HEIGHT + AROUND, key="architectures_drawing", alt=changes_title(options))


def draw_layers(config: RunConfig) -> None:
    """The layers as a table, each with its change vs. Architecture 1."""
    options = options_of(config)
    table = loaders.load_table(options)
    st.dataframe(table, hide_index=True, height=TABLE, column_config=COLUMNS, key="architectures_table")
    panels.exports(config.name, loaders.load_drawing(options), table, "architectures")
    with st.expander("How to read the drawing and the table"):
        for reason in REASONS:
            st.markdown(f"- {reason}")


def draw_code(config: RunConfig) -> None:
    """The script or its diff to architecture 1's, and script and notebook as files."""
    row = st.container(horizontal=True, vertical_alignment="center")
    shown = controls.choose_one("Code", (SCRIPT, DIFFERENCE), "architectures_code", row)
    train = cnn_controls.choose_recipe("architectures", config.train, row)
    config = RunConfig(config.name, options=config.options, train=train)
    script = loaders.load_script(config)
    row.download_button(
        "Script",
        lambda: script,
        f"{config.name}.py",
        "text/x-python",
        key="architectures_py",
        on_click="ignore",
        icon=":material/download:",
        help=TAKEN,
    )
    row.download_button(
        "Notebook", lambda: write_notebook(config), f"{config.name}.ipynb", "application/x-ipynb+json",
        key="architectures_ipynb", on_click="ignore", icon=":material/download:", help=TAKEN,
    )  # fmt: skip
    difference = loaders.load_difference(config)
    if shown == SCRIPT:
        st.code(script, language="python", line_numbers=True, height=CODE)
    elif difference:
        st.code(difference, language="diff", height=CODE)
    else:
        st.info("This is Architecture 1 itself. Choose another architecture above to see which lines change.")
    st.caption(NOTE)


def options_of(config: RunConfig) -> CnnOptions:
    """The options of a CNN's config."""
    assert isinstance(config.options, CnnOptions)  # as `choose_architecture` makes them
    return config.options
