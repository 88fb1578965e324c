"""The verb `explain`: which pixels of a picture or words of a sentence spoke for a class."""

import inspect
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from ccds_core.errors import InvalidInputError

if TYPE_CHECKING:
    from ccds_core.classifier import ImageClassifier, TextClassifier
    from ccds_core.results import Prediction

PICTURES, SENTENCES = "architecture-4", "bert-emotion"  # who explains where no run is named
TOP = 5  # words or patches told without --json


@dataclass(frozen=True)
class Asked:
    """What is to be explained; each field is an argument or an option of the verb."""

    file_or_text: Annotated[str, typer.Argument(help="A picture's file for an image run, a sentence for a text run.")]
    model: Annotated[str, typer.Option(help="A run; usual: architecture-4 for a file, bert-emotion else.")] = ""
    method: Annotated[str, typer.Option(help="As the app names them: occlusion, integrated-gradients and so on.")] = (
        "integrated-gradients"
    )
    target: Annotated[str, typer.Option(help="The class explained; usual: the one predicted.")] = ""
    out: Annotated[Path | None, typer.Option(help="File for the picture of it, ending in .png.")] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False

    def find_class(self, prediction: "Prediction") -> int:
        """The class's index, or an error that names them all."""
        if not self.target:
            return prediction.target
        if self.target not in prediction.classes:
            raise InvalidInputError(f"No class '{self.target}'. There: {', '.join(prediction.classes)}.")
        return prediction.classes.index(self.target)


@dataclass(frozen=True)
class Explanation:
    """What is printed, whatever was explained."""

    model: str
    prediction: str
    target: str
    method: str
    unit: str
    signed: bool
    seconds: float
    completeness_gap: float | None
    words: list[str] | None  # None for a picture
    values: list[Any]  # (W,) of words, (h, w) of a picture


def explain(**choices: Any) -> None:
    """Which pixels of a picture, or which words of a sentence, spoke for a class."""
    from ccds_core.checkpoints import load_classifier
    from ccds_core.classifier import ImageClassifier

    asked = Asked(**choices)
    out, subject = asked.out, asked.file_or_text
    if out is not None and out.suffix != ".png":
        raise InvalidInputError(f"'{out}' does not end in .png. Name the file for the picture so.")
    classifier = load_classifier(asked.model or (PICTURES if _is_file(subject) else SENTENCES))
    if isinstance(classifier, ImageClassifier):
        found, picture = _explain_picture(classifier, Path(subject), asked)
    else:
        found, picture = _explain_sentence(classifier, subject, asked)
    if out is not None:
        _write(picture, out)
    typer.echo(json.dumps(asdict(found), indent=2) if asked.as_json else _sentence(found))


# typer reads a verb's options from its signature: here it is the record's
explain.__signature__ = inspect.signature(Asked)  # type: ignore[attr-defined]
explain.__annotations__ = get_type_hints(Asked, include_extras=True, localns={"Prediction": object})


def _explain_picture(classifier: "ImageClassifier", file: Path, asked: Asked) -> tuple[Explanation, bytes]:
    import io

    from ccds_core.answers import read_picture
    from ccds_core.data.uploads import centre_square
    from ccds_core.figures.attribution_maps import MapPanel, colour_map
    from ccds_core.image_explanations import IMAGE_METHODS, explain_image

    square = centre_square(read_picture(file))
    images = classifier.encode(square)
    prediction = classifier.predict(images)
    found = explain_image(classifier, images, asked.find_class(prediction), asked.method)
    unit, attribution = IMAGE_METHODS[asked.method].unit, found.attribution
    buffer = io.BytesIO()
    panel = MapPanel(asked.method, found.resolution, attribution.values, attribution.signed, unit)
    colour_map(panel, square).save(buffer, format="PNG")
    said = Explanation(
        model=classifier.name,
        prediction=prediction.prediction,
        target=prediction.classes[attribution.target],
        method=asked.method,
        unit=unit,
        signed=attribution.signed,
        seconds=round(found.seconds, 4),
        completeness_gap=attribution.completeness_gap,
        words=None,
        values=attribution.values.tolist(),
    )
    return said, buffer.getvalue()


def _explain_sentence(classifier: "TextClassifier", text: str, asked: Asked) -> tuple[Explanation, bytes]:
    from ccds_core.answers import text_notices
    from ccds_core.data.words import read_text_words
    from ccds_core.figures.export import chart_png
    from ccds_core.figures.word_strip import Measured, WordRow, strip_title, word_strip
    from ccds_core.sentence import answer_sentence
    from ccds_core.text_explanations import explain_text
    from ccds_core.text_methods import TEXT_METHODS

    words = read_text_words(text)
    answer = answer_sentence(classifier, words)
    for notice in (*text_notices(text), *answer.notices):
        typer.echo(notice, err=True)
    found = explain_text(classifier, words, asked.find_class(answer.prediction), asked.method)
    unit = TEXT_METHODS[asked.method].unit
    known = [*answer.known, *[True] * (len(words) - len(answer.known))]
    rows = {classifier.name: WordRow(found.attribution.values, known)}
    measured = Measured(classifier.classes[found.attribution.target], unit)
    chart = chart_png(word_strip(words, rows, measured, strip_title(words, rows, measured)))
    said = Explanation(
        model=classifier.name,
        prediction=answer.prediction.prediction,
        target=measured.target,
        method=asked.method,
        unit=unit,
        signed=found.attribution.signed,
        seconds=round(found.seconds, 4),
        completeness_gap=found.completeness_gap,
        words=list(found.words),
        values=found.attribution.values.tolist(),
    )
    return said, chart


def _is_file(subject: str) -> bool:
    try:
        return Path(subject).is_file()
    except (OSError, ValueError):  # a sentence too long for a name, or with a null in it
        return False


def _sentence(found: Explanation) -> str:
    """The strongest words or places for the class, in a line."""
    if found.words is None:
        import numpy as np

        from ccds_core.image_explanations import half_share

        share = half_share(np.array(found.values))
        return f"{found.model}: half of what speaks for {found.target} lies in {share:.0%} of the picture."
    ranked = sorted(zip(found.values, found.words, strict=True), reverse=True)[:TOP]
    return f"{found.model}, {found.target}, {found.unit}: " + ", ".join(
        f"{word} {value:+.3f}" for value, word in ranked
    )


def _write(picture: bytes, out: Path) -> None:
    try:
        out.write_bytes(picture)
    except OSError as error:
        raise InvalidInputError(f"'{out}' cannot be written: {error.strerror}.") from None
