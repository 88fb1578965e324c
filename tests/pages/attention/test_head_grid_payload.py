"""What the head grid is told is the attention, to a byte; and its scripts can be trusted with a stranger's tokens."""

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention import hide_special
from ccds_core.explain.head_metrics import HeadMeasure
from pages.ui.attention.head_grid import component
from pages.ui.attention.head_grid.payload import (
    MeasurePayload,
    Payload,
    RowPayload,
    Scene,
    build_difference,
    build_payload,
)
from tests.browser.attention.made_up_heads import made_up_map, made_up_scene

SHAPE = (2, 3, 7)


def bytes_of(payload: Payload) -> np.ndarray:
    """(L, H, T, T)"""
    n_layers, n_heads, n_tokens = payload["shape"]
    flat = np.frombuffer(base64.b64decode(payload["weights"]), dtype=np.uint8)
    return flat.reshape(n_layers, n_heads, n_tokens, n_tokens)


def test_every_weight_is_told_to_half_a_byte():
    scene = made_up_scene(SHAPE, 0)
    told = bytes_of(build_payload(scene)) / 255
    assert np.abs(told - scene.attention.weights).max() <= 0.5 / 255 + 1e-6


def test_a_difference_is_signed_and_exact_to_half_a_step():
    before, scene = made_up_map(SHAPE, 1), made_up_scene(SHAPE, 0)
    told = (bytes_of(build_difference(before, scene)).astype(float) - 128) / 127
    change = scene.attention.weights - before.weights
    assert np.abs(told - change).max() <= 0.5 / 127 + 1e-6
    assert (told[change < -0.01] < 0).all()


def test_a_difference_from_itself_is_zero_everywhere():
    scene = made_up_scene(SHAPE, 0)
    assert (bytes_of(build_difference(scene.attention, scene)) == 128).all()


def test_maps_of_two_sizes_cannot_be_subtracted():
    with pytest.raises(InvalidInputError, match="side by side"):
        build_difference(made_up_map((2, 3, 5), 0), made_up_scene(SHAPE, 0))


def test_shown_and_hidden_shares_add_up():
    whole = made_up_map(SHAPE, 0)
    payload = build_payload(Scene(hide_special(whole), "Hidden"))
    words = np.array([not special for special in whole.special])
    gone = whole.weights[:, :, words][..., ~words].sum(axis=-1).mean(axis=-1)  # (L, H)
    assert np.allclose(payload["hidden"], gone, atol=1e-4)
    assert payload["shape"] == [2, 3, 5]
    assert payload["special"] == [False] * 5


def test_a_sentence_without_a_shown_token_says_so():
    nothing = hide_special(made_up_map((2, 3, 2), 0))
    with pytest.raises(InvalidInputError, match="no token"):
        build_payload(Scene(nothing, "Nothing"))


def test_the_payload_is_plain_json_even_where_a_number_is_missing():
    holes = HeadMeasure("holes", "Holes", "", np.full(SHAPE[:2], np.nan), 0.0, 1.0, False, "Nothing is known.")
    payload = build_payload(replace(made_up_scene(SHAPE, 0, hostile=True), measures=[holes], off=[(0, 1)]))
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload
    assert payload["measures"][0]["values"] == [[None] * 3] * 2
    assert payload["off"] == [[0, 1]]


def test_the_digest_changes_with_whatever_is_shown():
    scene = made_up_scene(SHAPE, 0)
    scenes = [
        scene,
        replace(scene, title="Another title"),
        replace(scene, off=[(0, 0)]),
        replace(scene, strip=scene.strip[1:]),
        replace(scene, measures=scene.measures[1:]),
        replace(scene, attention=made_up_map(SHAPE, 1)),
    ]
    assert len({build_payload(one)["digest"] for one in scenes}) == len(scenes)
    assert build_payload(scene) == build_payload(made_up_scene(SHAPE, 0))


def test_64_tokens_of_144_heads_with_script_and_style_stay_under_a_megabyte():
    payload = build_payload(made_up_scene((12, 12, 64), 0))
    assert len(json.dumps(payload)) + len(component.read_script()) + len(component.read_style()) < 1_000_000


def test_every_script_is_joined_after_those_it_imports():
    order = [*component.SCRIPTS, component.MAIN]
    assert sorted(order) == sorted(path.stem for path in component.FOLDER.glob("*.js"))
    for place, name in enumerate(order):
        text = (component.FOLDER / f"{name}.js").read_text()
        imported = re.findall(r'^import [^;]* from "\./(\w+)\.js";$', text, re.MULTILINE)
        assert set(imported) <= set(order[:place])
        assert len(imported) == len(re.findall(r"^import\b", text, re.MULTILINE))
    assert not re.search(r"^(import|export (?!default))", component.read_script(), re.MULTILINE)


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "</script"]
)
def test_no_script_could_take_a_token_for_code(word):
    assert word not in component.read_script()


def test_the_scripts_name_no_address_outside():
    text = component.read_script() + component.read_style()
    assert set(re.findall(r"https?://[^\"'` ]+", text)) == {"http://www.w3.org/2000/svg"}  # a name, not fetched
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize(
    ("name", "sent"), [("Payload", Payload), ("Measure", MeasurePayload), ("TokenMeasure", RowPayload)]
)
def test_the_scripts_types_name_what_python_sends(name, sent):
    text = (component.FOLDER / "types.d.ts").read_text()
    body = re.search(rf"^export interface {name} {{\n(.*?)^}}", text, re.MULTILINE | re.DOTALL).group(1)
    required, optional = (set(re.findall(rf"^  (\w+){mark}:", body, re.MULTILINE)) for mark in ("", r"\?"))
    assert (required, optional) == (sent.__required_keys__, sent.__optional_keys__)


def test_types_and_descriptions_are_not_sent_to_browsers():
    script = component.read_script()
    assert "@param" not in script
    assert "@import" not in script
    assert "interface" not in script


def test_scripts_keep_to_the_measures():
    for path in component.FOLDER.glob("*.js"):
        lines = path.read_text().splitlines()
        assert len(lines) < 200, path.name
        assert max(map(len, lines)) <= 120, path.name


def test_the_component_stands_on_a_page():
    app = AppTest.from_function(_page).run()
    assert not app.exception
    assert app.text[0].value == "()"  # nothing comes back by itself


def _page() -> None:
    import streamlit as st

    from pages.ui.attention.head_grid.component import Grid, Start, head_grid
    from pages.ui.attention.head_grid.payload import build_payload
    from tests.browser.attention.made_up_heads import made_up_scene

    start = Start(pins=((0, 1),), tokens=(2,))
    grid = Grid(build_payload(made_up_scene((2, 3, 7), 0)), "heads", start=start, action="Take")
    st.text(str(head_grid(grid)))
