"""A sentence with one of its words replaced, masked or left out.

It stands alone: pages import it without torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ccds_core.data.word_tokenizer import TextEncoder
from ccds_core.data.wordpiece_tokenizer import PieceEncoder

MASKS = (
    "[MASK]",
    "<mask>",
)  # BERT's and RoBERTa's; no text of a visitor's can hold one, since `split_words` takes signs


@dataclass(frozen=True)
class Mask:
    """The token that stood for a hidden word when the encoder was pretrained."""

    token: str
    id: int


def find_mask(encoder: TextEncoder) -> Mask | None:
    """The encoder's mask token, if it has one; as a word it is one piece."""
    if not isinstance(encoder, PieceEncoder):
        return None
    added = {token.content: number for number, token in encoder.tokenizer.get_added_tokens_decoder().items()}
    return next((Mask(token, added[token]) for token in MASKS if token in added), None)


def replace_word(words: Sequence[str], place: int, new: Sequence[str]) -> list[str]:
    """The words with `new` in the place of one; no new word leaves it out, `Mask.token` masks it."""
    assert 0 <= place < len(words), "a place in the sentence"
    return [*words[:place], *new, *words[place + 1 :]]
