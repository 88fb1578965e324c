"""Top tokens from made-up readings: what is planted is found, sums add up, order is nothing, intervals cover."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from ccds_core.errors import InvalidConfigError, InvalidInputError
from ccds_core.explain.top_tokens import evidence
from ccds_core.explain.top_tokens.corrections import run_ablation
from ccds_core.explain.top_tokens.evidence import compare_lists, list_tokens
from ccds_core.explain.top_tokens.occurrences import Tally, add_up, find_occurrences, find_tops
from ccds_core.explain.top_tokens.options import LADDER, MIN_COUNT_SMALL, TokenOptions, options_at
from ccds_core.explain.top_tokens.report_check import FOLLOWED, REPORT_TOKENS, check_report
from ccds_core.explain.top_tokens.scores import PRIOR, contrast, log_odds
from ccds_core.explain.top_tokens.table import METHODS, build_table
from tests.support.made_up_readings import CLASSES, EVERYWHERE, draw, join, shuffle

OPTIONS = TokenOptions()
NAIVE = options_at("sum", OPTIONS)
PLANTED = {"planted": 1}


def table(readings, method="contrast", options=OPTIONS):
    return build_table(readings, method, options)


def ranks(found, word):
    return [found.rank_of(word, target) for target in range(len(CLASSES))]


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_word_planted_in_one_class_ranks_first_there_and_nowhere_else(everywhere):
    found = table(draw(600, PLANTED, everywhere=everywhere))
    own = ranks(found, "planted")
    assert own[1] == 1
    assert all(rank is None or rank > 10 for rank in (own[0], own[2]))
    scores = found.scores[found.place_of("planted")]
    assert scores[1] > 5
    assert scores[0] < 0 > scores[2]


def test_of_two_words_of_one_class_the_one_that_is_read_ranks_above_the_one_that_is_not():
    read = draw(600, {"planted": 1, "decoy": 1})
    place = {word: number for number, word in enumerate(read.words)}
    values = read.values["cls"].copy()
    values[read.word_ids == place["decoy"]] /= 50
    found = table(replace(read, values={"cls": values}))
    assert ranks(found, "planted")[1] == 1
    assert found.scores[place["planted"], 1] > 4 * found.scores[place["decoy"], 1]
    counted = table(replace(read, values={"cls": values}), "log-odds")
    assert {ranks(counted, "planted")[1], ranks(counted, "decoy")[1]} == {1, 2}


def test_without_a_planted_word_no_word_stands_out():
    found = table(draw(900, {}))
    assert np.abs(found.scores).max() < 4  # 41 words, 3 classes: the largest of 123 standard normals is about 2.9


def test_a_word_of_every_sentence_leads_the_naive_sum_and_falls_step_by_step():
    rungs = run_ablation(draw(900, {"third": 0, "planted": 1, "other": 2}, strength=2.0), OPTIONS, 5, (EVERYWHERE,))
    assert [rung.step for rung in rungs] == [step.name for step in LADDER]
    first, last = rungs[0].ranks, rungs[-1].ranks
    assert [first[name][EVERYWHERE] for name in CLASSES] == [1, 1, 1]
    assert all(last[name][EVERYWHERE] > 5 for name in CLASSES)
    assert (rungs[-1].tops["cross"][0].token, rungs[-1].tops["eager"][0].token) == ("planted", "other")


def test_each_step_of_the_ladder_turns_on_one_switch_and_the_last_is_the_corrected_measure():
    steps = [options_at(step.name, OPTIONS) for step in LADDER]
    for before, after in pairwise(steps):
        changed = [name for name in vars(before) if getattr(before, name) != getattr(after, name)]
        assert len(changed) == 1
    assert steps[-1] == OPTIONS


def test_the_report_s_procedure_adds_up_the_highest_word_of_each_sentence():
    sentences = (["quiet", "rain"], ["quiet", "dog"], ["dog", "rain"], ["keen"])
    read = join(sentences, ([3, 1], [3, 1], [1, 3], [1]), (0, 0, 0, 2), hidden=0.2)
    found = table(read, "workshop")
    assert found.scores[found.place_of("quiet")] == pytest.approx([2 * 0.6, 0, 0])
    assert found.scores[found.place_of("rain")] == pytest.approx([0.6, 0, 0])
    assert found.scores[found.place_of("keen")] == pytest.approx([0, 0, 0.8])
    assert ranks(found, "dog") == [None, None, None]


def test_of_equal_words_the_first_of_the_sentence_is_on_top():
    read = join((["rain", "dog"], []), ([1, 1], []), (0, 0))
    found = find_tops(read, OPTIONS)
    assert found.words.tolist() == [read.words.index("rain")]


@pytest.mark.parametrize("options", [NAIVE, OPTIONS, replace(OPTIONS, once=False)])
def test_sums_over_classes_are_those_of_the_whole(options):
    read = draw(200, PLANTED)
    found = find_occurrences(read, options)
    tally = add_up(found)
    assert tally.sizes.sum() == len(read)
    assert tally.counts.sum() == len(found.values) == tally.totals.sum()
    np.testing.assert_allclose(tally.sums.sum(axis=1), np.bincount(found.words, found.values, len(read.words)))
    assert tally.sums.sum() == pytest.approx(found.values.sum())


def test_corrected_within_the_sentence_every_sentence_weighs_as_much_as_it_has_words():
    read = draw(50, PLANTED)
    found = find_occurrences(read, replace(OPTIONS, once=False))
    totals = np.bincount(found.sentences, found.values)
    np.testing.assert_allclose(totals, np.diff(read.starts), rtol=1e-5)
    assert read.hidden_share("cls") == pytest.approx(0.2, abs=1e-6)


def test_a_word_repeated_in_a_sentence_counts_once_with_its_mean():
    read = join((["go", "go", "home"],), ([1, 3, 2],), (0,))
    found = find_occurrences(read, OPTIONS)
    assert dict(zip(found.words.tolist(), found.values.tolist(), strict=True)) == pytest.approx({0: 1.0, 1: 1.0})
    assert add_up(find_occurrences(read, replace(OPTIONS, once=False))).counts[0, 0] == 2


@pytest.mark.parametrize("method", [name for name in METHODS if name != "integrated-gradients"])
def test_the_order_of_the_sentences_changes_nothing(method):
    read = draw(300, {"planted": 1, "other": 2})
    mixed, order = shuffle(read)
    one, other = (list_tokens(table(some, method), 8) for some in (read, mixed))
    for name in CLASSES:
        assert [score.token for score in one[name]] == [score.token for score in other[name]]
        for mine, theirs in zip(one[name], other[name], strict=True):
            assert (mine.score, mine.low, mine.high) == pytest.approx((theirs.score, theirs.low, theirs.high))
            assert mine.n == theirs.n
            assert mine.examples == tuple(int(order[place]) for place in theirs.examples)


def test_words_of_few_sentences_are_left_out_and_n_says_how_many_there_are():
    read = draw(90, {"planted": 1})
    found = list_tokens(table(read), 50)
    assert all(score.n >= MIN_COUNT_SMALL for scores in found.values() for score in scores)
    rare = join((["rare", "a"], ["a", "b"], ["a"]), ([9, 1], [1, 1], [1]), (0, 0, 1))
    assert list_tokens(table(rare), 5) == dict.fromkeys(CLASSES, ())
    assert ranks(table(rare, options=replace(OPTIONS, floor=False)), "rare")[0] == 1


def test_a_small_class_has_a_lower_minimum_count():
    assert table(draw(90, {})).least.tolist() == [5, 5, 5]
    assert table(draw(1_800, {})).least.tolist() == [10, 10, 10]


def test_examples_are_the_strongest_the_median_and_the_weakest_sentence_of_the_class():
    read = join([["quiet", "a"]] * 5 + [["quiet"]], [[w, 1] for w in (5, 1, 3, 2, 4)] + [[1]], (0, 0, 0, 0, 0, 1))
    (score,) = [score for score in list_tokens(table(read), 9)["calm"] if score.token == "quiet"]
    assert score.examples == (0, 2, 1)
    assert score.n == 5


@pytest.mark.parametrize("method", ["contrast", "log-odds", "workshop"])
def test_the_interval_covers_what_other_sentences_of_the_same_kind_give(method, monkeypatch):
    """The mean score over many draws is what the score estimates; 95 of 100 intervals should hold it."""
    monkeypatch.setattr(evidence, "REPLICATES", 200)
    found = [
        next(score for score in list_tokens(table(draw(240, PLANTED, seed, strength=3.0), method), 5)["cross"]
             if score.token == "planted")
        for seed in range(40)
    ]  # fmt: skip
    truth = np.mean([score.score for score in found])
    covered = sum(score.low <= truth <= score.high for score in found)
    assert covered >= 33  # of 40; 38 on average if exact
    assert all(score.low < score.score < score.high for score in found)


def test_the_true_class_and_right_answers_only():
    sentences, weights = [["a", "b"]] * 4, [[1, 1]] * 4
    read = join(sentences, weights, (0, 0, 1, 1), labels=(0, 1, 1, 1))
    sizes = {
        name: add_up(find_occurrences(read, options)).sizes.tolist()
        for name, options in {
            "predicted": OPTIONS,
            "true": TokenOptions(group="true"),
            "correct": TokenOptions(correct_only=True),
        }.items()
    }
    assert sizes == {"predicted": [2, 2, 0], "true": [1, 3, 0], "correct": [1, 2, 0]}


@pytest.mark.parametrize("options", [TokenOptions(group="true"), TokenOptions(correct_only=True)])
def test_without_labels_only_the_predicted_class_can_be_asked_for(options):
    with pytest.raises(InvalidInputError, match="no labels"):
        find_occurrences(draw(6, {}), options)


def test_options_name_every_fault_at_once():
    with pytest.raises(InvalidConfigError) as raised:
        TokenOptions(measure="smell", group="mine", average=False)
    for said in ("measure", "group", "shrunk needs average", "contrast needs average"):
        assert said in str(raised.value)


def test_the_contrast_of_two_classes_is_that_of_one_with_the_sign_turned():
    counts, sums = np.array([[6.0, 2.0], [3.0, 8.0]]), np.array([[9.0, 2.0], [3.0, 4.0]])
    tally = Tally(sums, counts, np.array([10.0, 10.0]), counts.sum(axis=0), 1.0, 0.5)
    for score in (contrast(tally, shrunk=True), contrast(tally, shrunk=False), log_odds(tally)):
        np.testing.assert_allclose(score[:, 0], -score[:, 1])


def test_the_contrast_by_hand():
    """One word in 4 of 10 sentences of a class at 2, in none of 10 others: (0.8 - 0) / sqrt((0.2 v + 0.16) / 5)."""
    tally = Tally(
        np.array([[8.0, 0.0]]), np.array([[4.0, 0.0]]), np.array([10.0, 10.0]), np.array([50.0, 50.0]), 1, 0.5
    )
    assert contrast(tally, shrunk=False)[0, 0] == pytest.approx(0.8 / np.sqrt((0.2 * 0.5 + 0.16) / 5))
    assert contrast(tally, shrunk=True)[0, 0] == pytest.approx(contrast(tally, shrunk=False)[0, 0])


def test_log_odds_by_hand():
    tally = Tally(
        np.zeros((1, 2)), np.array([[30.0, 10.0]]), np.array([9.0, 9.0]), np.array([1000.0, 1000.0]), 1.0, 0.0
    )
    prior = PRIOR * 40 / 2000
    own, rest = (np.log((n + prior) / (1000 + PRIOR - n - prior)) for n in (30, 10))
    expected = (own - rest) / np.sqrt(1 / (30 + prior) + 1 / (10 + prior))
    assert log_odds(tally)[0, 0] == pytest.approx(expected)


def test_a_class_without_sentences_and_a_split_of_one_class_give_no_scores_and_no_warning():
    read = join([["a", "b"]] * 12, [[1, 2]] * 12, [0] * 12)
    for method in ("workshop", "contrast", "log-odds"):
        found = list_tokens(table(read, method), 3)
        assert found["cross"] == found["eager"] == ()
    assert not table(read).scores.any()


def test_no_sentence_at_all_gives_empty_lists():
    for method in ("workshop", "contrast", "log-odds"):
        assert list_tokens(table(join([], [], []), method), 3) == dict.fromkeys(CLASSES, ())


def test_function_words_can_be_left_out_and_stay_where_the_contrast_marks_them():
    sentences = [["the", "a", "rain"] if number % 3 else ["a", "rain"] for number in range(60)]
    read = join(sentences, [[1] * len(words) for words in sentences], [number % 3 for number in range(60)])
    kept = table(read, options=replace(OPTIONS, function_words=False))
    assert not any(ranks(kept, "a"))
    assert all(ranks(kept, "rain"))
    assert ranks(kept, "the")[1] is not None  # never in the first class


def test_a_list_agrees_with_itself_and_not_with_another():
    read = draw(600, {"planted": 1, "other": 2})
    main = table(read)
    for agreement in compare_lists(main, main).values():
        assert agreement.rank_correlation == pytest.approx(1.0)
        assert len(agreement.shared) == agreement.k
    noise = replace(read, values={"cls": np.random.default_rng(3).gamma(1, size=len(read.word_ids)).astype(np.float32)})
    assert compare_lists(main, table(noise))["calm"].rank_correlation < 0.9


def test_the_report_s_answers_are_judged_by_the_readings():
    read = draw(600, {"depressed": 0, "glad": 1, "shy": 2})
    named = replace(read, classes=("sadness", "joy", "fear"))
    checks = {check.token: check for check in check_report(table(named), table(named, "workshop"))}
    assert set(checks) == {REPORT_TOKENS[name] for name in named.classes}
    assert (checks["depressed"].verdict, checks["shy"].verdict) == ("for", "for")
    assert checks["feel"].verdict == "against"
    assert checks["depressed"].share == 1.0
    assert (checks["feel"].n_all, round(checks["feel"].share, 2)) == (600, 0.33)
    without = replace(draw(600, {}), classes=("love", "surprise", "fear"))
    for check in check_report(table(without), table(without, "workshop")):
        assert (check.verdict, check.rank, check.n_all) == ("open", None, 0)


def test_the_followed_words_are_the_report_s_answers_and_the_two_that_fall():
    assert {"feel", "feeling", *REPORT_TOKENS.values()} == set(FOLLOWED)
