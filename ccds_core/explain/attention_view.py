"""The attention of a sentence for display: pieces or words, special tokens shown or hidden, and measures per token."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.attention import (
    AttentionMap,
    Floats,
    hide_special,
    mean_heads,
    merge_pieces,
    received,
    rollout,
    sum_pieces,
)
from ccds_core.explain.attention_forward import AttendedSentence
from ccds_core.explain.head_metrics import (
    HeadMeasure,
    find_badges,
    measure_heads,
    measure_importance,
    measure_rank_correlation,
)


@dataclass(frozen=True)
class Look:
    """How tokens are shown. By default as a reader wants them: words, and nothing else."""

    merged: bool = True  # word pieces as words
    special: bool = False  # special tokens too


@dataclass(frozen=True)
class TokenMeasure:
    """One number per token shown."""

    name: str
    label: str
    values: NDArray[np.float64]  # (T,); shares that sum to 1, or signed contributions to the target's logit
    signed: bool
    hidden: float  # share of the measure that lies on tokens not shown; for a signed one the sum of their values
    explanation: str  # one sentence


@dataclass(frozen=True)
class SentenceView:
    """What is drawn of a sentence."""

    attention: AttentionMap
    strip: tuple[TokenMeasure, ...]
    heads: tuple[HeadMeasure, ...]  # of all tokens, however they are shown
    badges: tuple[tuple[str | None, ...], ...]  # (L, H), likewise


def view_sentence(attended: AttendedSentence, look: Look = Look()) -> SentenceView:
    """Every number that the page draws, for one way of showing tokens."""
    merged = _merge(attended, look)
    return SentenceView(
        attention=merged if look.special else hide_special(merged),
        strip=tuple(measure_tokens(attended, look)),
        heads=measure_all_heads(attended),
        badges=find_badges(attended.attention),
    )


def measure_tokens(attended: AttendedSentence, look: Look = Look()) -> Iterator[TokenMeasure]:
    """Every measure of the strip: what attention says of each token, then what each attribution says."""
    attention = attended.attention
    columns = received(attention).mean(axis=(0, 1))  # (T,)
    for name, label, values, explanation in (
        ("received", "Attention received", columns,
         "Mean of a token's column over all queries, heads and layers."),
        ("first-row", f"{attention.tokens[0]} row", _first_row(attended),
         "Attention of the first token in the last layer, mean over heads: the only row that the classifier uses."),
        ("rollout", "Rollout", rollout(attention)[-1, 0],
         "The first token's row of R[l] = (A[l] + I) / 2 R[l - 1], A the mean over heads (Abnar and Zuidema 2020)."),
        ("relevance", "Gradient × attention", attended.relevance,
         "First row of R <- R + mean over heads of (gradient x attention)+ R, for the class (Chefer et al. 2021)."),
    ):  # fmt: skip
        shares, hidden = _shares(values, attended, look)
        yield TokenMeasure(name, label, shares, False, hidden, explanation)
    for attribution in attended.attributions:
        values, shown = _arrange(attribution.values, attended, look)
        hidden = float(values[~shown].sum())
        explanation = f"Contribution to the class's logit by {attribution.method}; below 0 opposes it."
        yield TokenMeasure(
            attribution.method, attribution.method.capitalize(), values[shown], True, hidden, explanation
        )


def measure_all_heads(attended: AttendedSentence) -> tuple[HeadMeasure, ...]:
    """Every head measure that the sentence allows; agreement needs three words and an attribution, on words."""
    words = merge_pieces(attended.attention, attended.answer.words)
    explained = attended.attributions[-1]
    magnitudes = np.abs(sum_pieces(explained.values, attended.attention.word_of))
    agreement = measure_rank_correlation(words, magnitudes, explained.method)
    rest = () if agreement is None else (agreement,)
    return (*measure_heads(attended.attention), *rest, measure_importance(attended.gate_gradients))


def find_top_word(attended: AttendedSentence) -> tuple[int, str, float]:
    """Place, word and share that the last layer's first row gives most, mean over heads, special tokens taken out."""
    shares, _ = _shares(_first_row(attended), attended, Look())
    top = int(shares.argmax())
    place = merge_pieces(attended.attention, attended.answer.words).word_of
    owner = [word for word in place if word is not None][top]
    return owner, attended.answer.words[owner], float(shares[top])


def _first_row(attended: AttendedSentence) -> Floats:
    """(T,): what the classifier's token reads in the last layer."""
    return mean_heads(attended.attention)[-1, 0]


def _shares(values: Floats, attended: AttendedSentence, look: Look) -> tuple[NDArray[np.float64], float]:
    """(T,) of all pieces, at least 0 -> shares of the tokens shown, and the share of those that are not."""
    arranged, shown = _arrange(values, attended, look)
    whole, kept = arranged.sum(), arranged[shown].sum()
    shares = arranged[shown] / (kept or 1.0)
    return shares, float(1 - kept / whole) if whole else 0.0


def _arrange(values: Floats, attended: AttendedSentence, look: Look) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(T,) of all pieces -> values of pieces or words, special tokens among them, and which of them are shown."""
    is_word = ~np.array(attended.attention.special, dtype=bool)
    if look.merged:
        word_of = attended.attention.word_of
        values, is_word = (sum_pieces(array.astype(np.float64), word_of) for array in (values, is_word))
    return values.astype(np.float64), (is_word > 0) | look.special


def _merge(attended: AttendedSentence, look: Look) -> AttentionMap:
    return merge_pieces(attended.attention, attended.answer.words) if look.merged else attended.attention
