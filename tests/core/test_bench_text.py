"""The text benchmark: its numbers agree with each other, and its sentences are as long as the emotion data's."""

import statistics

import pytest

from ccds_core import bench, bench_text
from ccds_core.checkpoints import load_classifier
from ccds_core.errors import InvalidInputError
from ccds_core.runs import count_multiply_adds
from tests.core.small_texts import TEXT_MODELS


@pytest.fixture
def small_bench(monkeypatch, text_runs):
    """Few sentences, few repeats, small matrices."""
    for name, value in {"REPEATS": 3, "WARM": 1, "N_MANY": 24, "N_ALONE": 6}.items():
        monkeypatch.setattr(bench_text, name, value)
    monkeypatch.setattr(bench, "PEAK_SIZE", 64)


@pytest.mark.usefixtures("small_bench")
def test_its_numbers_agree_with_each_other():
    found = bench_text.bench_texts(TEXT_MODELS, "bert")
    assert found.models == TEXT_MODELS
    assert 0 < found.one_sentence_ms <= found.one_sentence_slowest_ms
    assert found.speed_up == pytest.approx(found.alone_ms * found.n_many / found.many_seconds / 1000)
    model = load_classifier("bert")
    encodings = [model.encode(words) for words in bench_text.made_up_sentences(found.n_many)]
    one_by_one = sum(count_multiply_adds(model.model, (one.token_ids, one.mask)) for one in encodings)
    assert found.gflops == pytest.approx(2 * one_by_one / found.many_seconds / 1e9)


@pytest.mark.usefixtures("small_bench")
def test_the_command_prints_the_record_and_the_speed_up(ccds):
    found = ccds("bench", "text", "--models", "one-word,bert", "--batched", "bert", "--json").json
    assert list(found) == [*bench_text.TextBench.__dataclass_fields__, "speed_up"]
    assert "times faster than one at a time" in bench_text.TextBench(
        **{name: value for name, value in found.items() if name != "speed_up"}
    ).sentence()  # fmt: skip


def test_an_image_run_is_refused(small_run):
    with pytest.raises(InvalidInputError, match="looks at pictures"):
        bench_text.bench_texts([small_run.name], small_run.name)


def test_the_made_up_sentences_are_the_same_each_time_and_as_long_as_the_real_ones():
    sentences = bench_text.made_up_sentences(2000)
    assert sentences == bench_text.made_up_sentences(2000)
    lengths = [len(sentence) for sentence in sentences]
    assert statistics.median(lengths) == pytest.approx(bench_text.MEDIAN_WORDS, abs=1)
    assert max(lengths) <= bench_text.MOST_WORDS
