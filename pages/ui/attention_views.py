"""An attended sentence -> blocks of the Attention page."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from ccds_core.attending import AttendedSentence
from ccds_core.attention import (
    AttentionMap,
    as_one_head,
    hide_special,
    mean_heads,
    merge_pieces,
    most_changed_layer,
    rollout,
    sum_pieces,
)
from ccds_core.figures.probability_bars import answer_bars
from ccds_core.results import Prediction
from ccds_core.sentence_view import Look, SentenceView, find_top_word, view_sentence
from pages.ui import panels
from pages.ui.attention_controls import MEANS
from pages.ui.change_controls import Heads, ask_to_switch_off
from pages.ui.head_grid.component import Start, head_grid
from pages.ui.head_grid.payload import Payload, Scene, StripRow, build_difference, build_payload
from pages.ui.text import plain

SWITCH_OFF = "Switch off the pinned heads"
COLUMNS = ("mean", "rollout")  # of `MEANS`
AS_IT_IS, CHANGED = "as it is", "changed"
WHEN = {AS_IT_IS: "Before", CHANGED: "After"}
REASONS = (
    "**Attention shows where a layer reads from.** Attribution estimates what the answer depended on. Neither is "
    "proof; changing the sentence or the network, above, checks either.",
    "**A striking head need not matter.** Many can be switched off one at a time at little cost (Michel et al. 2019). "
    "'Gradient importance' says what a gate on each head would do; switching it off shows what it does.",
    "**Unused attention is parked on [CLS] and [SEP]** (Clark et al. 2019). They are hidden and the rest of each row "
    "is made to sum to 1; the share that was hidden stands beside each head.",
    "**Only the first row of the last layer is ever read by the classifier.** Deeper states are mixtures of words, so "
    "what a late layer reads at a word's place is no longer that word alone.",
    "**Mean over heads**: A = 1/H times the sum of the heads. **Rollout**: R[l] = (A[l] + I)/2 R[l-1] (Abnar and "
    "Zuidema 2020); it follows mixtures back to words, cannot tell for from against, and flattens with depth.",
    "**Gradient × attention** keeps what speaks for the chosen class (Chefer et al. 2021). **Integrated gradients** go "
    "from the masked sentence to this one (Sundararajan et al. 2017), and add up to what the logit gained.",
)


def draw_answers(before: AttendedSentence, after: AttendedSentence | None) -> None:
    """The six probabilities, and beside them those after the change."""
    answers = {AS_IT_IS: before.answer.prediction}
    if after is not None:
        answers[CHANGED] = after.answer.prediction
        st.markdown(f"**{plain(change_title(*answers.values()))}**")
    charts = {
        title: answer_bars(state, answer, title)
        for state, answer in answers.items()
        for said in (f"{answer.prediction}, with {answer.confidence:.0%}",)
        for title in (f"It says {said}" if after is None else f"{WHEN[state]}: {said}",)
    }
    panels.beside(charts, "attention_bars", len(charts))


def draw_heads(view: SentenceView, title: str, key: str, maps: str, off: Heads = frozenset()) -> None:
    """The grid over one sentence; its button switches pinned heads off."""
    several = maps != MEANS
    payload = build_payload(_scene(view, title, off))
    chosen = head_grid(payload, key, group="heads", action=SWITCH_OFF if several else None)
    if chosen:
        ask_to_switch_off("attention", chosen)


def draw_beside(left: tuple[SentenceView, str], right: tuple[SentenceView, str]) -> None:
    """Two grids side by side, which open on the same head."""
    scenes = [_scene(view, title) for view, title in (left, right)]
    payloads: list[Payload] = [build_payload(scene) for scene in scenes]
    start = Start(pins=(_find_pin(scenes),))
    for column, payload, key in zip(st.columns(2), payloads, ("attention_left", "attention_right"), strict=True):
        with column:
            head_grid(payload, key, group="heads", start=start)


def draw_difference(left: tuple[SentenceView, str], right: tuple[SentenceView, str]) -> None:
    """One grid of the second minus the first, its strip too; both have the same size."""
    (first, first_title), (second, second_title) = left, right
    layer = most_changed_layer(first.attention, second.attention) + 1
    scene = _scene(second, f"{second_title} minus {first_title.lower()}: layer {layer} changes most")
    strip = [
        StripRow(row.name, row.label, row.values - old.values, signed=True)
        for row, old in zip(second.strip, first.strip, strict=True)
    ]
    head_grid(build_difference(first.attention, replace(scene, strip=strip)), "attention_change", group="heads")


def view_of(attended: AttendedSentence, look: Look, maps: str) -> SentenceView:
    """The sentence with every head, or with a mean over heads and rollout in their place."""
    view = view_sentence(attended, look)
    if maps != MEANS:
        return view
    whole = attended.attention
    reached = as_one_head(whole, rollout(whole))
    mean = as_one_head(whole, mean_heads(whole))
    return SentenceView(_join([_show(one, attended, look) for one in (mean, reached)]), view.strip, (), ())


def finding(attended: AttendedSentence) -> str:
    """What the classifier's token reads most, and what integrated gradients say, as a sentence."""
    place, word, share = find_top_word(attended)
    strongest = _strongest_word(attended)
    said = f"The classifier's token reads “{word}” most ({share:.0%} of what it gives to words)"
    if strongest == place:
        return f"{said}, and integrated gradients agree"
    return f"{said}; integrated gradients put “{attended.answer.words[strongest]}” first"


