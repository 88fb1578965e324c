"""The first screen of the Images page: the image, what the networks get, and what every network predicts."""

import streamlit as st
from PIL import Image

from ccds_core.data.uploads import shrink
from ccds_core.runs import consensus
from pages.ui.images.loaders import UploadedImage
from pages.ui.images.views import Predictions
from pages.ui.shared import loaders, panels
from pages.ui.shared.markdown import plain

IMAGES_AND_ANSWERS = (9, 13)  # shares of the page's width
DRAWN = 320  # pixels of the crop and of the enlarged network input: 10 for each of its own
GAP = 12  # pixels between them


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
            panels.stacks(group, verdict, consensus.sureness_title(group), f"images_stacks_{number}")


def _draw_images(uploaded: UploadedImage) -> None:
    """The crop and its 32 × 32 pixels, equally large, as one image: two would not share every width evenly."""
    both = Image.new("RGBA", (2 * DRAWN + GAP, DRAWN))  # the gap is transparent
    both.paste(uploaded.square.resize((DRAWN, DRAWN), Image.Resampling.BICUBIC), (0, 0))
    both.paste(shrink(uploaded.square).resize((DRAWN, DRAWN), Image.Resampling.NEAREST), (DRAWN + GAP, 0))
    alt = "Left: the image, cropped to a square. Right: the same at 32 by 32 pixels, enlarged"
    caption = plain(f"{uploaded.caption} Right: what the networks get, 32\u00a0×\u00a032\u00a0pixels.".strip())
    st.image(both, caption=caption, output_format="PNG", width="stretch", alt=alt)
