"""One pass over many texts, batched by length: attention is reduced to a few numbers per word as it is made."""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ccds_core.data.batching import cut_by_length
from ccds_core.data.normalize import split_words
from ccds_core.data.word_tokenizer import Encoding, pad
from ccds_core.explain.text_inputs import embed_words, integrate_gradients, per_word
from ccds_core.explain.top_tokens.readings import MEASURES, SentenceReadings
from ccds_core.models.bert import find_bert
from ccds_core.models.bert_attention_rows import TokenBatch, read_rows
from ccds_core.models.classifier import TextClassifier
from ccds_core.validation import one_of, raise_faults

BATCH_TOKENS = 384  # of a batch: on one core 256 to 512 were fastest, 4,096 a third slower; speed, not results
CHUNK = 1_024  # texts encoded at a time, so that memory does not grow with their number


def read_words(
    classifier: TextClassifier,
    texts: Sequence[str],
    measures: Sequence[str] = ("cls",),
    batch_tokens: int = BATCH_TOKENS,
) -> Iterator[SentenceReadings]:
    """Yields a part after each batch, of texts in any order: count them for progress, stop asking to cancel."""
    raise_faults([fault for name in measures for fault in one_of("a measure", name, tuple(MEASURES))])
    find_bert(classifier)  # says so before the first text if this is none
    for start in range(0, len(texts), CHUNK):
        encodings = [classifier.encode(split_words(text)) for text in texts[start : start + CHUNK]]
        for places in cut_by_length([encoding.mask.shape[1] for encoding in encodings], batch_tokens):
            batch = [encodings[place] for place in places]
            yield _read_batch(classifier, batch, measures, tuple(start + place for place in places))


def _read_batch(
    classifier: TextClassifier, encodings: Sequence[Encoding], measures: Sequence[str], places: tuple[int, ...]
) -> SentenceReadings:
    token_ids, mask = pad(encodings)  # (B, T)
    owners = _number_words(encodings, mask.shape[1])  # (B, T)
    batch = TokenBatch(token_ids, mask, torch.from_numpy(owners >= 0))
    answer = read_rows(find_bert(classifier), batch, measures)
    lengths = np.array([len(encoding.words) for encoding in encodings], np.int32)
    values = {name: _sum_pieces(row.numpy(), owners, int(lengths.sum())) for name, row in answer.rows.items()}
    if "integrated" in measures:
        targets = answer.logits.argmax(dim=1).tolist()
        values["integrated"] = np.concatenate(list(_integrate(classifier, encodings, targets))).astype(np.float32)
    words = [sys.intern(word) for encoding in encodings for word in encoding.words]  # one object per word, not per text
    number = {word: place for place, word in enumerate(dict.fromkeys(words))}
    return SentenceReadings(
        places=places,
        lengths=lengths,
        words=tuple(number),
        word_ids=np.array([number[word] for word in words], np.int32),
        probabilities=answer.logits.double().softmax(dim=1).float().numpy(),
        values=values,
        n_left_out=sum(encoding.n_left_out for encoding in encodings),
    )


def _number_words(encodings: Sequence[Encoding], longest: int) -> NDArray[np.int64]:
    """(B, T): for each token the place of its word among all words of the batch; -1 for special tokens and padding."""
    owners = np.full((len(encodings), longest), -1)
    before = 0
    for row, encoding in enumerate(encodings):
        owners[row, : len(encoding.word_of)] = [-1 if word is None else before + word for word in encoding.word_of]
        before += len(encoding.words)
    return owners


def _sum_pieces(rows: NDArray[np.float32], owners: NDArray[np.int64], n_words: int) -> NDArray[np.float32]:
    """(B, T) -> (m,): pieces of one word added up (Clark et al. 2019), special tokens left out."""
    is_word = owners >= 0
    return np.bincount(owners[is_word], rows[is_word], n_words).astype(np.float32)


def _integrate(
    classifier: TextClassifier, encodings: Sequence[Encoding], targets: Sequence[int]
) -> Iterator[NDArray[np.float64]]:
    """Yields (W,) per sentence: integrated gradients, by the rule and from the baseline of every page."""
    for encoding, target in zip(encodings, targets, strict=True):
        if encoding.words:
            yield per_word(integrate_gradients(embed_words(classifier, encoding), target), encoding).values
