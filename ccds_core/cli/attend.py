"""The verb `attend`: the attention of a BERT over a sentence, its head statistics, and the weights as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccds_core.cli.options import AsJson, print_json
from ccds_core.errors import InvalidInputError
from ccds_core.results import percent

if TYPE_CHECKING:
    from ccds_core.explain.attention_forward import AttendedSentence
    from ccds_core.models.classifier import TextClassifier


def attend(
    text: Annotated[str, typer.Argument(help="A sentence.")],
    model: Annotated[str, typer.Option(help="A BERT run.")] = "bert-emotion",
    out: Annotated[Path | None, typer.Option(help="File for the weights, ending in .npz.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what every head of a BERT attends to in a sentence; layers and heads count from 0."""
    from ccds_core.data.normalize import read_text_words, text_notices
    from ccds_core.explain.attention_forward import attend as attend_sentence
    from ccds_core.explain.attention_view import find_top_word

    if out is not None and out.suffix != ".npz":
        raise InvalidInputError(f"'{out}' does not end in .npz. The weights are saved as .npz.")
    words = read_text_words(text)
    attended = attend_sentence(_load(model), words)
    for notice in (*text_notices(text), *attended.answer.notices):
        typer.echo(notice, err=True)
    if out is not None:
        _save(attended, out)
    _, top, score = find_top_word(attended)
    if not as_json:
        typer.echo(f"{attended.answer.prediction.label}; [CLS] attends most to '{top}' ({percent(score, 1)} of its "
                   "attention to words; last layer, mean over heads)")  # fmt: skip
        return
    answer = {
        "model": model,
        "tokens": attended.attention.tokens,
        "shape": attended.attention.weights.shape,
        "prediction": attended.answer.prediction.label,
        "top_token": top,
        "top_score": score,
        "heads": _describe_heads(attended),
    }
    print_json(answer)


def _load(model: str) -> "TextClassifier":
    from ccds_core.models.classifier import TextClassifier
    from ccds_core.runs.records import find_run
    from ccds_core.runs.weights import load_classifier

    classifier = load_classifier(find_run(model))
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{model}' is an image run and has no attention heads. Choose a BERT run.")
    return classifier


def _describe_heads(attended: "AttendedSentence") -> list[dict[str, Any]]:
    """One object per head: its layer and number, its badge or null, and each statistic by name."""
    from ccds_core.explain.attention_view import measure_all_heads
    from ccds_core.explain.head_metrics import find_badges

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
    word_of = np.array([-1 if word is None else word for word in attention.word_of])
    with out.open("wb") as file:
        np.savez(file, weights=attention.weights, tokens=np.array(attention.tokens), word_of=word_of)
