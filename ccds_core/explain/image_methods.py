"""Attribution maps of a CNN for one image by six methods, and the effect of erasing patches."""

import time
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccds_core.explain.attribution import (
    Attribution,
    flatten_channels,
    grad_cam,
    occlusion,
    smooth_gradient,
)
from ccds_core.explain.faithfulness import AskKept
from ccds_core.explain.integrated_gradients import integrate_to_gap
from ccds_core.explain.methods import COPIES, IMAGE_METHODS, WINDOW
from ccds_core.models.classifier import ImageClassifier
from ccds_core.models.cnn import Cnn
from ccds_core.validation import one_of, raise_faults

LARGEST_GAP = 0.25  # logits that integrated gradients may leave unexplained
GRID = 8  # patches along one side, of 4 x 4 pixels: the parts that are erased, alike for every method
BATCH = 64  # images in one pass: memory and speed, not results


@dataclass(frozen=True)
class ImageMap:
    """The attribution map of one method for one image."""

    method: str  # a name in `IMAGE_METHODS`
    attribution: Attribution  # (h, w): 32 x 32, for Grad-CAM 4 x 4
    seconds: float  # that it took

    @property
    def resolution(self) -> str:
        """Its numbers, "32 × 32"."""
        height, width = self.attribution.values.shape
        return f"{height} × {width}"


def _grey(images: Tensor) -> Tensor:
    """The value of an erased pixel: the mean pixel, which is zero in normalised images."""
    return torch.zeros_like(images)


def integrate(model: Cnn, images: Tensor, target: int) -> Attribution:
    """images (1, 3, 32, 32): Integrated gradients from grey, to within `LARGEST_GAP`."""
    return integrate_to_gap(model, images, target, _grey(images), LARGEST_GAP)


def smooth(model: Cnn, images: Tensor, target: int) -> Attribution:
    """images (1, 3, 32, 32): SmoothGrad over `COPIES` noisy copies."""
    return smooth_gradient(model, images, target, COPIES)


def occlude(model: Cnn, images: Tensor, target: int) -> Attribution:
    """images (1, 3, 32, 32): Occlusion by grey squares of `WINDOW`."""
    return occlusion(model, images, target, _grey(images), WINDOW)


def explain_by_grad_cam(model: Cnn, images: Tensor, target: int) -> Attribution:
    """images (1, 3, 32, 32): Grad-CAM of the last feature map, (4, 4)."""
    with torch.no_grad():
        features = model.features(images)  # (1, C, h, w), where every CNN here is cut
    return grad_cam(model.head, features, target)


def explain_image(classifier: ImageClassifier, images: Tensor, target: int, method: str) -> ImageMap:
    """The attribution map of one method for one class.

    `images`: (1, 3, 32, 32), normalised. `target`: index of the class. `method`: a name in `IMAGE_METHODS`, which also
    gives its source and unit. Returns a map of (32, 32), for Grad-CAM (4, 4). Raises `InvalidConfigError` for an
    unknown method or class.

        images = classifier.encode(image)
        explain_image(classifier, images, target=3, method="grad-cam").attribution.values
    """
    faults = list(one_of("a method", method, tuple(IMAGE_METHODS)))
    if not 0 <= target < len(classifier.classes):
        faults.append(f"the class is a number from 0 to {len(classifier.classes) - 1}, got {target}")
    raise_faults(faults)
    start = time.perf_counter()
    attribution = IMAGE_METHODS[method].explain(cast(Cnn, classifier.model), images, target)
    if attribution.values.ndim == 3:
        attribution = flatten_channels(attribution)
    return ImageMap(method, attribution, time.perf_counter() - start)


def explain_everything(classifier: ImageClassifier, images: Tensor, target: int) -> dict[str, ImageMap]:
    """The map of every method, by its name."""
    return {method: explain_image(classifier, images, target, method) for method in IMAGE_METHODS}


def half_share(values: NDArray[np.float64]) -> float:
    """(h, w) -> the smallest fraction of pixels with half of the positive attribution; 0 where none is positive."""
    ranked = np.sort(values.clip(min=0).ravel())[::-1]
    if not ranked[0]:
        return 0.0
    return float((np.searchsorted(ranked.cumsum(), ranked.sum() / 2) + 1) / len(ranked))


def score_patches(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(h, w) -> (64,): the sum of each patch's pixels; a coarser map gives each patch the value it lies under."""
    side = values.shape[0]
    if side < GRID:
        values = values.repeat(GRID // side, axis=0).repeat(GRID // side, axis=1)
        side = GRID
    scores: NDArray[np.float64] = values.reshape(GRID, side // GRID, GRID, side // GRID).sum(axis=(1, 3)).ravel()
    return scores


def ask_patches(classifier: ImageClassifier, images: Tensor, target: int) -> AskKept:
    """images (1, 3, 32, 32) -> the class's probability with some patches kept and the rest grey."""
    size = images.shape[-1] // GRID

    def ask(kept: NDArray[np.bool_]) -> NDArray[np.float64]:
        probabilities = []
        for start in range(0, len(kept), BATCH):
            masks = torch.from_numpy(kept[start : start + BATCH].reshape(-1, 1, GRID, GRID))
            pixels = masks.repeat_interleave(size, dim=2).repeat_interleave(size, dim=3)  # (K, 1, 32, 32)
            erased = torch.where(pixels, images, _grey(images))
            probabilities.append(classifier.predict_many(erased)[:, target])
        return np.concatenate(probabilities)

    return ask


def explain_for_erasure(
    classifier: ImageClassifier, images: Tensor, target: int
) -> tuple[dict[str, NDArray[np.float64]], AskKept]:
    """Every method's scores of the 64 patches, and the function that erases them."""
    maps = explain_everything(classifier, images, target)
    scores = {name: score_patches(image_map.attribution.values) for name, image_map in maps.items()}
    return scores, ask_patches(classifier, images, target)
