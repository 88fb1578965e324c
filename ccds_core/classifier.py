"""A trained model ready to answer: config, classes and frozen weights; encode once, predict, explain."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from ccds_core.config import RunConfig
from ccds_core.data.catalog import NORMALISATION
from ccds_core.data.uploads import shrink
from ccds_core.results import Prediction


@dataclass(frozen=True)
class ImageClassifier:
    """One run's network, in eval mode and frozen: shared by all visitors, changed by none."""

    name: str
    config: RunConfig
    classes: tuple[str, ...]
    model: nn.Module

    def encode(self, image: Image.Image) -> Tensor:
        """An upright RGB picture -> images (1, 3, 32, 32); what is not square is cropped to its centre square."""
        return encode_image(image)

    def predict(self, images: Tensor) -> Prediction:
        """images (1, 3, 32, 32) -> `Prediction`"""
        return Prediction(self.classes, self.predict_many(images)[0])

    def predict_many(self, images: Tensor) -> NDArray[np.float64]:
        """images (B, 3, 32, 32) -> probabilities (B, n_classes)"""
        with torch.no_grad():
            probabilities: NDArray[np.float64] = self.model(images).double().softmax(dim=1).numpy()
            return probabilities


def encode_image(image: Image.Image) -> Tensor:
    """An upright RGB picture -> images (1, 3, 32, 32), the same for every CNN here."""
    pixels = np.array(shrink(image))  # (32, 32, 3)
    return NORMALISATION.apply(torch.from_numpy(pixels)[None])