def draw_hidden(view: SentenceView) -> None:
    """How much of each measure lies on tokens that are not shown."""
    shares = [f"{row.label} {row.hidden:.0%}" for row in view.strip if not row.signed and row.hidden > 0.005]
    if shares:
        st.caption(plain(f"Hidden with the special tokens: {', '.join(shares)}."))


def draw_table(view: SentenceView) -> None:
    """The strip in numbers."""
    with st.expander("The words as a table"):
        table = pd.DataFrame({"token": view.attention.tokens, **{row.label: row.values for row in view.strip}})
        panels.number_table(table)
        panels.exports("attention", None, table, "attention_export")


def why() -> None:
    """The honest small print, one click away."""
    with st.expander("Is attention an explanation?"):
        for reason in REASONS:
            st.markdown(f"- {reason}")


def notices(attended: AttendedSentence) -> None:
    """What the model could not read."""
    if said := attended.answer.notices:
        st.warning("  \n".join(plain(notice) for notice in said), icon=":material/visibility_off:")


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
        found = [(layer, row.index("content")) for layer, row in enumerate(scene.badges) if "content" in row]
        if found:
            return found[-1]
    return len(scenes[-1].attention.weights) - 1, 0


def _join(maps: Sequence[AttentionMap]) -> AttentionMap:
    """Maps of the same tokens -> one whose heads are theirs side by side."""
    weights, hidden = (np.concatenate(parts, axis=1) for parts in ([m.weights for m in maps], [m.hidden for m in maps]))
    return replace(maps[0], weights=weights, hidden=hidden)


def _show(attention: AttentionMap, attended: AttendedSentence, look: Look) -> AttentionMap:
    merged = merge_pieces(attention, attended.answer.words) if look.merged else attention
    return merged if look.special else hide_special(merged)


def _strongest_word(attended: AttendedSentence) -> int:
    """The place of the word that integrated gradients give the largest value, for or against."""
    owners = attended.attention.word_of
    sums = sum_pieces(attended.attributions[-1].values, owners)  # words and special tokens, in their order
    places = list(dict.fromkeys(("special", at) if owner is None else owner for at, owner in enumerate(owners)))
    words = {place: abs(value) for place, value in zip(places, sums, strict=True) if isinstance(place, int)}
    return max(words, key=lambda place: words[place])


def change_title(before: Prediction, after: Prediction) -> str:
    """How far the change moved the class that was likeliest before."""
    first, then = (f"{answer.probabilities[before.target]:.0%}" for answer in (before, after))
    if first == then:
        return f"The change leaves {before.prediction} at {first}"
    turned = f"; it now says {after.prediction}" if after.prediction != before.prediction else ""
    return f"The change moves {before.prediction} from {first} to {then}{turned}"
