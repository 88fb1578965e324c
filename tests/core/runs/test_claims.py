"""The report's conclusions beside ours: each needs the runs that bear on it, and its words follow the figures."""

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


def about(claims, words):
    (claim,) = [claim for report, claim in claims.items() if words in report]
    return claim


def test_with_every_model_each_of_tasks_1_to_5_has_its_claims():
    claims = claims_of(ALL)
    assert {claim.task for claim in claims.values()} == {1, 2, 3, 4, 5}
    assert {claim.holds for claim in claims.values()} <= {"yes", "no", "partly", "open"}
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


@pytest.mark.parametrize(("fourth", "holds"), [(0.9, "yes"), (0.8002, "partly"), (0.7, "no")])
def test_batch_norm_is_best_only_if_the_difference_is_significant(fourth, holds):
    assert about(claims_of(ALL | {"architecture-4": fourth}), "batch norm").holds == holds


def test_runs_that_kept_no_answers_row_by_row_decide_nothing():
    records = [make_record(name, None, make_evaluation(0.8)) for name in ("architecture-1", "architecture-4")]
    forgetful = replace(records[1].metrics, test=replace(make_evaluation(0.9), mistakes=None))
    claims = check_claims([records[0], replace(records[1], metrics=forgetful)])
    assert [claim.holds for claim in claims if claim.task == 3] == ["open"]


@pytest.mark.parametrize(("scores", "holds"), [((0.1, 0.2), "yes"), ((0.1, 0.7), "partly"), ((0.6, 0.7), "no")])
def test_seed_dependent_claims_use_all_seeds(scores, holds):
    drawn = {"architecture-2": scores[0], "architecture-2-seed-1": scores[1]}
    claim = about(claims_of(ALL | drawn), "sigmoid")
    assert claim.holds == holds
    assert all(percent(score, 1) in claim.ours for score in scores)


@pytest.mark.parametrize("words", ["sigmoid", "extra conv"])
def test_one_seed_leaves_a_claim_open(words):
    assert about(claims_of(ALL), words).holds == "open"


def test_xavier_claim_counts_redrawn_tensors():
    claim = about(claims_of(ALL, architecture_5=0, architecture_5_repaired=6), "Xavier")
    assert claim.holds == "no"
    assert "redraws 0 tensors, the fixed 6" in claim.ours
    assert "not significant" in claim.ours


def test_claims_quote_the_significance_test():
    far = claims_of(ALL | {"architecture-5-repaired": 0.6})
    assert ": significant (McNemar" in about(far, "Xavier").ours
    assert about(claims_of(ALL | {"architecture-5": 0.6}), "similar performance").holds == "no"
    assert about(claims_of(ALL), "similar performance").holds == "yes"
