"""The verb `explain`: the attribution of a prediction to the pixels of an image or the words of a sentence."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccds_core.cli.options import AsJson, print_json, take_options_of
from ccds_core.cli.predict import IMAGE_MODEL, TEXT_MODEL
from ccds_core.errors import InvalidInputError
from ccds_core.results import percent

if TYPE_CHECKING:
    from ccds_core.models.classifier import ImageClassifier, TextClassifier
    from ccds_core.results import Prediction

TOP = 5  # words that are printed without --json


@dataclass(frozen=True)
class ExplainArgs:
    """The arguments and options of the verb."""

    file_or_text: Annotated[str, typer.Argument(help="An image file for an image run, a sentence for a text run.")]
    model: Annotated[str, typer.Option(help=f"A run; default: {IMAGE_MODEL} for a file, else {TEXT_MODEL}.")] = ""
    method: Annotated[str, typer.Option(help="Attribution method, such as occlusion or integrated-gradients.")] = (
        "integrated-gradients"
    )
    target: Annotated[str, typer.Option(help="Target class; default: the predicted class.")] = ""
    out: Annotated[Path | None, typer.Option(help="PNG file for the attribution map or the word chart.")] = None
    as_json: AsJson = False

    def find_class(self, prediction: "Prediction") -> int:
        """The index of the target class, or an error that names all classes."""
        if not self.target:
            return prediction.index
        if self.target not in prediction.classes:
            raise InvalidInputError(f"No class '{self.target}'. There: {', '.join(prediction.classes)}.")
        return prediction.classes.index(self.target)


@dataclass(frozen=True)
class Explanation:
    """What is printed, for an image or a sentence."""

    model: str
    prediction: str
    target: str
    method: str
    unit: str
    signed: bool
    seconds: float
    completeness_gap: float | None
    words: list[str] | None  # None for an image
    values: list[Any]  # (W,) for words, (h, w) for an image


def explain(**choices: Any) -> None:
    """Show which pixels of an image, or which words of a sentence, contribute to a class."""
    from ccds_core.models.classifier import ImageClassifier
    from ccds_core.runs.records import find_run
    from ccds_core.runs.weights import load_classifier

    args = ExplainArgs(**choices)
    if args.out is not None and args.out.suffix != ".png":
        raise InvalidInputError(f"'{args.out}' does not end in .png. The image is saved as .png.")
    subject = args.file_or_text
    classifier = load_classifier(find_run(args.model or (IMAGE_MODEL if _is_file(subject) else TEXT_MODEL)))
    if isinstance(classifier, ImageClassifier):
        explanation, png = _explain_image(classifier, Path(subject), args)
    else:
        explanation, png = _explain_sentence(classifier, subject, args)
    if args.out is not None:
        args.out.write_bytes(png)
    if args.as_json:
        print_json(asdict(explanation))
        return
    typer.echo(_sentence(explanation))


take_options_of(explain, ExplainArgs)


def _explain_image(classifier: "ImageClassifier", file: Path, args: ExplainArgs) -> tuple[Explanation, bytes]:
    """The attribution (h, w) of an image, and its map as PNG."""
    import io

    from ccds_core.data.uploads import centre_square, read_image_file
    from ccds_core.explain.image_methods import explain_image
    from ccds_core.explain.methods import IMAGE_METHODS
    from ccds_core.figures.attribution_maps import MapPanel, colour_map

    square = centre_square(read_image_file(file))
    images = classifier.encode(square)
    prediction = classifier.predict(images)
    image_map = explain_image(classifier, images, args.find_class(prediction), args.method)
    unit, attribution = IMAGE_METHODS[args.method].unit, image_map.attribution
    buffer = io.BytesIO()
    panel = MapPanel(args.method, image_map.resolution, attribution.values, attribution.signed, unit)
    colour_map(panel, square).save(buffer, format="PNG")
    explanation = Explanation(
        model=classifier.name,
        prediction=prediction.label,
        target=prediction.classes[attribution.target],
        method=args.method,
        unit=unit,
        signed=attribution.signed,
        seconds=round(image_map.seconds, 4),
        completeness_gap=attribution.completeness_gap,
        words=None,
        values=attribution.values.tolist(),
    )
    return explanation, buffer.getvalue()


def _explain_sentence(classifier: "TextClassifier", text: str, args: ExplainArgs) -> tuple[Explanation, bytes]:
    """The attribution (W,) of a sentence, and its chart of words as PNG."""
    from ccds_core.data.normalize import read_text_words, text_notices
    from ccds_core.explain.methods import TEXT_METHODS
    from ccds_core.explain.text_attribution import explain_text
    from ccds_core.figures.export import chart_png
    from ccds_core.figures.word_strip import Measured, WordRow, strip_title, word_strip
    from ccds_core.models.sentence_answer import answer_sentence

    words = read_text_words(text)
    answer = answer_sentence(classifier, words)
    for notice in (*text_notices(text), *answer.notices):
        typer.echo(notice, err=True)
    result = explain_text(classifier, words, args.find_class(answer.prediction), args.method)
    unit = TEXT_METHODS[args.method].unit
    known = [*answer.known, *[True] * (len(words) - len(answer.known))]
    rows = {classifier.name: WordRow(result.attribution.values, known)}
    measured = Measured(classifier.classes[result.attribution.target], unit)
    chart = chart_png(word_strip(words, rows, measured, strip_title(words, rows, measured)))
    explanation = Explanation(
        model=classifier.name,
        prediction=answer.prediction.label,
        target=measured.target,
        method=args.method,
        unit=unit,
        signed=result.attribution.signed,
        seconds=round(result.seconds, 4),
        completeness_gap=result.completeness_gap,
        words=list(result.words),
        values=result.attribution.values.tolist(),
    )
    return explanation, chart


def _is_file(subject: str) -> bool:
    try:
        return Path(subject).is_file()
    except (OSError, ValueError):  # a sentence too long for a file name, or with a null in it
        return False


def _sentence(explanation: Explanation) -> str:
    """In a line: the fraction of the pixels that carry half of the attribution, or the words that contribute most."""
    model, target, values = explanation.model, explanation.target, explanation.values
    if explanation.words is None:
        import numpy as np

        from ccds_core.explain.image_methods import half_share

        fraction = percent(half_share(np.array(values)))
        return f"{model}: {fraction} of the pixels carry half of the positive attribution for {target}."
    ranked = sorted(zip(values, explanation.words, strict=True), reverse=True)[:TOP]
    return f"{model}, {target}, {explanation.unit}: " + ", ".join(f"{word} {value:+.3f}" for value, word in ranked)
