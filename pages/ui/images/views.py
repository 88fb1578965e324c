"""The tabs of the Images page: all probabilities, attribution maps, and their faithfulness test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core.figures.attribution_maps import MapPanel, attribution_maps, map_panel
from ccds_core.figures.probability_bars import probability_bars
from ccds_core.results import Prediction, percent
from ccds_core.runs import consensus
from ccds_core.runs.records import RunRecord
from pages.ui.images import loaders as images_loaders
from pages.ui.images.loaders import UploadedImage
from pages.ui.shared import controls, faithfulness_view, panels
from pages.ui.shared.charts import draw_in_rows
from pages.ui.shared.markdown import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.image_methods import ImageMap

BARS_A_ROW = 3
READ_AS = {True: "red supports the class, blue opposes it", False: "more orange: more important"}  # signed or not
PREDICTED = "predicted class"
NOTHING, OTHER_NETWORK, OTHER_CLASS = "No comparison", "Compare networks", "Compare classes"
NETWORK = "The network that is explained; the most accurate one to begin with."
TARGET = "The class whose logit is explained."
OVERLAY, PIXELS = "Overlay", "Pixels"
NAMES, CLASSES = 210, 150  # pixels of the controls: together with two more they fit one row


@dataclass(frozen=True)
class Predictions:
    """The networks, and their predictions by name."""

    records: Sequence[RunRecord]
    predictions: Mapping[str, Prediction]


@dataclass(frozen=True)
class Explained:
    """One network and the target class."""

    record: RunRecord
    prediction: Prediction
    target: int

    @property
    def title(self) -> str:
        """Network and class."""
        return f"{self.record.name}, {self.prediction.classes[self.target]}"


def choose_network(label: str, records: Sequence[RunRecord], key: str) -> RunRecord:
    """One of several networks, the most accurate on validation to begin with."""
    ranked = sorted(records, key=lambda record: -max(epoch.val_accuracy for epoch in record.metrics.history))
    names = [record.name for record in ranked]
    return ranked[names.index(st.selectbox(label, names, key=key, bind="query-params", width=NAMES, help=NETWORK))]


def draw_probabilities(_: UploadedImage, predictions: Predictions) -> None:
    """Every probability: a bar per class and network, and the same as a table."""
    for number, group in enumerate(consensus.group_by_classes(predictions.predictions)):
        title = consensus.sureness_title(group)
        chart = probability_bars(group, title)
        panels.facets(chart, title, f"images_bars_{number}", BARS_A_ROW)
        table = panels.answer_table(group)
        with st.expander("The same as a table"):
            panels.table(table, percent=next(iter(group.values())).classes)
            panels.exports("probabilities", chart, table, f"images_export_{number}")


def draw_maps(uploaded: UploadedImage, predictions: Predictions) -> None:
    """Six methods, as many in a row as fit; beneath them those of another network or class."""
    first, bar = _choose_explained(predictions)
    with bar:
        shown = controls.choose_one("Shown", (OVERLAY, PIXELS), "images_shown")
        second = _choose_comparison(first, predictions)
    over = uploaded.square if shown == OVERLAY else None
    for number, explained in enumerate(filter(None, (first, second))):
        _draw_row(uploaded, explained, over, f"images_maps_{number}")
    with st.expander("What do the maps mean?"):
        from ccds_core.explain.methods import IMAGE_METHODS

        for method in IMAGE_METHODS.values():
            st.markdown(f"- **{method.label}.** {method.explanation}")
        st.markdown(
            "- Signed maps: red supports the target class, blue opposes it; each map has its own scale. A map does not "
            "prove why a network predicts a class: the tab 'Faithfulness test' tests the maps."
        )


def draw_test(uploaded: UploadedImage, predictions: Predictions) -> None:
    """Deletion and insertion by each method's ranking of the patches."""
    explained, _ = _choose_explained(predictions)
    erasures, scores = images_loaders.load_erasures(uploaded, explained.record, explained.target)
    name = explained.prediction.classes[explained.target]
    st.caption("Patches of 4 × 4 pixels are replaced by grey in the order of each method, until all are grey.")
    faithfulness_view.draw_faithfulness(erasures, scores, "images_test", "patches", name)
    faithfulness_view.draw_many_rows(explained.record, "images_test")


def _draw_row(uploaded: UploadedImage, explained: Explained, over: Image.Image | None, key: str) -> None:
    from ccds_core.explain.image_methods import half_share
    from ccds_core.explain.methods import IMAGE_METHODS

    maps = images_loaders.load_maps(uploaded, explained.record, explained.target)
    drawn = []
    for name, image_map in maps.items():
        values, signed = image_map.attribution.values, image_map.attribution.signed
        subtitle = f"{image_map.resolution}; {READ_AS[signed]}"
        drawn.append(MapPanel(IMAGE_METHODS[name].label, subtitle, values, signed, IMAGE_METHODS[name].unit))
    fraction = percent(half_share(maps["occlusion"].attribution.values))
    title = f"{explained.title}: {fraction} of the pixels carry half of the positive attribution (occlusion)"
    chart = attribution_maps(drawn, title, over)
    st.markdown(f"**{plain(title)}**")
    draw_in_rows({panel.title: map_panel(panel, over) for panel in drawn}, key)
    panels.exports("maps", chart, _map_table(maps), f"{key}_export")
    gap = maps["integrated-gradients"].attribution.completeness_gap
    if gap is not None:
        st.caption(
            f"The integrated gradients add up to the change of the logit from a grey image to within {abs(gap):.2f}."
        )


def _map_table(maps: "Mapping[str, ImageMap]") -> pd.DataFrame:
    """One row per pixel and method."""
    return pd.DataFrame(
        [
            {"method": name, "row": row, "column": column, "value": float(value)}
            for name, image_map in maps.items()
            for (row, column), value in np.ndenumerate(image_map.attribution.values)
        ]
    )


def _choose_explained(predictions: Predictions) -> tuple[Explained, DeltaGenerator]:
    """A network, the most accurate on validation unless chosen otherwise, a class, and the bar they are chosen in."""
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        record = choose_network("Network", predictions.records, "images_network")
        prediction = predictions.predictions[record.name]
        target = _choose_class("Target class", prediction, "images_target")
    return Explained(record, prediction, target), bar


def _choose_comparison(explained: Explained, predictions: Predictions) -> Explained | None:
    """What is drawn below: the same class in another network, or another class in this one."""
    beside = controls.choose_one("Compare", (NOTHING, OTHER_NETWORK, OTHER_CLASS), "images_beside")
    if beside == OTHER_CLASS:
        other = _choose_class("Second target class", explained.prediction, "images_other_target")
        return Explained(explained.record, explained.prediction, other)
    alike = [
        record
        for record in predictions.records
        if record.card.classes == explained.record.card.classes and record.name != explained.record.name
    ]
    if beside == NOTHING or not alike:
        return None
    record = choose_network("Second network", alike, "images_other_network")
    return Explained(record, predictions.predictions[record.name], explained.target)


def _choose_class(label: str, prediction: Prediction, key: str) -> int:
    name = st.selectbox(
        label, [PREDICTED, *prediction.classes], key=key, bind="query-params", width=CLASSES, help=TARGET
    )
    return prediction.index if name in (PREDICTED, None) else prediction.classes.index(name)
