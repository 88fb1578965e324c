"""Made-up attention that looks a little like a real one: softmax of seeded random numbers with a taste per head."""

import numpy as np

from ccds_core.explain.attention import AttentionMap, build_map
from ccds_core.explain.head_metrics import find_badges, measure_heads
from pages.ui.attention.head_grid.payload import Scene, StripRow

SENTENCE = "i came home calm and thankful after a long walk by the sea while my little brother felt overwhelmed"
WORDS = SENTENCE.split()
HOSTILE = ("<img src=x onerror=alert(1)>", "</script>", "=1+1", '"quoted"', "a,b", "&amp;", "ünïcödé", "\u202eabc")


def made_up_map(shape: tuple[int, int, int], seed: int, hostile: bool = False) -> AttentionMap:
    """shape (L, H, T): heads that look back, look on, rest on the ends, spread out, or follow words."""
    n_layers, n_heads, n_tokens = shape
    generator = np.random.default_rng(seed)
    scores = generator.normal(0, 1.5, (n_layers, n_heads, n_tokens, n_tokens))
    steps = np.arange(n_tokens)[None, :] - np.arange(n_tokens)[:, None]  # (T, T): key - query
    ends = np.isin(np.arange(n_tokens), (0, n_tokens - 1))
    tastes = (5.0 * (steps == -1), 5.0 * (steps == 1), 5.0 * ends[None, :] + 0 * steps, -scores[0, 0], 0.0 * steps)
    for layer in range(n_layers):
        for head in range(n_heads):
            kind = int(generator.integers(len(tastes)))
            scores[layer, head] = scores[layer, head] * (0.1 if kind == 3 else 1.0) + (0 if kind == 3 else tastes[kind])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    words = [*HOSTILE, *WORDS] if hostile else WORDS
    inner = [words[(place + seed) % len(words)] for place in range(max(0, n_tokens - 2))]
    tokens = ["[CLS]", *inner, "[SEP]"][:n_tokens]
    word_of = [None, *range(len(inner)), None][:n_tokens]
    return build_map(tokens, word_of, weights)


def made_up_scene(shape: tuple[int, int, int], seed: int, hostile: bool = False) -> Scene:
    """The map with measures, badges and five rows for the strip."""
    attention = made_up_map(shape, seed, hostile)
    generator = np.random.default_rng(seed + 100)
    even = attention.weights.mean(axis=(0, 1, 2))  # (T,)
    rows = (
        StripRow("received", "Attention received", even, False),
        StripRow("cls", "[CLS] row, last layer", attention.weights[-1, :, 0].mean(axis=0), False),
        StripRow("rollout", "Rollout, [CLS] row", 0.5 * even + 0.5 / shape[2], False),
        StripRow("gradient", "Gradient × attention", generator.normal(0, 0.02, shape[2]), True),
        StripRow("ig", "Integrated gradients", generator.normal(0, 1, shape[2]), True),
    )
    title = f"Made-up attention of {shape[0]} layers and {shape[1]} heads over {shape[2]} tokens"
    return Scene(attention, title, measure_heads(attention), find_badges(attention), rows)
