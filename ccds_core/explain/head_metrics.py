"""One statistic per head, and a badge for heads with one clear pattern; cut-offs are stated and tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.attention import AttentionMap, Floats, hide_special, received
from ccds_core.results import percent
from ccds_core.training.metrics import FEWEST_RANKED, rank_correlation

BROAD = 0.9  # normalised entropy from which a head attends to everything about equally; chosen on made-up heads
MOST = 0.5  # more than half of the mass: Clark et al. 2019 count previous-token, next-token and [SEP] heads by it
BADGES = {  # the first that fits, in this order
    "broad": f"attends to all tokens about equally: normalised entropy at least {BROAD}",
    "previous": f"attends to the previous token: more than {percent(MOST)} of the mass, mean over tokens that have one",
    "next": f"attends to the next token: more than {percent(MOST)} of the mass, mean over tokens that have one",
    "sink": f"attends to special tokens: more than {percent(MOST)} of the mass",
    "content": f"attends to distant words: more than {percent(MOST)} of the mass on tokens at least two places away",
}


@dataclass(frozen=True)
class HeadMeasure:
    """One number per head, with the range of its scale."""

    name: str
    label: str  # for people, with the unit in `unit`
    unit: str  # empty: none
    values: NDArray[np.float64]  # (L, H)
    low: float
    high: float
    signed: bool
    explanation: str  # one sentence


def measure_heads(attention: AttentionMap) -> tuple[HeadMeasure, ...]:
    """Statistics of the weights alone. `attention` has every token; each number is a mean over the words' rows."""
    far = distance(attention)
    return (
        HeadMeasure("entropy", "Entropy", "1 = uniform", entropy(attention), 0.0, 1.0, False,
                    "Entropy of a row over the logarithm of the number of tokens; 1 = uniform."),
        HeadMeasure("special", "Attention on special tokens", "fraction", special_share(attention), 0.0, 1.0, False,
                    "The fraction of a row on [CLS], [SEP] and the like, where unused attention goes."),
        HeadMeasure("distance", "Mean distance", "tokens", far, 0.0, max(1.0, float(far.max(initial=0))), False,
                    "Mean distance of the attended tokens, special tokens left out."),
    )  # fmt: skip


def measure_rank_correlation(attention: AttentionMap, magnitudes: Floats, method: str) -> HeadMeasure | None:
    """Spearman's rank correlation of attention received and `magnitudes` (T,), over words; None for under 3 words.

    `magnitudes` are unsigned, since attention is: for a signed attribution, its absolute values.
    """
    shown = ~np.array(attention.special, dtype=bool)
    if shown.sum() < FEWEST_RANKED:
        return None
    values = rank_correlation(received(hide_special(attention)), magnitudes[shown])  # (L, H)
    explanation = (
        f"Spearman's rank correlation of attention received with {method}; 0 where all words receive the same."
    )
    return HeadMeasure(
        "agreement", f"Correlation with {method}", "rank correlation", values, -1.0, 1.0, True, explanation
    )


def measure_importance(gate_gradients: Floats) -> HeadMeasure:
    """gate_gradients (L, H): d logit / d gate, of a gate of 1 on each head's output."""
    values = np.abs(gate_gradients).astype(np.float64)
    explanation = "Gradient of the class's logit for a gate on this head: |∂logit/∂gate| (Michel et al. 2019)."
    high = float(values.max(initial=0)) or 1.0
    return HeadMeasure("importance", "Gradient importance", "logits per gate", values, 0.0, high, False, explanation)


def find_badges(attention: AttentionMap) -> tuple[tuple[str | None, ...], ...]:
    """(L, H) of a key of `BADGES`, or None for a head that fits none. `attention` has every token."""
    fits = np.stack([
        entropy(attention) >= BROAD,
        _share_at(attention, -1) > MOST,
        _share_at(attention, 1) > MOST,
        special_share(attention) > MOST,
        _share_far(attention) > MOST,
    ])  # fmt: skip
    names = list(BADGES)
    first = fits.argmax(axis=0)  # (L, H); 0 also where nothing fits
    return tuple(
        tuple(names[first[layer, head]] if fits[:, layer, head].any() else None for head in range(fits.shape[2]))
        for layer in range(fits.shape[1])
    )


def entropy(attention: AttentionMap) -> NDArray[np.float64]:
    """(L, H), from 0 (each row attends to one token) to 1 (each row is uniform)."""
    weights = _word_rows(attention)  # (L, H, W, T)
    logs = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    longest = np.log(max(2, len(attention.tokens)))
    return _mean(-(weights * logs).sum(axis=-1, dtype=np.float64) / longest)


def special_share(attention: AttentionMap) -> NDArray[np.float64]:
    """(L, H): mass on special tokens, shown or hidden."""
    special = np.array(attention.special, dtype=bool)
    hidden = attention.hidden[:, :, ~special].astype(np.float64)  # (L, H, W)
    return _mean(hidden + (1 - hidden) * _word_rows(attention)[..., special].sum(axis=-1))


def distance(attention: AttentionMap) -> NDArray[np.float64]:
    """(L, H): mean of |query - key| in tokens, weighted by attention, special tokens left out."""
    shown = hide_special(attention)
    return _mean((shown.weights * _distances(len(shown.tokens))).sum(axis=-1))


def _share_at(attention: AttentionMap, offset: int) -> NDArray[np.float64]:
    """(L, H): weight on the token `offset` places on, mean over words' rows where that is a word's token too."""
    special = attention.special
    places = range(len(special))
    rows = [row for row in places if row + offset in places and not special[row] and not special[row + offset]]
    columns = [row + offset for row in rows]
    return _mean(attention.weights[:, :, rows, columns])


def _share_far(attention: AttentionMap) -> NDArray[np.float64]:
    """(L, H): mass on words' tokens at least two places away."""
    shown = ~np.array(attention.special, dtype=bool)
    far = _distances(len(shown))[shown][:, shown] >= 2  # (W, W)
    return _mean((_word_rows(attention)[..., shown] * far).sum(axis=-1))


def _word_rows(attention: AttentionMap) -> NDArray[np.float32]:
    """(L, H, W, T): the rows of words' tokens."""
    return attention.weights[:, :, ~np.array(attention.special, dtype=bool)]


def _distances(n: int) -> NDArray[np.float32]:
    """(n, n): places between query and key."""
    return np.abs(np.arange(n)[None, :] - np.arange(n)[:, None]).astype(np.float32)


def _mean(rows: Floats) -> NDArray[np.float64]:
    """(L, H, N) -> (L, H); no rows at all give 0."""
    return rows.astype(np.float64).sum(axis=-1) / max(1, rows.shape[-1])
