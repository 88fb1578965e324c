"""A trained model ready to answer: config, classes and frozen weights; encode once, predict, explain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from ccds_core.config.run_config import RunConfig
from ccds_core.data.batching import cut_by_length
from ccds_core.data.datasets import NORMALISATION
from ccds_core.data.uploads import shrink
from ccds_core.data.word_tokenizer import VOCABULARY, Encoding, TextEncoder, pad, read_vocabulary
from ccds_core.results import Prediction

# tokens of a batch, padding included: memory and speed, not results. 512 to 2,048 are alike (3.8 to 4.5 ms a sentence
# by `bert-emotion`, two AVX-512 cores); with 4,096 its tensors outgrow what malloc keeps, and it takes 4 times as long
BATCH_TOKENS = 1024


@dataclass(frozen=True)
class ImageClassifier:
    """One run's network, in eval mode and frozen: shared by all visitors, changed by none."""

    name: str
    config: RunConfig
    classes: tuple[str, ...]
    model: nn.Module

    def encode(self, image: Image.Image) -> Tensor:
        """An upright RGB image -> images (1, 3, 32, 32); what is not square is cropped to its centre square."""
        return encode_image(image)

    def predict(self, images: Tensor) -> Prediction:
        """images (1, 3, 32, 32) -> `Prediction`"""
        return Prediction(self.classes, self.predict_many(images)[0])

    def predict_many(self, images: Tensor) -> NDArray[np.float64]:
        """images (B, 3, 32, 32) -> probabilities (B, n_classes)"""
        with torch.no_grad():
            probabilities: NDArray[np.float64] = self.model(images).double().softmax(dim=1).numpy()
            return probabilities


@dataclass(frozen=True)
class TextClassifier:
    """One run's text model, in eval mode and frozen: shared by all visitors, changed by none."""

    name: str
    config: RunConfig
    classes: tuple[str, ...]
    model: nn.Module
    encoder: TextEncoder

    def encode(self, words: Sequence[str]) -> Encoding:
        """Words, as `data.words.split_words` gives them -> `Encoding`"""
        return self.encoder.encode(words)

    def predict(self, encoding: Encoding) -> Prediction:
        """One sentence -> `Prediction`"""
        return Prediction(self.classes, self.predict_many([encoding])[0])

    def predict_many(self, encodings: Sequence[Encoding]) -> NDArray[np.float64]:
        """N sentences -> probabilities (N, n_classes)"""
        probabilities = np.empty((len(encodings), len(self.classes)))
        for places, answers in self.predict_in_batches(encodings):
            probabilities[places] = answers
        return probabilities

    def predict_in_batches(self, encodings: Sequence[Encoding]) -> Iterator[tuple[list[int], NDArray[np.float64]]]:
        """Yields (places, probabilities) of sentences of about one length, the shortest first."""
        for places in cut_by_length([encoding.mask.shape[1] for encoding in encodings], BATCH_TOKENS):
            token_ids, mask = pad([encodings[place] for place in places])
            with torch.no_grad():
                yield places, self.model(token_ids, mask).double().softmax(dim=1).numpy()


Classifier = ImageClassifier | TextClassifier


def encode_image(image: Image.Image) -> Tensor:
    """An upright RGB image -> images (1, 3, 32, 32), the same for every CNN here."""
    pixels = np.array(shrink(image))  # (32, 32, 3)
    return NORMALISATION.apply(torch.from_numpy(pixels)[None])


def read_encoder(files: Mapping[str, str], max_tokens: int, name: str) -> TextEncoder:
    """The encoder that a text model's run folder holds."""
    if VOCABULARY in files:
        return read_vocabulary(files[VOCABULARY], max_tokens, name)
    from ccds_core.data.wordpiece_tokenizer import TOKENIZER, read_tokenizer

    return read_tokenizer(files[TOKENIZER], max_tokens, name)
