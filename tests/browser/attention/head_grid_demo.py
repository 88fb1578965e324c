"""A page with the head grid alone, over made-up attention: ?layers=6&heads=12&tokens=24&seed=0 and so on."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # the script's own folder stands there

from pages.ui.attention.head_grid.component import Grid, head_grid
from pages.ui.attention.head_grid.payload import build_difference, build_payload
from tests.browser.attention.made_up_heads import made_up_scene

st.set_page_config(layout="wide")
st.title("Head grid")


def number(name: str, default: int) -> int:
    return int(st.query_params.get(name, default))


shape = (number("layers", 6), number("heads", 12), number("tokens", 24))
kind = st.query_params.get("kind", "plain")  # or "hostile", "difference", "pair"
seed = st.segmented_control("Sentence", [0, 1, 2], default=0, key="demo_sentence", bind="query-params") or 0
scene = made_up_scene(shape, seed, hostile=kind == "hostile")
payload = build_payload(scene)
if kind == "difference":
    payload = build_difference(made_up_scene(shape, seed + 1).attention, scene)
if kind == "pair":
    left, right = st.columns(2)
    with left:
        head_grid(Grid(payload, "left", "heads"))
    with right:
        head_grid(Grid(build_payload(made_up_scene(shape, seed + 1)), "right", "heads"))
else:
    chosen = head_grid(Grid(payload, "heads", action="Use"))
    st.text(f"Chosen: {chosen}")
