"""Small sentences, a run of each text family that learns them quickly, and a BERT with vectors of 16 numbers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from ccds_core.config.options import BertOptions, EmbeddingOptions, OneWordOptions, Options
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.models.registry import MODELS

FEELINGS = {  # label -> its words; every sentence holds one of them
    "calm": ("gentle", "quiet", "restful", "serene"),
    "cross": ("grumpy", "annoyed", "snappish", "irked"),
    "eager": ("keen", "itching", "impatient", "avid"),
}
FRAMES = (
    "after lunch i was {} about the wooden boat",
    "{} is the word for my whole tuesday",
    "we stood by the kiln and felt {}",
    "my cousin sounded {} on the telephone",
    "nobody looked as {} as the baker",
)
CLASSES = tuple(sorted(FEELINGS))
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WHOLE_PIECES = ("i", "was", "is", "the", "my", "we", "by", "and", "felt", "quiet", "keen", "baker", "kiln")
TEXT_MODELS = tuple(name for name, family in MODELS.items() if family.task == "text")
TRAIN = TrainConfig(2, 8, "adamw", learning_rate=5e-3, schedule="constant", precision="float32")


def small_texts() -> list[tuple[str, str]]:
    """60 rows of text and label, each class equally often."""
    return [
        (frame.format(word), label) for frame in FRAMES for label, words in FEELINGS.items() for word in words
    ]  # fmt: skip


def write_csv(path: Path, rows: Sequence[tuple[str, str]] | None = None) -> Path:
    """`text,label` with a header."""
    lines = [f'"{text}",{label}' for text, label in (small_texts() if rows is None else rows)]
    path.write_text("\n".join(["text,label", *lines]) + "\n")
    return path


def write_base(folder: Path, seed: int = 0) -> Path:
    """A pretrained encoder's folder as the hub has them: 2 layers, 2 heads, hidden 16, pieces of single letters."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # slow to import
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
    from transformers.utils import logging

    pieces = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WHOLE_PIECES]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    shape = BertConfig(vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                       intermediate_size=32, max_position_embeddings=64)  # fmt: skip
    logging.disable_progress_bar()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        BertModel(shape).save_pretrained(folder)
    return folder


def text_config(model: str, csv: Path, base: Path, options: Options | None = None) -> RunConfig:
    """A run of this family on the small texts, in its family's smallest form; `name` is the family's."""
    small: dict[str, Options] = {
        "text-embedding": EmbeddingOptions(vector_size=12, hidden=6, dropout=0.3, unknown_share=0.1),
        "bert": BertOptions(base=str(base), max_tokens=32),
        "one-word": OneWordOptions(),
    }
    train = replace(TRAIN, epochs=1) if model == "one-word" else TRAIN
    return RunConfig(model, model, options or small[model], DataConfig(str(csv), "seeded"), train)
