"""The verb `predict`: an image file or a sentence -> a model's prediction, with notices of what it does not read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccds_core.cli.options import AsJson, print_json
from ccds_core.errors import InvalidInputError
from ccds_core.results import percent

if TYPE_CHECKING:
    from ccds_core.results import Prediction

IMAGE_MODEL, TEXT_MODEL = "architecture-4", "bert-emotion"  # where no run is named


def predict(
    file: Annotated[Path | None, typer.Argument(help="An image file: JPEG, PNG, WebP, GIF or BMP.")] = None,
    text: Annotated[str | None, typer.Option(help="A sentence, instead of an image.")] = None,
    model: Annotated[
        str, typer.Option(help=f"A run; default: {IMAGE_MODEL} for an image, {TEXT_MODEL} for a sentence.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Classify an image or a sentence."""
    if text is not None and file is None:
        prediction, notices = classify_text(model := model or TEXT_MODEL, text)
    elif file is not None and text is None:
        prediction, notices = classify_file(model := model or IMAGE_MODEL, file), []
    else:
        raise InvalidInputError("Give either an image file or --text with a sentence.")
    probabilities = dict(zip(prediction.classes, prediction.probabilities.tolist(), strict=True))
    if as_json:
        answer = {"model": model, "prediction": prediction.label, "probabilities": probabilities}
        print_json(answer | ({"notices": notices} if notices else {}))
        return
    for name, probability in sorted(probabilities.items(), key=lambda item: -item[1]):
        typer.echo(f"{name:12s} {percent(probability, 1):>7s}")
    for notice in notices:
        typer.echo(notice, err=True)


def classify_file(model: str, file: Path) -> "Prediction":
    """An image run's prediction for an image file."""
    from ccds_core.data.uploads import read_image_file
    from ccds_core.models.classifier import ImageClassifier
    from ccds_core.runs.records import find_run
    from ccds_core.runs.weights import load_classifier

    image = read_image_file(file)
    classifier = load_classifier(find_run(model))
    if not isinstance(classifier, ImageClassifier):
        raise InvalidInputError(f"'{model}' is a text run: give it a sentence with --text.")
    return classifier.predict(classifier.encode(image))


def classify_text(model: str, text: str) -> tuple["Prediction", list[str]]:
    """A text run's prediction for a sentence, and notices of what it did not read."""
    from ccds_core.data.normalize import read_text_words, text_notices
    from ccds_core.models.classifier import TextClassifier
    from ccds_core.models.sentence_answer import answer_sentence
    from ccds_core.runs.records import find_run
    from ccds_core.runs.weights import load_classifier

    words = read_text_words(text)
    classifier = load_classifier(find_run(model))
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{model}' is an image run: give it a file, or choose a text run.")
    answer = answer_sentence(classifier, words)
    return answer.prediction, [*text_notices(text), *answer.notices]
