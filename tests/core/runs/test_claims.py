"""The report's conclusions beside ours: each needs the runs that bear on it, and its words follow the figures."""

import re
from dataclasses import replace

import pytest

from ccds_core.config.presets import PRESETS
from ccds_core.results import percent
from ccds_core.runs.claims import check_claims
from tests.support.made_up_runs import make_evaluation, make_history, make_record

ALL = dict.fromkeys(PRESETS, 0.8) | {"architecture-2": 0.1, "architecture-3": 0.1}


def claims_of(accuracies, history=None, **touched):
    records = [
        make_record(name, history, make_evaluation(accuracy, n=6000), touched.get(name.replace("-", "_"), 0))
        for name, accuracy in accuracies.items()
    ]
    return {claim.report: claim for claim in check_claims(records)}


def seeds_of(name, accuracies):
    """Names of a recipe's runs -> accuracies, the first seed under the recipe's own name."""
    return {f"{name}-seed-{seed}" if seed else name: accuracy for seed, accuracy in enumerate(accuracies)}


def with_seeds(accuracies):
    """Three seeds of each recipe, equally right."""
    return {
        name: score for recipe, share in accuracies.items() for name, score in seeds_of(recipe, [share] * 3).items()
    }


def about(claims, words):
    (claim,) = [claim for report, claim in claims.items() if words in report]
    return claim


def test_with_every_model_each_of_tasks_1_to_5_has_its_claims():
    claims = claims_of(ALL)
    assert {claim.task for claim in claims.values()} == {1, 2, 3, 4, 5}
    assert {claim.holds for claim in claims.values()} <= {"yes", "no", "open"}
    assert all(claim.ours.endswith(".") for claim in claims.values())


def test_without_runs_nothing_is_claimed():
    assert check_claims([]) == []
    assert check_claims([make_record("architecture-1"), make_record("mine", test=make_evaluation(0.9))]) == []


@pytest.mark.parametrize("missing", [name for name, preset in PRESETS.items() if preset.model == "cnn"])
def test_one_architecture_missing_takes_only_its_own_claims_away(missing):
    fewer = claims_of({name: accuracy for name, accuracy in ALL.items() if name != missing})
    assert 0 < len(fewer) < len(claims_of(ALL))
    kept = {report: claim for report, claim in claims_of(ALL).items() if report in fewer and "extra conv" not in report}
    assert all(fewer[report] == claim for report, claim in kept.items())


def test_no_sentence_has_a_hole_where_a_run_is_missing():
    fewer = claims_of({name: accuracy for name, accuracy in ALL.items() if name != "architecture-2"})
    assert not any(" at ." in claim.ours for claim in fewer.values())


@pytest.mark.parametrize(("losses", "holds"), [((1.2, 0.8, 1.0, 1.1), "yes"), ((1.3, 1.0, 0.8, 0.7, 0.9), "no")])
def test_overfitting_is_judged_by_where_the_validation_loss_is_lowest(losses, holds):
    assert about(claims_of(ALL, make_history(losses)), "Overfitting").holds == holds


@pytest.mark.parametrize(("fourth", "holds"), [(0.9, "yes"), (0.8002, "open"), (0.7, "no")])
def test_batch_norm_is_best_only_if_the_interval_over_rows_and_seeds_says_so(fourth, holds):
    assert about(claims_of(ALL | {"architecture-4": fourth}), "batch norm").holds == "open", "one seed each"
    claim = about(claims_of(with_seeds(ALL | {"architecture-4": fourth})), "batch norm")
    assert claim.holds == holds
    assert "3 and 3 seeds" in claim.ours


def test_runs_that_kept_no_answers_row_by_row_decide_nothing():
    records = [make_record(name, None, make_evaluation(0.8)) for name in ("architecture-1", "architecture-4")]
    forgetful = replace(records[1].metrics, test=replace(make_evaluation(0.9), mistakes=None))
    claims = check_claims([records[0], replace(records[1], metrics=forgetful)])
    assert [claim.holds for claim in claims if claim.task == 3] == ["open"]


