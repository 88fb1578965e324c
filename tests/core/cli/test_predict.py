"""A sentence or an image -> a prediction, in code and on the command line."""

import pytest

from ccds_core.cli.predict import classify_file, classify_text
from ccds_core.data.normalize import text_notices
from ccds_core.errors import CheckpointError, InvalidInputError
from ccds_core.models.sentence_answer import SentenceAnswer
from tests.support.hostile_files import make_scene
from tests.support.made_up_runs import make_prediction
from tests.support.small_texts import CLASSES, TEXT_MODELS

UNKNOWN = SentenceAnswer(make_prediction("calm", classes=CLASSES), ("quiet", "zymurgy"), (True, False), 0).notices[0]


@pytest.fixture
def image(tmp_path):
    make_scene().save(tmp_path / "scene.png")
    return tmp_path / "scene.png"


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("name", TEXT_MODELS)
def test_a_sentence_is_classified_with_notices(name):
    prediction, notices = classify_text(name, "I felt QUIET 🙂")
    assert prediction.classes == CLASSES
    assert prediction.probabilities.sum() == pytest.approx(1)
    assert notices[0].startswith("Emoji")


@pytest.mark.usefixtures("text_runs")
def test_unknown_words_are_among_the_notices():
    assert classify_text("one-word", "quiet zymurgy")[1] == [UNKNOWN]
    assert text_notices("quiet") == []


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("text", ["", " ", "?!", "🙂", "a" * 300_000])
def test_a_text_without_words_or_too_long_is_refused(text):
    with pytest.raises(InvalidInputError):
        classify_text("one-word", text)


def test_an_image_run_refuses_a_sentence(small_run, image):
    with pytest.raises(InvalidInputError, match="'small' is an image run"):
        classify_text("small", "quiet")
    assert classify_file("small", image).probabilities.sum() == pytest.approx(1)


@pytest.mark.usefixtures("text_runs")
def test_a_text_run_refuses_an_image_and_an_unknown_run_is_named(image):
    with pytest.raises(InvalidInputError, match="'one-word' is a text run: give it a sentence with --text"):
        classify_file("one-word", image)
    with pytest.raises(CheckpointError, match="No run 'absent'"):
        classify_text("absent", "quiet")


@pytest.mark.usefixtures("text_runs")
def test_predict_classifies_a_sentence(ccds):
    answer = ccds("predict", "--text", "quiet baker", "--model", "one-word", "--json").json
    assert list(answer) == ["model", "prediction", "probabilities"]
    assert (answer["model"], answer["prediction"]) == ("one-word", "calm")
    assert tuple(answer["probabilities"]) == CLASSES
    with_notice = ccds("predict", "--text", "quiet zymurgy", "--model", "one-word", "--json").json
    assert with_notice["notices"] == [UNKNOWN]


@pytest.mark.usefixtures("text_runs")
def test_predict_prints_the_most_probable_class_first_and_notices_on_stderr(ccds):
    answer = ccds("predict", "--text", "irked zymurgy", "--model", "one-word")
    assert answer.out.splitlines()[0].startswith("cross")
    assert len(answer.out.splitlines()) == len(CLASSES)
    assert answer.err == f"{UNKNOWN}\n"


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give either an image file or --text"),
        (["a.png", "--text", "quiet"], "Give either an image file or --text"),
        (["--text", ""], "There is no text yet"),
        (["--text", "quiet"], "No run 'bert-emotion'"),
    ],
)
def test_bad_input_is_one_sentence(ccds, arguments, message):
    answer = ccds("predict", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_the_presets_are_listed_by_name(ccds):
    from ccds_core.config.presets import PRESETS

    lines = ccds("presets").out.splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
