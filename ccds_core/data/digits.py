"""scikit-learn's bundled handwritten digits as 32 x 32 RGB: real data that needs no network and no download.

It stands alone: nothing else here loads scikit-learn's data.
"""

from functools import cache

import numpy as np
from PIL import Image

from ccds_core.data.image_cache import IMAGE_SIZE, ImageArrays

CLASSES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@cache
def load() -> ImageArrays:
    """1,797 images of 8 x 8 grey levels (0..16), enlarged to 32 x 32 RGB, white on black."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    grey = np.round(bunch.images * (255.0 / 16.0)).astype(np.uint8)  # (N, 8, 8)
    enlarged = [
        np.asarray(Image.fromarray(image).resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC)) for image in grey
    ]
    images = np.repeat(np.stack(enlarged)[..., None], 3, axis=3)  # (N, 32, 32, 3)
    images.flags.writeable = False
    return ImageArrays(images, bunch.target.astype(np.int64), CLASSES, 0, "scikit-learn digits")
