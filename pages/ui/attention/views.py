"""An attended sentence -> blocks of the Attention page."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from ccds_core.config.options import BertOptions
from ccds_core.explain.attention import (
    AttentionMap,
    as_one_head,
    hide_special,
    mean_heads,
    merge_pieces,
    most_changed_layer,
    rollout,
)
from ccds_core.explain.attention_forward import AttendedSentence
from ccds_core.explain.attention_view import Look, SentenceView, find_top_word, view_sentence
from ccds_core.figures.probability_bars import answer_bars, change_bars
from ccds_core.results import Prediction, percent
from ccds_core.runs.records import RunRecord
from pages.ui.attention.controls import MEANS
from pages.ui.attention.head_grid.component import Grid, Part, Start, head_grid
from pages.ui.attention.head_grid.payload import Scene, StripRow, build_difference, build_payload
from pages.ui.attention.perturbation_controls import Heads, ask_to_switch_off
from pages.ui.shared import panels, text_loaders
from pages.ui.shared.markdown import plain

ABLATE = "Switch off"  # the heads that the component writes after it
AROUND = 86  # pixels of a title in two lines and an axis without one
GROUP = "heads"  # of all grids of the page
COLUMNS = ("mean", "rollout")  # of `MEANS`
ORIGINAL, CHANGED = "original", "changed"
REASONS = (
    "**Attention shows which tokens a layer attends to.** Attribution estimates what the prediction depended on. "
    "Neither is proof; changing the sentence or the model, above, tests both.",
    "**A conspicuous head need not matter.** Many can be ablated one at a time at little cost (Michel et al. 2019). "
    "'Gradient importance' estimates the effect of a gate on each head; ablating the head shows the effect.",
    "**Unused attention goes to [CLS] and [SEP]** (Clark et al. 2019). They are hidden and the rest of each row is "
    "renormalised to 1; the hidden fraction is shown at each head.",
    "**The classifier uses only the first row of the last layer.** Deeper states are mixtures of words, so attention "
    "to a word's position in a late layer is not attention to that word alone.",
    "**Mean over heads**: A = 1/H times the sum of the heads. **Rollout**: R[l] = (A[l] + I)/2 R[l-1] (Abnar and "
    "Zuidema 2020); it traces mixtures back to words, has no sign, and flattens with depth.",
    "**Gradient × attention** keeps what supports the target class (Chefer et al. 2021). **Integrated gradients** go "
    "from the masked sentence to this one (Sundararajan et al. 2017), and sum to the change of the logit.",
)


def draw_answers(before: AttendedSentence, after: AttendedSentence | None) -> None:
    """The class probabilities; after a change those before it and after it in one chart."""
    first = before.answer.prediction
    if after is None:
        title = f"Predicted: {first.label} ({percent(first.confidence)})"
        chart = answer_bars(ORIGINAL, first, title)
    else:
        title = change_title(first, after.answer.prediction)
        chart = change_bars({ORIGINAL: first, CHANGED: after.answer.prediction}, title)
    panels.beside({title: chart}, "attention_bars", 1, AROUND)


def name_encoder(record: RunRecord) -> str:
    """The pretrained encoder by its name."""
    options = record.card.config.options
    assert isinstance(options, BertOptions), "a run that has attention"
    return Path(options.base).name


def one_grid(view: SentenceView, title: str, maps: str, off: Heads = frozenset()) -> Grid:
    """The grid of one sentence; its button ablates the heads that somebody pinned."""
    return Grid(
        build_payload(_scene(view, title, off)), "attention_heads", GROUP, action=ABLATE if maps != MEANS else None
    )


def two_grids(left: tuple[SentenceView, str], right: tuple[SentenceView, str]) -> list[Grid]:
    """Two grids to stand side by side, which open on the same head."""
    scenes = [_scene(view, title) for view, title in (left, right)]
    start = Start(pins=(_find_pin(scenes),))
    keys = ("attention_left", "attention_right")
    return [Grid(build_payload(scene), key, GROUP, start) for scene, key in zip(scenes, keys, strict=True)]


def difference_grid(left: tuple[SentenceView, str], right: tuple[SentenceView, str]) -> Grid:
    """One grid of the second minus the first, its strip too; both have the same size."""
    (first, first_title), (second, second_title) = left, right
    layer = most_changed_layer(first.attention, second.attention) + 1
    scene = _scene(second, f"{second_title} minus {first_title.lower()}: layer {layer} changes most")
    strip = [
        StripRow(row.name, row.label, row.values - old.values, signed=True)
        for row, old in zip(second.strip, first.strip, strict=True)
    ]
    return Grid(build_difference(first.attention, replace(scene, strip=strip)), "attention_change", GROUP)


def draw_grids(grids: Sequence[Grid], part: Part) -> None:
    """One part of each grid, side by side; heads that are handed over are ablated."""
    for column, grid in zip(st.columns(len(grids)), grids, strict=True):
        with column:
            if chosen := head_grid(grid, part):
                ask_to_switch_off("attention", chosen)


def view_of(attended: AttendedSentence, look: Look, maps: str) -> SentenceView:
    """The sentence with every head, or with a mean over heads and rollout in their place."""
    view = view_sentence(attended, look)
    if maps != MEANS:
        return view
    whole = attended.attention
    reached = as_one_head(whole, rollout(whole))
    mean = as_one_head(whole, mean_heads(whole))
    return SentenceView(_join([_show(one, attended, look) for one in (mean, reached)]), view.strip, (), ())


def finding(attended: AttendedSentence, record: RunRecord) -> str:
    """The word that the classifier's token attends to most. What the answer depends on is the faithfulness test's."""
    _, word, fraction = find_top_word(attended)
    first = attended.attention.tokens[0]  # [CLS]: the classifier reads its state
    return f"{name_encoder(record)}: in the last layer, {first} attends most to “{word}” ({percent(fraction)})"


def draw_hidden(view: SentenceView) -> None:
    """The fraction of each measure on tokens that are not shown."""
    hidden = [f"{row.label} {percent(row.hidden)}" for row in view.strip if not row.signed and row.hidden > 0.005]
    if hidden:
        st.caption(plain(f"On hidden special tokens: {', '.join(hidden)}."))


def draw_table(view: SentenceView) -> None:
    """The strip in numbers."""
    table = pd.DataFrame({"token": view.attention.tokens, **{row.label: row.values for row in view.strip}})
    panels.number_table(table)
    panels.exports("attention", None, table, "attention_export")


def why() -> None:
    """The limits of attention as an explanation."""
    for reason in REASONS:
        st.markdown(f"- {reason}")


def notices(attended: AttendedSentence, text: str) -> None:
    """What the model could not read, and what makes its answer to this text doubtful, as on the Emotions page."""
    lines = list(attended.answer.notices)
    warning = text_loaders.find_warning(text, attended.answer.prediction.classes)
    if warning is not None:
        lines.append(warning.message)
    if lines:
        st.warning("  \n".join(plain(line) for line in lines), icon=":material/warning:")


def _scene(view: SentenceView, title: str, off: Heads = frozenset()) -> Scene:
    several = bool(view.heads)
    return Scene(
        attention=view.attention,
        title=title,
        measures=view.heads,
        badges=view.badges,
        strip=[StripRow(row.name, row.label, row.values, row.signed) for row in view.strip],
        off=sorted(off) if several else (),
        names=() if several else COLUMNS,
    )


def _find_pin(scenes: Sequence[Scene]) -> tuple[int, int]:
    """The content head that both grids open on: of the last scene that has one, else the last layer's first head."""
    for scene in reversed(scenes):
        heads = [(layer, row.index("content")) for layer, row in enumerate(scene.badges) if "content" in row]
        if heads:
            return heads[-1]
    return len(scenes[-1].attention.weights) - 1, 0


def _join(maps: Sequence[AttentionMap]) -> AttentionMap:
    """Maps of the same tokens -> one whose heads are theirs side by side."""
    weights, hidden = (np.concatenate(parts, axis=1) for parts in ([m.weights for m in maps], [m.hidden for m in maps]))
    return replace(maps[0], weights=weights, hidden=hidden)


def _show(attention: AttentionMap, attended: AttendedSentence, look: Look) -> AttentionMap:
    merged = merge_pieces(attention, attended.answer.words) if look.merged else attention
    return merged if look.special else hide_special(merged)


def change_title(before: Prediction, after: Prediction) -> str:
    """The change of the probability of the class that was predicted before."""
    first, then = (percent(answer.probabilities[before.index]) for answer in (before, after))
    if first == then:
        return f"P({before.label}) stays at {first}"
    prediction = f"; predicted class: {after.label}" if after.label != before.label else ""
    return f"P({before.label}): {first} → {then}{prediction}"
