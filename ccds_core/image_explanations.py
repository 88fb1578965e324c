"""One picture before one CNN: which pixels spoke for a class, by six methods, and what erasing them does."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccds_core.attribution import (
    Attribution,
    flatten_channels,
    grad_cam,
    gradient_times_input,
    occlusion,
    saliency,
    smooth_gradient,
)
from ccds_core.checks import one_of, raise_faults
from ccds_core.classifier import ImageClassifier
from ccds_core.faithfulness import AskKept
from ccds_core.models.cnn import Cnn
from ccds_core.path_integral import integrate_to_gap

WINDOW = (8, 4)  # of occlusion: side and step in pixels
COPIES = 16  # of SmoothGrad
LARGEST_GAP = 0.25  # logits that integrated gradients may leave unexplained
GRID = 8  # patches along one side, of 4 x 4 pixels: the parts that are erased, alike for every method
BATCH = 64  # pictures in one pass: memory and speed, not results


@dataclass(frozen=True)
class ImageMethod:
    """One way of asking a CNN where it looked."""

    label: str
    signed: bool
    unit: str  # of its values
    explain: Callable[[Cnn, Tensor, int], Attribution]  # model, images (1, 3, 32, 32), class -> (3, 32, 32) or (h, w)
    explanation: str  # one sentence


@dataclass(frozen=True)
class ImageMap:
    """What one method says about one picture."""

    method: str  # a name in `IMAGE_METHODS`
    attribution: Attribution  # (h, w): 32 x 32, for Grad-CAM 4 x 4
    seconds: float  # that it took

    @property
    def resolution(self) -> str:
        """Its numbers, "32 × 32"."""
        height, width = self.attribution.values.shape
        return f"{height} × {width}"


def _grey(images: Tensor) -> Tensor:
    """What an erased pixel becomes: the mean pixel, which normalised images have at zero."""
    return torch.zeros_like(images)


def _integrate(model: Cnn, images: Tensor, target: int) -> Attribution:
    return integrate_to_gap(model, images, target, _grey(images), LARGEST_GAP)


def _smooth(model: Cnn, images: Tensor, target: int) -> Attribution:
    return smooth_gradient(model, images, target, COPIES)


def _occlude(model: Cnn, images: Tensor, target: int) -> Attribution:
    return occlusion(model, images, target, _grey(images), WINDOW)


def _grad_cam(model: Cnn, images: Tensor, target: int) -> Attribution:
    with torch.no_grad():
        features = model.features(images)  # (1, C, h, w), where every CNN here is cut
    return grad_cam(model.head, features, target)


SLOPE, LOGITS = "|slope| of the logit", "logits"
IMAGE_METHODS: Mapping[str, ImageMethod] = MappingProxyType({
    "saliency": ImageMethod("Saliency", False, SLOPE, saliency,
        "How strongly a small change of each pixel would move the class, whichever way (Simonyan et al. 2014)."),
    "input-x-gradient": ImageMethod("Input × gradient", True, LOGITS, gradient_times_input,
        "The first-order effect of turning each pixel grey (Shrikumar et al. 2016)."),
    "integrated-gradients": ImageMethod("Integrated gradients", True, LOGITS, _integrate,
        "Gradients along the way from grey to this picture; they add up to what the logit gained "
        "(Sundararajan et al. 2017)."),
    "smooth-grad": ImageMethod("SmoothGrad", False, SLOPE, _smooth,
        f"Saliency of the mean gradient of {COPIES} noisy copies (Smilkov et al. 2017)."),
    "occlusion": ImageMethod("Occlusion", True, LOGITS, _occlude,
        f"What the logit loses under a grey square of {WINDOW[0]} × {WINDOW[0]} pixels (Zeiler and Fergus 2014)."),
    "grad-cam": ImageMethod("Grad-CAM", False, "weighted activation", _grad_cam,
        "The last feature map, its channels weighted by their gradient: coarse, and only what speaks for the class "
        "(Selvaraju et al. 2017)."),
})  # fmt: skip


def explain_image(classifier: ImageClassifier, images: Tensor, target: int, method: str) -> ImageMap:
    """images (1, 3, 32, 32) -> the map of one method for the class of index `target`."""
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
    """(h, w) -> the smallest share of its places that holds half of what is above zero; 0 where nothing is."""
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
    scores = {name: score_patches(found.attribution.values) for name, found in maps.items()}
    return scores, ask_patches(classifier, images, target)
