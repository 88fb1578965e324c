"""The verb `attend`: a sentence's attention in one BERT, its head measures, and the weights as a file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccds_core.errors import InvalidInputError

if TYPE_CHECKING:
    from ccds_core.attending import AttendedSentence
    from ccds_core.classifier import TextClassifier


def attend(
    text: Annotated[str, typer.Argument(help="A sentence.")],
    model: Annotated[str, typer.Option(help="A run of the family 'bert'.")] = "bert-emotion",
    out: Annotated[Path | None, typer.Option(help="File for the weights, ending in .npz.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What every head of a BERT reads in a sentence; layers and heads count from 0, as in the weights of --out."""
    from ccds_core.answers import text_notices
    from ccds_core.attending import attend as attend_sentence
    from ccds_core.data.words import read_text_words
    from ccds_core.sentence_view import find_top_word

    if out is not None and out.suffix != ".npz":
        raise InvalidInputError(f"'{out}' does not end in .npz. Name the file for the weights so.")
    words = read_text_words(text)
    attended = attend_sentence(_load(model), words)
    for notice in (*text_notices(text), *attended.answer.notices):
        typer.echo(notice, err=True)
    if out is not None:
        _save(attended, out)
    _, top, score = find_top_word(attended)
    if not as_json:
        typer.echo(f"{attended.answer.prediction.prediction}; most attended word: {top}, with {score:.1%} of what the "
                   "last layer's first row gives to words")  # fmt: skip
        return
    said = {
        "model": model,
        "tokens": attended.attention.tokens,
        "shape": attended.attention.weights.shape,
        "prediction": attended.answer.prediction.prediction,
        "top_token": top,
        "top_score": score,
        "heads": _describe_heads(attended),
    }
    typer.echo(json.dumps(said, indent=2))


def _load(model: str) -> "TextClassifier":
    from ccds_core.checkpoints import load_classifier
    from ccds_core.classifier import TextClassifier

    classifier = load_classifier(model)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{model}' looks at pictures and has no attention heads. Choose a BERT run.")
    return classifier


def _describe_heads(attended: "AttendedSentence") -> list[dict[str, Any]]:
    """One object per head: its place, its badge or null, and each measure by name."""
    from ccds_core.heads import find_badges
    from ccds_core.sentence_view import measure_all_heads

    measures, badges = measure_all_heads(attended), find_badges(attended.attention)
    n_layers, n_heads = attended.gate_gradients.shape
    return [
        {"layer": layer, "head": head, "badge": badges[layer][head]}
        | {measure.name: float(measure.values[layer, head]) for measure in measures}
        for layer in range(n_layers)
        for head in range(n_heads)
    ]


def _save(attended: "AttendedSentence", out: Path) -> None:
    """weights (L, H, T, T) float32, tokens (T,), word_of (T,) with -1 for special tokens."""
    import numpy as np

    attention = attended.attention
    owners = np.array([-1 if place is None else place for place in attention.word_of])
    try:
        with out.open("wb") as file:
            np.savez(file, weights=attention.weights, tokens=np.array(attention.tokens), word_of=owners)
    except OSError as error:
        raise InvalidInputError(f"'{out}' cannot be written: {error.strerror}.") from None
