"""head_grid(payload, key): the component, put together from plain scripts without a build step."""

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ccds_core.figures.palette import AGAINST_COLOUR, FOR_COLOUR, MARK_COLOUR
from ccds_core.heads import BADGES
from pages.ui.head_grid.payload import Payload

FOLDER = Path(__file__).resolve().parent
# Each is an ES module of its own. A component takes one script, so they are joined, each after those that it imports.
SCRIPTS = (
    *("dom", "scale", "weights", "view", "naming", "layout", "matrix", "cell_walk", "cells", "controls", "preview"),
    *("details", "strip_layout", "strip_draw", "strip", "tables", "sheet", "picture", "exports", "reading"),
)
MAIN = "main"  # the last one, whose default export Streamlit calls
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)
Head = tuple[int, int]  # layer and head, from 0


@dataclass(frozen=True)
class Start:
    """What is shown until somebody chooses otherwise or a link does."""

    pins: tuple[Head, ...] = ()  # at most four; none: a content head of the last layer that has one
    tokens: tuple[int, ...] = ()  # places from 0


def head_grid(
    payload: Payload, key: str, *, group: str | None = None, start: Start | None = None, action: str | None = None
) -> tuple[Head, ...]:
    """Draw every layer and head; `group` names the view in the address, and grids of one group share it.

    Pointing, pinning and choosing stay in the browser. Nothing comes back, but for `action`: the name of a button that
    hands over the pinned heads for one run.
    """
    first = start or Start()
    data = {
        "payload": payload,
        "key": group or key,
        "start": {
            "pins": [list(pin) for pin in first.pins] or None,
            "tokens": list(first.tokens) or None,
        },
        "action": action,
        "colours": {"for": FOR_COLOUR, "against": AGAINST_COLOUR, "plain": MARK_COLOUR},
        "badges": BADGES,
    }
    result = _mount(key=key, data=data, on_chosen_change=_nothing)
    return _read_heads(result.chosen, payload)


def read_script() -> str:
    """All scripts as one ES module; what a script does not export stays its own."""
    return "\n".join([*(_enclose(_read(f"{name}.js")) for name in SCRIPTS), IMPORT.sub("", _read(f"{MAIN}.js"))])


def read_style() -> str:
    """The style sheet."""
    return _read("head_grid.css")


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _enclose(text: str) -> str:
    """A module as a constant: its exports, from a function that nothing else looks into."""
    names = ", ".join(EXPORT.findall(text))
    return f"const {{ {names} }} = (() => {{\n{EXPORT.sub('', IMPORT.sub('', text))}\nreturn {{ {names} }};\n}})();"


def _read_heads(chosen: object, payload: Payload) -> tuple[Head, ...]:
    """What a browser sent, as far as it names heads of this payload."""
    n_layers, n_heads, _ = payload["shape"]
    pairs = [tuple(pair) for pair in chosen if isinstance(pair, list)] if isinstance(chosen, list) else []
    return tuple((layer, head) for layer in range(n_layers) for head in range(n_heads) if (layer, head) in pairs)


def _nothing() -> None:
    """A trigger needs a callback to be declared."""


_mount = st.components.v2.component("ccds_head_grid", js=read_script(), css=read_style())
