"""The text benchmark: its figures agree with each other, and its sentences are as long as the emotion data's."""

import statistics

import pytest

from ccds_core.errors import InvalidInputError
from ccds_core.runs.execute import count_multiply_adds
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from scripts.bench import text, training
from tests.support.small_texts import TEXT_MODELS


@pytest.fixture
def small_bench(monkeypatch, text_runs):
    """Few sentences, few repeats, small matrices."""
    for name, value in {"REPEATS": 3, "WARM": 1, "N_MANY": 24, "N_ALONE": 6}.items():
        monkeypatch.setattr(text, name, value)
    monkeypatch.setattr(training, "PEAK_SIZE", 64)


@pytest.mark.usefixtures("small_bench")
def test_the_figures_agree_with_each_other():
    result = text.bench_texts(TEXT_MODELS, "bert")
    assert result.models == TEXT_MODELS
    assert 0 < result.one_sentence_ms <= result.one_sentence_slowest_ms
    assert result.speed_up == pytest.approx(result.alone_ms * result.n_many / result.many_seconds / 1000)
    model = load_classifier(find_run("bert"))
    encodings = [model.encode(words) for words in text.made_up_sentences(result.n_many)]
    one_by_one = sum(count_multiply_adds(model.model, (encoding.token_ids, encoding.mask)) for encoding in encodings)
    assert result.gflops == pytest.approx(2 * one_by_one / result.many_seconds / 1e9)


@pytest.mark.usefixtures("small_bench")
def test_bench_text_prints_the_record_and_the_speed_up(ccds):
    result = ccds("bench", "text", "--models", "one-word,bert", "--batched", "bert", "--json").json
    assert list(result) == [*text.TextBench.__dataclass_fields__, "speed_up"]
    assert "times faster than one at a time" in text.TextBench(
        **{name: value for name, value in result.items() if name != "speed_up"}
    ).sentence()  # fmt: skip


def test_an_image_run_is_refused(small_run):
    with pytest.raises(InvalidInputError, match="is an image run"):
        text.bench_texts([small_run.name], small_run.name)


def test_the_made_up_sentences_are_the_same_each_time_and_as_long_as_the_real_ones():
    sentences = text.made_up_sentences(2000)
    assert sentences == text.made_up_sentences(2000)
    lengths = [len(sentence) for sentence in sentences]
    assert statistics.median(lengths) == pytest.approx(text.MEDIAN_WORDS, abs=1)
    assert max(lengths) <= text.MOST_WORDS
