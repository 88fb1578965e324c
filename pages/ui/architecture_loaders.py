"""What the Architectures page draws of a network, made once for all visitors; keys are options and configs."""

import pandas as pd
import streamlit as st

from ccds_core.config import RunConfig
from ccds_core.data.cifar10 import CLASSES
from ccds_core.figures.export import Spec
from ccds_core.figures.network_drawing import network_drawing
from ccds_core.network_changes import BASE, changes_title, compare_layers, layer_table
from ccds_core.network_code import diff_scripts, write_script
from ccds_core.options import CnnOptions

FIRST = RunConfig("architecture-1", options=BASE)


@st.cache_resource(max_entries=512, show_spinner=False)
def load_drawing(options: CnnOptions) -> Spec:
    """The network as a picture; to be drawn, not changed."""
    return network_drawing(compare_layers(options), CLASSES, options.initialisation, changes_title(options))


@st.cache_data(max_entries=512, show_spinner=False)
def load_table(options: CnnOptions) -> pd.DataFrame:
    """Its layers, one a row, and their sum."""
    return layer_table(compare_layers(options))


@st.cache_data(max_entries=512, show_spinner=False)
def load_script(config: RunConfig) -> str:
    """Its training script."""
    return write_script(config)


@st.cache_data(max_entries=512, show_spinner=False)
def load_difference(config: RunConfig) -> str:
    """What that script has other than architecture 1's."""
    return diff_scripts(config, FIRST)
