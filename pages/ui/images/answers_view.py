"""The first screen of the Images page: the image, what the networks get, and what every network predicts."""

from collections.abc import Mapping

import streamlit as st
from PIL import Image

from ccds_core.data.uploads import shrink
from ccds_core.figures.probability_stacks import ROW_HEIGHT, probability_stacks
from ccds_core.results import Prediction, percent
from ccds_core.runs import consensus
from ccds_core.runs.consensus import Verdict
from pages.ui.images.loaders import UploadedImage
from pages.ui.images.views import Predictions
from pages.ui.shared import loaders, panels
from pages.ui.shared.charts import unchecked
from pages.ui.shared.markdown import plain

IMAGES_AND_ANSWERS = (9, 13)  # shares of the page's width
DRAWN = 320  # pixels of the crop and of the enlarged network input: 10 for each of its own
GAP = 12  # pixels between them
ENSEMBLE = "ensemble"  # the row of the mean probabilities
AROUND = 112  # pixels of the axis and the legend
HEADING_HELP = (
    "The ensemble is the mean of the predicted probabilities over all networks with more than 60 % validation "
    "accuracy. Disagreement is the mean total variation distance between each network and the ensemble: 0 % is "
    "identical, 100 % no overlap."
)


def draw(uploaded: UploadedImage, predictions: Predictions) -> None:
    """The image beside all predictions; networks with other classes get a chart of their own below."""
    images, answers = st.columns(IMAGES_AND_ANSWERS, gap="medium")
    for number, group in enumerate(consensus.group_by_classes(predictions.predictions)):
        verdict = consensus.judge(group, loaders.load_reliability())
        if not number:
            with images:
                _draw_images(uploaded)
                st.subheader(plain(verdict.title))
                panels.trust_box(verdict, panels.IMAGE)
        with answers:
            _draw_stacks(group, verdict, f"images_stacks_{number}")


def _draw_images(uploaded: UploadedImage) -> None:
    """The crop and its 32 × 32 pixels, equally large, as one image: two would not share every width evenly."""
    both = Image.new("RGBA", (2 * DRAWN + GAP, DRAWN))  # the gap is transparent
    both.paste(uploaded.square.resize((DRAWN, DRAWN), Image.Resampling.BICUBIC), (0, 0))
    both.paste(shrink(uploaded.square).resize((DRAWN, DRAWN), Image.Resampling.NEAREST), (DRAWN + GAP, 0))
    alt = "Left: the image, cropped to a square. Right: the same at 32 by 32 pixels, enlarged"
    caption = plain(f"{uploaded.caption} Right: what the networks get, 32\u00a0×\u00a032\u00a0pixels.".strip())
    st.image(both, caption=caption, output_format="PNG", width="stretch", alt=alt)


def _draw_stacks(group: Mapping[str, Prediction], verdict: Verdict, key: str) -> None:
    """A row per network, and one for the ensemble of several."""
    several = len(group) > 1
    rows = {ENSEMBLE: verdict.consensus, **group} if several else group
    title = consensus.sureness_title(group)
    if several:
        answer, sure = verdict.consensus.label, percent(verdict.consensus.confidence)
        title += f". Ensemble: {answer}, {sure}; disagreement {percent(verdict.disagreement)}"
    st.markdown(f"**{plain(title)}**", help=HEADING_HELP if several else None)
    chart = probability_stacks(rows, bold=ENSEMBLE if several else "")
    st.altair_chart(unchecked(chart), height=ROW_HEIGHT * len(rows) + AROUND, key=key, alt=title)
