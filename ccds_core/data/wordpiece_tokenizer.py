"""Words -> a BERT's word pieces, by the `tokenizers` library; the pieces know which word they came from."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from ccds_core.data.word_tokenizer import Encoding
from ccds_core.errors import CheckpointError

TOKENIZER = "tokenizer.json"  # the encoder's file in a run folder


@dataclass(frozen=True)
class PieceEncoder:
    """Word pieces between the special tokens that the model was trained with."""

    tokenizer: Tokenizer
    unknown: str | None  # the piece that stands for what has no pieces
    max_tokens: int

    @property
    def file(self) -> tuple[str, str]:
        """The tokenizer as the `tokenizers` library writes it."""
        return TOKENIZER, self.tokenizer.to_str() + "\n"

    @property
    def words(self) -> list[str]:
        """The pieces that are whole words."""
        return [piece for piece in self.tokenizer.get_vocab() if piece.isalpha() and len(piece) > 1]

    def encode(self, words: Sequence[str]) -> Encoding:
        """Words -> pieces; words are left out from the end until the pieces fit."""
        read = list(words[: self.max_tokens])
        pieces = self.tokenizer.encode(read, is_pretokenized=True)
        if len(pieces.ids) > self.max_tokens:
            n_special = sum(word is None for word in pieces.word_ids)
            fits = [word for word in pieces.word_ids if word is not None][: self.max_tokens - n_special + 1]
            read = read[: fits[-1]] if fits else []  # the word of the first piece that does not fit goes too
            pieces = self.tokenizer.encode(read, is_pretokenized=True)
        unknown = {word for word, token in zip(pieces.word_ids, pieces.tokens, strict=True) if token == self.unknown}
        return Encoding(
            token_ids=torch.tensor([pieces.ids]),
            mask=torch.ones(1, len(pieces.ids), dtype=torch.bool),
            tokens=tuple(pieces.tokens),
            words=tuple(read),
            word_of=tuple(pieces.word_ids),
            known=tuple(place not in unknown for place in range(len(read))),
            n_left_out=len(words) - len(read),
        )


def read_tokenizer(text: str, max_tokens: int, name: str) -> PieceEncoder:
    """A `tokenizer.json`, its own cutting and padding switched off."""
    try:
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # noqa: BLE001  # the library raises nothing narrower
        raise CheckpointError(f"'{name}/{TOKENIZER}' is not a tokenizer: {str(error)[:120]}.") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    frame = tokenizer.encode([], is_pretokenized=True)
    if not len(frame.ids) == len(frame.tokens) == len(frame.word_ids):  # a special token that stands for no number
        raise CheckpointError(f"'{name}/{TOKENIZER}' is not a tokenizer: its special tokens have not one number each.")
    unknown = getattr(tokenizer.model, "unk_token", None)
    return PieceEncoder(tokenizer, unknown, max_tokens)
