"""What the Architectures page draws of a network, computed once for all visitors; keys are options and configs."""

import pandas as pd
import streamlit as st

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.data.cifar10 import CLASSES
from ccds_core.figures.export import Spec, chart_spec
from ccds_core.figures.network_drawing import network_drawing
from ccds_core.models.cnn_diff import BASE, changes_title, compare_layers, layer_table
from ccds_core.models.cnn_script import diff_scripts, write_script

TOP = 18  # pixels above the drawing, for its legend
FIRST = RunConfig("architecture-1", options=BASE)


@st.cache_resource(max_entries=512, show_spinner=False)
def load_drawing(options: CnnOptions) -> Spec:
    """The drawing of the network; shared by all visitors, not to be changed."""
    return network_drawing(compare_layers(options), CLASSES, options.initialisation, changes_title(options))


def load_untitled(options: CnnOptions) -> Spec:
    """The drawing without its title, which the page writes itself, in as many lines as it takes."""
    around = {"left": 5, "right": 5, "bottom": 5, "top": TOP}
    return {**chart_spec(load_drawing(options)), "title": "", "padding": around}


@st.cache_data(max_entries=512, show_spinner=False)
def load_table(options: CnnOptions) -> pd.DataFrame:
    """One row per layer, then the total."""
    return layer_table(compare_layers(options))


@st.cache_data(max_entries=512, show_spinner=False)
def load_script(config: RunConfig) -> str:
    """Its training script."""
    return write_script(config)


@st.cache_data(max_entries=512, show_spinner=False)
def load_difference(config: RunConfig) -> str:
    """The diff between that script and architecture 1's."""
    return diff_scripts(config, FIRST)
