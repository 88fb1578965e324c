"""BERT-like classifiers of any shape with random weights and the tiny encoder's pieces: no training, no download."""

import json
from pathlib import Path

import torch
from tokenizers.processors import TemplateProcessing

from ccds_core.data.wordpiece_tokenizer import TOKENIZER, read_tokenizer
from ccds_core.models.bert import build_bert
from ccds_core.models.classifier import TextClassifier
from tests.support.small_texts import CLASSES, text_config

SHAPES = ((2, 2), (4, 3), (24, 2))  # layers, heads
HEAD_SIZE = 4
SHARPNESS = 2.0  # spread of queries and keys, that of all else being 1, so that heads differ
NAMES = {  # what DistilBERT calls them
    "hidden_size": "dim",
    "num_hidden_layers": "n_layers",
    "num_attention_heads": "n_heads",
    "intermediate_size": "hidden_dim",
}


def random_bert(base: Path, layers: int = 2, heads: int = 2, kind: str = "bert", mask: bool = True) -> TextClassifier:
    """A frozen classifier of the small texts' classes; `mask`: whether its tokenizer knows [MASK]."""
    encoder = read_tokenizer((base / TOKENIZER).read_text(), 64, "random")
    if mask:
        encoder.tokenizer.add_special_tokens(["[MASK]"])
    ends = [(token, encoder.tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    encoder.tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    size = HEAD_SIZE * heads
    shape = {"hidden_size": size, "num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": 16}
    if kind == "distilbert":
        shape = {NAMES[name]: number for name, number in shape.items()}
    if kind == "electra":
        shape["embedding_size"] = size
    shape |= {"vocab_size": encoder.tokenizer.get_vocab_size(), "max_position_embeddings": 80, "pad_token_id": 0}
    model = build_bert(json.dumps({"model_type": kind, **shape}), len(CLASSES), 0.0)
    generator = torch.Generator().manual_seed(layers * 100 + heads)
    for name, parameter in model.named_parameters():
        if parameter.dim() == 2:
            spread = SHARPNESS if any(part in name for part in ("query", "key", "q_lin", "k_lin")) else 1.0
            torch.nn.init.normal_(parameter, std=spread * parameter.shape[1] ** -0.5, generator=generator)
    model.eval().requires_grad_(False)
    config = text_config("bert", base / "none.csv", base)
    return TextClassifier("random", config, CLASSES, model, encoder)
