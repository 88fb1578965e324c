"""The views of the Images page: answers, maps of where a network looked, and their test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core import agreement
from ccds_core.figures.attribution_maps import MapPanel, attribution_maps
from ccds_core.figures.probability_bars import probability_bars
from ccds_core.results import Prediction
from ccds_core.run_folders import RunRecord
from pages.ui import controls, faithful_views, image_loaders, loaders, panels
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.image_loaders import Brought
from pages.ui.text import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.image_explanations import ImageMap

ANSWER = "its answer"
NOTHING, OTHER_NETWORK, OTHER_CLASS = "Alone", "Beside a network", "Beside a class"
LAID_OVER, PIXELS = "Over the picture", "Pixels"
NAMES, CLASSES = 210, 150  # pixels of the controls: together with two more they fit one row


@dataclass(frozen=True)
class Answered:
    """The networks that were asked, with their answers by name."""

    records: Sequence[RunRecord]
    predictions: Mapping[str, Prediction]


@dataclass(frozen=True)
class Explained:
    """One network and the class that it is asked about."""

    record: RunRecord
    prediction: Prediction
    target: int

    @property
    def words(self) -> str:
        """Both, for a title."""
        return f"{self.record.name}, {self.prediction.classes[self.target]}"


def choose_network(label: str, records: Sequence[RunRecord], key: str) -> RunRecord:
    """One of several networks, the most accurate on validation to begin with."""
    ranked = sorted(records, key=lambda record: -max(epoch.val_accuracy for epoch in record.metrics.history))
    names = [record.name for record in ranked]
    return ranked[names.index(st.selectbox(label, names, key=key, bind="query-params", width=NAMES))]


def draw_answers(brought: Brought, answered: Answered) -> None:
    """What is seen and what it amounts to; then the probabilities, networks of the same classes on one chart."""
    for number, group in enumerate(agreement.group_by_classes(answered.predictions)):
        verdict = agreement.judge(group, loaders.load_reliability())
        if number:
            st.subheader(plain(verdict.title))
        else:
            panels.picture_and_verdict(brought.square, verdict)
        title = agreement.sureness_title(group)
        chart = probability_bars(group, title)
        draw_as_wide_as_it_is(chart, title, f"images_bars_{number}")
        table = panels.answer_table(group)
        with st.expander("The same as a table"):
            panels.table(table, percent=verdict.consensus.classes)
            panels.exports("answers", chart, table, f"images_export_{number}")


def draw_maps(brought: Brought, answered: Answered) -> None:
    """Six methods side by side; beneath them those of another network or class."""
    explained, place = _choose_explained(answered)
    with place:
        shown = controls.choose_one("Shown", (LAID_OVER, PIXELS), "images_shown")
        beside = _choose_beside(explained, answered)
    over = brought.square if shown == LAID_OVER else None
    for number, each in enumerate(filter(None, (explained, beside))):
        _draw_row(brought, each, over, f"images_maps_{number}")
    with st.expander("What do the maps mean?"):
        from ccds_core.image_explanations import IMAGE_METHODS

        for method in IMAGE_METHODS.values():
            st.markdown(f"- **{method.label}.** {method.explanation}")
        st.markdown(
            "- Signed maps: red speaks for the class, blue against it, each on a scale of its own. No map is proof of "
            "why a network answers: the view 'Is it true?' puts them to a test."
        )


def draw_test(brought: Brought, answered: Answered) -> None:
    """Whether what the methods name is what the answer hangs on."""
    explained, _ = _choose_explained(answered)
    erasures, scores = image_loaders.load_erasures(brought, explained.record, explained.target)
    name = explained.prediction.classes[explained.target]
    st.caption("Patches of 4 × 4 pixels turn grey, in the order of each method, until nothing of the picture is left.")
    faithful_views.draw_faithfulness(erasures, scores, "images_test", "patches", name)
    faithful_views.draw_many_rows(explained.record, "images_test")


def _draw_row(brought: Brought, explained: Explained, over: Image.Image | None, key: str) -> None:
    from ccds_core.image_explanations import IMAGE_METHODS, half_share

    maps = image_loaders.load_maps(brought, explained.record, explained.target)
    drawn = [
        MapPanel(
            IMAGE_METHODS[name].label, _subtitle(found), found.attribution.values, found.attribution.signed,
            IMAGE_METHODS[name].unit,
        )
        for name, found in maps.items()
    ]  # fmt: skip
    share = half_share(maps["occlusion"].attribution.values)
    name = explained.prediction.classes[explained.target]
    title = f"{explained.words}: half of what speaks for {name} lies in {share:.0%} of the picture, by occlusion"
    chart = attribution_maps(drawn, title, over)
    draw_as_wide_as_it_is(chart, title, key)
    panels.exports("maps", chart, _map_table(maps), f"{key}_export")


def _subtitle(found: "ImageMap") -> str:
    gap = found.attribution.completeness_gap
    said = f"{found.resolution}, {found.seconds * 1000:.0f} ms"
    return said if gap is None else f"{said}, gap {gap:+.2f}"


def _map_table(maps: "Mapping[str, ImageMap]") -> pd.DataFrame:
    """One row per place and method."""
    return pd.DataFrame(
        [
            {"method": name, "row": row, "column": column, "value": float(value)}
            for name, found in maps.items()
            for (row, column), value in np.ndenumerate(found.attribution.values)
        ]
    )


def _choose_explained(answered: Answered) -> tuple[Explained, DeltaGenerator]:
    """A network, the most accurate on validation unless chosen otherwise, a class, and the bar they are chosen in."""
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        record = choose_network("Network", answered.records, "images_network")
        prediction = answered.predictions[record.name]
        target = _choose_class("Class explained", prediction, "images_target")
    return Explained(record, prediction, target), bar


def _choose_beside(explained: Explained, answered: Answered) -> Explained | None:
    """What stands beneath: the same class in another network, or another class in this one."""
    beside = controls.choose_one("Beside", (NOTHING, OTHER_NETWORK, OTHER_CLASS), "images_beside")
    if beside == OTHER_CLASS:
        other = _choose_class("The other class", explained.prediction, "images_other_target")
        return Explained(explained.record, explained.prediction, other)
    alike = [
        record
        for record in answered.records
        if record.card.classes == explained.record.card.classes and record.name != explained.record.name
    ]
    if beside == NOTHING or not alike:
        return None
    record = choose_network("The other network", alike, "images_other_network")
    return Explained(record, answered.predictions[record.name], explained.target)


def _choose_class(label: str, prediction: Prediction, key: str) -> int:
    name = st.selectbox(label, [ANSWER, *prediction.classes], key=key, bind="query-params", width=CLASSES)
    return prediction.target if name in (ANSWER, None) else prediction.classes.index(name)
