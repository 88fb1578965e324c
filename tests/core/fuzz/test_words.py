"""Whatever is typed, into the sentence box or at the command line: an answer, or one sentence and exit code 2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ccds_core.cli.predict import classify_text
from ccds_core.data.normalize import read_text_words
from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention_forward import attend
from ccds_core.explain.attention_view import Look, measure_tokens, view_sentence
from ccds_core.explain.text_attribution import explain_text, measures_of
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.fuzzing import assert_sentence, check_input, fuzzed
from tests.support.hostile_files import every_form
from tests.support.mutations import MARKUP, ODD_TEXT
from tests.support.small_texts import TEXT_MODELS

LONG = st.sampled_from(
    ["glad " * 60_000, "a" * 199_999, "quiet " * 3000, "🙂 " * 9000, "'" * 100_000, "\u0301" * 99_999]
)
VERBS = ("train", "evaluate", "predict", "runs", "presets", "jobs", "data", "code", "signal", "attend", "tokens",
         "explain", "faithfulness", "delete", "ship", "nothing")  # fmt: skip
FLAGS = ("--data", "--epochs", "--name", "--json", "--resume", "--text", "--model", "--split", "--limit", "--seed",
         "--method", "--target", "--out", "--rows", "--steps", "--variant", "--dropout", "--learning-rate", "--diff",
         "--optimizer", "--base", "--vectors", "--frobnicate", "-x", "--", "list", "status", "pause",
         "stop")  # fmt: skip
ODD_WORDS = ("nowhere", "small", "..", "../../etc/passwd", "/dev/null", "", "0", "-1", "1e9", "nan", "ten", "joy",
             "test", "architecture-1", "9" * 40, *MARKUP)  # fmt: skip


@pytest.mark.parametrize("model", TEXT_MODELS)
def test_any_text_is_answered_or_refused_by_every_family(text_runs, model):
    @fuzzed(100)
    @given(st.one_of(ODD_TEXT, ODD_TEXT, ODD_TEXT, LONG))
    def check_one(text):
        check_input(f"text: {model}", lambda: classify_text(model, text))

    check_one()


def test_any_text_is_explained_or_refused(text_runs):
    classifiers = [load_classifier(find_run(model)) for model in TEXT_MODELS]

    def explain(classifier, text, place):
        methods = measures_of(classifier)
        words = tuple(read_text_words(text))
        return explain_text(classifier, words, 0, methods[place % len(methods)])

    @fuzzed(80)
    @given(ODD_TEXT.filter(lambda text: len(text) < 600), st.sampled_from(classifiers), st.integers(0, 9))
    def check_one(text, classifier, place):
        check_input("text: explained", lambda: explain(classifier, text, place))

    check_one()


def test_any_text_is_attended_to_or_refused(text_runs):
    classifier = load_classifier(find_run("bert"))

    def look(text, merged, special):
        attended = attend(classifier, read_text_words(text), gap=None)
        shown = Look(merged=merged, special=special)
        view_sentence(attended, shown)
        list(measure_tokens(attended, shown))

    @fuzzed(60)
    @given(ODD_TEXT, st.booleans(), st.booleans())
    def check_one(text, merged, special):
        check_input("text: attention", lambda: look(text, merged, special))

    check_one()


@pytest.mark.usefixtures("checkpoints_folder", "cache_folder", "data_folder", "small_cnn")
def test_any_words_at_the_command_line_are_answered_or_refused(ccds, runs_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (9, 9)).save(tmp_path / "small.png")
    (tmp_path / "odd").write_bytes(every_form()["GIF"][:60])
    monkeypatch.setattr("ccds_core.jobs.foreground.follow", lambda name: iter(()))  # a run that begins is answer enough
    monkeypatch.setattr("ccds_core.jobs.launcher.ensure", lambda: None)
    monkeypatch.setattr("ccds_core.data.cifar10.fetch", lambda: tmp_path)
    monkeypatch.setattr("ccds_core.data.emotion.fetch", lambda: tmp_path)
    arguments = st.sampled_from([*FLAGS, *FLAGS, *ODD_WORDS, "small.png", "odd"]) | st.text(max_size=9)

    def ask(words):
        answer = ccds(*words)
        assert answer.code in (0, 2), answer
        if answer.code == 2 and not answer.err.startswith("Usage:"):
            assert answer.out == ""
            assert_sentence(answer.err.strip())
            raise InvalidInputError(answer.err.strip())

    @fuzzed(150)
    @given(st.sampled_from(VERBS), st.lists(arguments, max_size=5))
    def check_one(verb, words):
        clean = [word.encode(errors="replace").decode().replace("\0", "") for word in words]  # as a shell passes them
        check_input("command line", lambda: ask([verb, *clean]), may_write=tmp_path)

    check_one()
