"""A sentence or a picture from outside to an answer, in code and on the command line."""

import pytest

from ccds_core.answers import classify_file, classify_text, text_notices
from ccds_core.errors import CheckpointError, InvalidInputError
from tests.core.hostile import make_scene
from tests.core.small_texts import CLASSES, TEXT_MODELS


@pytest.fixture
def picture(tmp_path):
    make_scene().save(tmp_path / "scene.png")
    return tmp_path / "scene.png"


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("name", TEXT_MODELS)
def test_a_sentence_is_answered_with_what_was_not_read(name):
    prediction, notices = classify_text(name, "I felt QUIET 🙂")
    assert prediction.classes == CLASSES
    assert prediction.probabilities.sum() == pytest.approx(1)
    assert notices[0].startswith("Emoji")


@pytest.mark.usefixtures("text_runs")
def test_unknown_words_are_among_the_notices():
    assert classify_text("one-word", "quiet zymurgy")[1] == ["Unknown: zymurgy."]
    assert text_notices("quiet") == []


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("text", ["", " ", "?!", "🙂", "a" * 300_000])
def test_a_text_without_a_word_or_without_end_is_refused(text):
    with pytest.raises(InvalidInputError):
        classify_text("one-word", text)


def test_each_kind_of_model_refuses_the_others_input(small_run, picture):
    with pytest.raises(InvalidInputError, match="'small' looks at pictures"):
        classify_text("small", "quiet")
    assert classify_file("small", picture).probabilities.sum() == pytest.approx(1)


@pytest.mark.usefixtures("text_runs")
def test_a_text_model_refuses_a_picture_and_an_absent_run_is_named(picture):
    with pytest.raises(InvalidInputError, match="'one-word' reads texts: give it a sentence with --text"):
        classify_file("one-word", picture)
    with pytest.raises(CheckpointError, match="No run 'absent'"):
        classify_text("absent", "quiet")


@pytest.mark.usefixtures("text_runs")
def test_the_command_line_answers_a_sentence(ccds):
    found = ccds("predict", "--text", "quiet baker", "--model", "one-word", "--json").json
    assert list(found) == ["model", "prediction", "probabilities"]
    assert (found["model"], found["prediction"]) == ("one-word", "calm")
    assert tuple(found["probabilities"]) == CLASSES
    noted = ccds("predict", "--text", "quiet zymurgy", "--model", "one-word", "--json").json
    assert noted["notices"] == ["Unknown: zymurgy."]


@pytest.mark.usefixtures("text_runs")
def test_the_command_line_says_the_likeliest_class_first_and_notices_beside_it(ccds):
    answer = ccds("predict", "--text", "irked zymurgy", "--model", "one-word")
    assert answer.out.splitlines()[0].startswith("cross")
    assert len(answer.out.splitlines()) == len(CLASSES)
    assert answer.err == "Unknown: zymurgy.\n"


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Give a picture's file, or a sentence"),
        (["a.png", "--text", "quiet"], "one of the two"),
        (["--text", ""], "There is no text yet"),
        (["--text", "quiet"], "No run 'bert-emotion'"),
    ],
)
def test_the_command_line_refuses_in_one_sentence(ccds, words, said):
    answer = ccds("predict", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_the_presets_are_listed_by_name(ccds):
    from ccds_core.presets import PRESETS

    lines = ccds("presets").out.splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
