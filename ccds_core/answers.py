"""A sentence or a picture from outside -> a model's answer, with notices of what it could not read."""

from pathlib import Path

from PIL import Image

from ccds_core.checkpoints import load_classifier
from ccds_core.classifier import ImageClassifier, TextClassifier
from ccds_core.data.uploads import MAX_BYTES, read_image
from ccds_core.data.words import has_pictographs, read_text_words
from ccds_core.errors import InvalidInputError
from ccds_core.results import Prediction
from ccds_core.sentence import answer_sentence


def classify_file(model: str, file: Path) -> Prediction:
    """An image run's answer to a picture file."""
    image = read_picture(file)
    classifier = load_classifier(model)
    if not isinstance(classifier, ImageClassifier):
        raise InvalidInputError(f"'{model}' reads texts: give it a sentence with --text.")
    return classifier.predict(classifier.encode(image))


def read_picture(file: Path) -> Image.Image:
    """A picture file -> RGB image, upright."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"'{file}' cannot be read: {error.strerror}.") from None
    return read_image(content)


def classify_text(model: str, text: str) -> tuple[Prediction, list[str]]:
    """A text run's answer to a sentence, and notices of what it did not read."""
    words = read_text_words(text)
    classifier = load_classifier(model)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{model}' looks at pictures: give it a file, or choose a text run.")
    answer = answer_sentence(classifier, words)
    return answer.prediction, [*text_notices(text), *answer.notices]


def text_notices(text: str) -> list[str]:
    """What no model reads in this text."""
    return ["Emoji and other pictures are not read: the models know words only."] if has_pictographs(text) else []
