"""Models whose prediction depends on a known part of the input: one word of a sentence, one corner of an image."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ccds_core.config.presets import PRESETS
from ccds_core.data.word_tokenizer import WordEncoder, build_vocabulary
from ccds_core.models.classifier import ImageClassifier, TextClassifier
from ccds_core.models.registry import build_model
from tests.support.small_berts import random_bert
from tests.support.small_texts import CLASSES, text_config

DECIDES = "keen"  # for class 0, against class 1
SENTENCE = ["i", "felt", "keen", "by", "the", "kiln"]
# the word's vector and that of every position: mean 0 and orthogonal, so that layer norm keeps them apart
SIGNS = ((1.0, -1.0, 1.0, -1.0), (1.0, 1.0, -1.0, -1.0))

SIDE = 8  # pixels of the corner at the top left


def single_word_classifier(family: str, base: Path) -> TextClassifier:
    """A frozen classifier of this family whose prediction depends on the word `DECIDES` alone."""
    if family == "bert":
        classifier = random_bert(base, layers=1)
        _set_bert(classifier)
        return classifier
    encoder = WordEncoder(build_vocabulary([SENTENCE], 1), 64)
    config = text_config(family, base / "none.csv", base)
    model = build_model(config, len(CLASSES), dict([encoder.file]))
    with torch.no_grad():
        {"one-word": _set_rule, "text-embedding": _set_embeddings}[family](model, encoder.ids[DECIDES])
    return TextClassifier("single-word", config, CLASSES, model.eval().requires_grad_(False), encoder)


def _set_rule(rule: nn.Module, word: int) -> None:
    """No other word was counted."""
    rule.counts[word, 0] = 9


def _set_embeddings(model: nn.Module, word: int) -> None:
    """All other words are zeros; a state falls to half with each step, so that its highest is the word's own."""
    for parameter in model.parameters():
        parameter.zero_()
    model.embedding.weight[word] = 1.0
    for name, parameter in model.encoder.named_parameters():
        if name.startswith("weight_ih"):
            parameter[2 * model.encoder.hidden_size :] = 0.2  # the new state's rows
    model.linear.weight[0, : 2 * model.encoder.hidden_size] = 1.0  # of the highest states
    model.linear.weight[1] = -model.linear.weight[0]


def _set_bert(classifier: TextClassifier) -> None:
    """All other word pieces, [MASK] too, are zeros; every query matches the vector of the word alone."""
    bert, head = classifier.model.network.bert, classifier.model.network.classifier
    size = head.in_features
    vector, position = (torch.tensor(signs).repeat(size // 4) for signs in SIGNS)
    (layer,) = bert.encoder.layer
    attention = layer.attention.self
    with torch.no_grad():
        for name, parameter in classifier.model.named_parameters():
            if "LayerNorm" not in name:
                parameter.zero_()
        bert.embeddings.word_embeddings.weight[classifier.encoder.tokenizer.token_to_id(DECIDES)] = vector
        bert.embeddings.position_embeddings.weight[:] = position
        attention.query.bias.copy_(5 * vector)
        attention.key.weight.copy_(torch.eye(size))
        attention.value.weight.copy_(torch.outer(vector, vector) / size)
        layer.attention.output.dense.weight.copy_(torch.eye(size))
        bert.pooler.dense.weight.copy_(torch.eye(size))
        head.weight[0], head.weight[1] = vector / size, -vector / size


class CornerCnn(nn.Module):
    """Class 0 becomes more probable with the brightness of the corner; all other pixels have no effect."""

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 32) -> (B, 2, 4, 4)"""
        corner = torch.zeros_like(images)
        corner[:, :, :SIDE, :SIDE] = images[:, :, :SIDE, :SIDE]
        bright = nn.functional.avg_pool2d(corner.mean(dim=1, keepdim=True), SIDE)  # (B, 1, 4, 4)
        return torch.cat([bright.relu(), (bright**2)], dim=1)

    def head(self, features: Tensor) -> Tensor:
        """(B, 2, 4, 4) -> (B, 2)"""
        score = features.sum(dim=(1, 2, 3))
        return torch.stack([3 * score, -3 * score], dim=1)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 32) -> (B, 2)"""
        return self.head(self.features(images))


def corner_classifier() -> ImageClassifier:
    """Two classes; its logits depend on 64 of the 1,024 pixels."""
    config = PRESETS["architecture-1"].config("corner")
    return ImageClassifier("corner", config, ("bright corner", "dark corner"), CornerCnn().eval())
