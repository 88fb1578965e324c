"""Text models of every family in which one word alone decides, whatever stands around it."""

from pathlib import Path

import torch
from torch import nn

from ccds_core.classifier import TextClassifier
from ccds_core.data.vocabulary import WordEncoder, build_vocabulary
from ccds_core.models.registry import build_model
from tests.core.small_berts import random_bert
from tests.core.small_texts import CLASSES, text_config

DECIDES = "keen"  # for class 0, against class 1
SENTENCE = ["i", "felt", "keen", "by", "the", "kiln"]
# the word's vector and that of every place: of mean 0 and at right angles, so that layer norm keeps them apart
SIGNS = ((1.0, -1.0, 1.0, -1.0), (1.0, 1.0, -1.0, -1.0))


def rigged(family: str, base: Path) -> TextClassifier:
    """A frozen classifier of this family that reads one word only."""
    if family == "bert":
        classifier = random_bert(base, layers=1)
        _rig_bert(classifier)
        return classifier
    encoder = WordEncoder(build_vocabulary([SENTENCE], 1), 64)
    config = text_config(family, base / "none.csv", base)
    model = build_model(config, len(CLASSES), dict([encoder.file]))
    with torch.no_grad():
        {"one-word": _rig_rule, "text-embedding": _rig_table}[family](model, encoder.ids[DECIDES])
    return TextClassifier("rigged", config, CLASSES, model.eval().requires_grad_(False), encoder)


def _rig_rule(rule: nn.Module, word: int) -> None:
    """No other word was ever counted."""
    rule.counts[word, 0] = 9


def _rig_table(model: nn.Module, word: int) -> None:
    """All other words are zeros; a state falls to half with each step, so that its highest is the word's own."""
    for parameter in model.parameters():
        parameter.zero_()
    model.embedding.weight[word] = 1.0
    for name, parameter in model.encoder.named_parameters():
        if name.startswith("weight_ih"):
            parameter[2 * model.encoder.hidden_size :] = 0.2  # the new state's rows
    model.linear.weight[0, : 2 * model.encoder.hidden_size] = 1.0  # of the highest states
    model.linear.weight[1] = -model.linear.weight[0]


def _rig_bert(classifier: TextClassifier) -> None:
    """All other pieces, [MASK] too, are zeros; every query looks for the word's vector, and finds it or nothing."""
    bert, head = classifier.model.network.bert, classifier.model.network.classifier
    size = head.in_features
    vector, place = (torch.tensor(signs).repeat(size // 4) for signs in SIGNS)
    (layer,) = bert.encoder.layer
    own = layer.attention.self
    with torch.no_grad():
        for name, parameter in classifier.model.named_parameters():
            if "LayerNorm" not in name:
                parameter.zero_()
        bert.embeddings.word_embeddings.weight[classifier.encoder.tokenizer.token_to_id(DECIDES)] = vector
        bert.embeddings.position_embeddings.weight[:] = place
        own.query.bias.copy_(5 * vector)
        own.key.weight.copy_(torch.eye(size))
        own.value.weight.copy_(torch.outer(vector, vector) / size)
        layer.attention.output.dense.weight.copy_(torch.eye(size))
        bert.pooler.dense.weight.copy_(torch.eye(size))
        head.weight[0], head.weight[1] = vector / size, -vector / size
