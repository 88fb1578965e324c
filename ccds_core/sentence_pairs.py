"""Two sentences before one BERT, a separator between them, told apart by token types where the encoder has them."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from ccds_core.attending import SMALL_GAP, AttendedSentence, attend_embedded, find_bert
from ccds_core.classifier import TextClassifier
from ccds_core.data.vocabulary import Encoding
from ccds_core.data.word_pieces import PieceEncoder
from ccds_core.errors import InvalidInputError


def attend_pair(
    classifier: TextClassifier,
    sentences: tuple[Sequence[str], Sequence[str]],
    target: int | None = None,
    gap: float | None = SMALL_GAP,
) -> AttendedSentence:
    """As `attending.attend`; words of the second sentence count on from those of the first."""
    model = find_bert(classifier)
    encoding, types, n_first = encode_pair(classifier, sentences)
    embedded = model.embed(encoding.token_ids) + model.embed_types(types)  # (1, T, D)
    return replace(attend_embedded(classifier, encoding, embedded, target, gap), n_first=n_first)


def encode_pair(
    classifier: TextClassifier, sentences: tuple[Sequence[str], Sequence[str]]
) -> tuple[Encoding, Tensor, int]:
    """`Encoding`, token types (1, T), words read of the first; the longer loses words at its end until both fit."""
    encoder = classifier.encoder
    if not isinstance(encoder, PieceEncoder):
        raise InvalidInputError(f"'{classifier.name}' reads one sentence at a time.")
    if encoder.tokenizer.num_special_tokens_to_add(True) <= encoder.tokenizer.num_special_tokens_to_add(False):
        raise InvalidInputError(f"The tokenizer of '{classifier.name}' puts nothing between two sentences.")
    first, second = (list(words[: encoder.max_tokens]) for words in sentences)
    pieces = encoder.tokenizer.encode(first, second, is_pretokenized=True)
    while len(pieces.ids) > encoder.max_tokens and (first or second):
        max(first, second, key=len).pop()
        pieces = encoder.tokenizer.encode(first, second, is_pretokenized=True)
    if not first or not second:
        raise InvalidInputError("Both sentences need a word that fits into the model.")
    word_of = tuple(
        None if word is None else word + (len(first) if sentence else 0)
        for word, sentence in zip(pieces.word_ids, pieces.sequence_ids, strict=True)
    )
    unknown = {word for word, token in zip(word_of, pieces.tokens, strict=True) if token == encoder.unknown}
    encoding = Encoding(
        token_ids=torch.tensor([pieces.ids]),
        mask=torch.ones(1, len(pieces.ids), dtype=torch.bool),
        tokens=tuple(pieces.tokens),
        words=(*first, *second),
        word_of=word_of,
        known=tuple(place not in unknown for place in range(len(first) + len(second))),
        n_left_out=sum(map(len, sentences)) - len(first) - len(second),
    )
    return encoding, torch.tensor([pieces.type_ids]), len(first)