@pytest.mark.parametrize(
    ("scores", "holds"), [((0.1, 0.1, 0.1), "yes"), ((0.1, 0.1, 0.7), "open"), ((0.19, 0.7, 0.7), "no")]
)
def test_weights_of_a_network_above_chance_were_updated(scores, holds):
    claim = about(claims_of(ALL | seeds_of("architecture-2", scores)), "sigmoid")
    assert claim.holds == holds
    assert all(percent(score, 1) in claim.ours for score in scores)
    assert f"{sum(score < 0.25 for score in scores)} of 3, 95 % interval" in claim.ours


def test_one_seed_at_chance_leaves_the_claim_open():
    assert about(claims_of(ALL), "sigmoid").holds == "open"


@pytest.mark.parametrize(
    ("early", "late", "holds"),
    [("architecture-3", "architecture-2", "yes"), ("architecture-2", "architecture-3", "no"), ("", "", "open")],
)
def test_the_extra_conv_is_judged_by_when_the_loss_drops_and_not_by_accuracy(early, late, holds):
    histories = {early: make_history((2.3, 2.0)), late: make_history((2.3, 2.3))}
    records = [
        make_record(f"{kind}-seed-{seed}", histories.get(kind, make_history((2.3, 2.0))), make_evaluation(0.5))
        for kind in ("architecture-2", "architecture-3")
        for seed in range(5)
    ]
    (claim,) = [claim for claim in check_claims([*records, replace(records[-1], name="architecture-3")])
                if "extra conv" in claim.report]  # fmt: skip
    assert claim.holds == holds
    assert ("none, none" in claim.ours) == bool(early)


def test_three_seeds_each_cannot_decide_about_the_extra_conv():
    scores = seeds_of("architecture-2", (0.1, 0.1, 0.1)) | seeds_of("architecture-3", (0.7, 0.7, 0.7))
    assert about(claims_of(ALL | scores), "extra conv").holds == "open"


def test_xavier_claim_counts_redrawn_tensors():
    claim = about(claims_of(ALL, architecture_5=0, architecture_5_repaired=6), "Xavier")
    assert claim.holds == "no"
    assert "redraws 0 tensors; fixed, 6" in claim.ours
    assert "+0.0 points, 95 % interval" in claim.ours


@pytest.mark.parametrize(("fifth", "holds"), [(0.8, "yes"), (0.6, "no"), (0.82, "open")])
def test_similar_means_within_two_points(fifth, holds):
    runs = with_seeds(ALL | {"architecture-5": fifth})
    assert about(claims_of(runs), "similar performance").holds == holds
    assert about(claims_of(ALL | {"architecture-5": fifth}), "similar performance").holds == "open", "one seed each"


@pytest.mark.parametrize(("word2vec", "holds"), [(0.9, "yes"), (0.7, "no"), (0.8, "open")])
def test_word2vec_is_compared_over_all_seeds(word2vec, holds):
    runs = with_seeds(ALL | {"text-word2vec-fine-tuned": word2vec})
    assert about(claims_of(runs), "Word2Vec").holds == holds


@pytest.mark.parametrize(("share", "holds"), [(0.99, "yes"), (0.5, "no")])
def test_a_macro_f1_is_reached_where_its_whole_interval_says_so(share, holds):
    scores = dict.fromkeys(("text-embedding", "text-word2vec-fine-tuned"), share)
    assert about(claims_of(ALL | scores), "macro-F1").holds == holds


def test_no_verdict_rests_on_a_p_value_alone():
    """Each sentence that compares says the difference, its interval, the seeds and n."""
    for claim in claims_of(with_seeds(ALL)).values():
        if "minus" in claim.ours:
            assert re.search(
                r"[+-]\d+\.\d points, 95 % interval [+-]\d+\.\d to [+-]\d+\.\d \(n = 6,000, 3 and 3 seeds\)", claim.ours
            )
