"""The workshop report's conclusions, each checked against our runs.

A verdict is "yes" or "no" where the interval of what the report claims leaves no other, and "open" otherwise. Where a
claim is about a recipe, one network of it decides nothing: other seeds may do something else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ccds_core.results import Evaluation, percent
from ccds_core.runs.curves import first_epoch_under
from ccds_core.runs.records import RunRecord
from ccds_core.runs.resampling import ENOUGH, Gap, class_scores, compare_recipes, interval_of, is_ahead, judge
from ccds_core.runs.significance import SIGNIFICANT
from ccds_core.training.metrics import wilson_interval

SIMILAR = 0.02  # a gap whose whole interval is smaller counts as none
CERTAIN = 0.95  # share of the resamplings
FAILS = 0.25  # accuracy under which a network counts as not trained
ESCAPED = 2.1  # validation loss; chance is ln 10 = 2.30
REACHED = 0.875  # what is rounded to the report's 0.88


@dataclass(frozen=True)
class Claim:
    """One conclusion of the report, and our result."""

    task: int
    report: str
    ours: str  # with its interval, its seeds and n
    holds: str  # "yes", "no" or "open"


def check_claims(records: Sequence[RunRecord]) -> list[Claim]:
    """The report's conclusions, checked against the shipped, tested runs; left out where runs are missing."""
    runs = {record.name: record for record in records if record.metrics.test}
    checks: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, RunRecord]], Claim]], ...] = (
        (("architecture-1",), _overfitting),
        (("architecture-1",), _hardest_class),
        (("architecture-2",), _sigmoid),
        (("architecture-3",), _extra_conv),
        (("architecture-1", "architecture-4"), _batch_norm),
        (("architecture-5", "architecture-5-repaired"), _xavier),
        (("architecture-4", "architecture-5"), _tuning),
        (("text-embedding", "text-word2vec-fine-tuned"), _word2vec),
        (("one-word-rule", "text-embedding", "text-word2vec-fine-tuned"), _macro_f1),
    )
    return [check(runs) for needed, check in checks if all(name in runs for name in needed)]


def _overfitting(runs: Mapping[str, RunRecord]) -> Claim:
    metrics = runs["architecture-1"].metrics
    lowest = min(metrics.history, key=lambda epoch: epoch.val_loss)
    after = [epoch.val_accuracy for epoch in metrics.history if epoch.epoch >= lowest.epoch]
    before = [epoch.learning_rate for epoch in metrics.history if epoch.epoch == lowest.epoch - 1]
    fell = ", just after the learning rate fell" if before and lowest.learning_rate < before[0] else ""
    return Claim(
        1,
        "Overfitting sets in after epoch 2.",
        f"Validation loss is lowest in epoch {lowest.epoch} ({lowest.val_loss:.2f}){fell}; it ends at "
        f"{metrics.history[-1].val_loss:.2f}, while validation accuracy stays between {percent(min(after), 1)} and "
        f"{percent(max(after), 1)}. A gap between the two curves alone is not overfitting. One seed, "
        f"n = {metrics.n_val:,}.",
        "yes" if lowest.epoch <= 2 else "no",
    )


def _hardest_class(runs: Mapping[str, RunRecord]) -> Claim:
    test = _test(runs, "architecture-1")
    ranked = sorted(test.per_class, key=lambda name: test.per_class[name].f1)
    scores = class_scores(test)  # (R, C)
    sure = [
        float((extreme == test.classes.index(name)).mean()) if name in test.classes else 0.0
        for name, extreme in (("automobile", scores.argmax(axis=1)), ("cat", scores.argmin(axis=1)))
    ]
    return Claim(
        1,
        "Automobile is the best class, cat the worst.",
        f"By F1, {ranked[-1]} is the best class ({test.per_class[ranked[-1]].f1:.2f}) and {ranked[0]} the worst "
        f"({test.per_class[ranked[0]].f1:.2f}). If the test images are drawn anew, automobile is the best in "
        f"{percent(sure[0])} and cat the worst in {percent(sure[1])} of {len(scores):,} draws (n = {test.n:,}, one "
        "seed).",
        "yes" if min(sure) >= CERTAIN else "no" if min(sure) <= 1 - CERTAIN else "open",
    )


def _sigmoid(runs: Mapping[str, RunRecord]) -> Claim:
    tests = [_test(runs, record.name) for record in _seeds(runs, "architecture-2")]
    reached = ", ".join(percent(test.accuracy, 1) for test in tests)
    chance = 1 / len(tests[0].classes)
    lowest = min(tests, key=lambda test: test.accuracy)
    failed = sum(test.accuracy < FAILS for test in tests)
    low, high = wilson_interval(failed, len(tests))
    moved = lowest.accuracy_low > chance
    stuck = max(test.accuracy_low for test in tests) <= chance and len(tests) >= ENOUGH
    return Claim(
        2,
        "With sigmoid the weights are not updated and the loss does not decrease (0.22).",
        f"Accuracy of {len(tests)} seed{'s' * (len(tests) > 1)}: {reached}. The lowest, 95 % interval "
        f"{percent(lowest.accuracy_low, 1)} to {percent(lowest.accuracy_high, 1)} (n = {lowest.n:,}), is "
        f"{'' if moved else 'not '}above chance, {percent(chance)}. Under {percent(FAILS)}: {failed} of {len(tests)}, "
        f"95 % interval {percent(low)} to {percent(high)} of all seeds.",
        "no" if moved else "yes" if stuck else "open",
    )


def _extra_conv(runs: Mapping[str, RunRecord]) -> Claim:
    from scipy.stats import mannwhitneyu

    with_conv, without = (
        [first_epoch_under(ESCAPED, record.metrics.history) for record in _seeds(runs, kind)]
        for kind in ("architecture-3", "architecture-2")
    )
    verdict, p_value = "open", 1.0
    if min(len(with_conv), len(without)) >= ENOUGH:
        never = 1 + max(len(record.metrics.history) for record in runs.values())
        ranks = [[epoch or never for epoch in epochs] for epochs in (with_conv, without)]
        p_value = float(mannwhitneyu(*ranks).pvalue)
        if p_value < SIGNIFICANT:
            verdict = "yes" if np.mean(ranks[0]) < np.mean(ranks[1]) else "no"
    return Claim(
        2,
        "The extra conv layer makes the loss drop after 6 epochs (0.43).",
        f"Epoch in which the validation loss is first under {ESCAPED}: {_listed(with_conv)} with the layer "
        f"({len(with_conv)} seeds), {_listed(without)} without it ({len(without)} seeds); p = {p_value:.2f} "
        "(Mann-Whitney). The schedule divides the learning rate by 10 after epoch 5 for every architecture.",
        verdict,
    )


def _batch_norm(runs: Mapping[str, RunRecord]) -> Claim:
    others = [name for name in ("architecture-1", "architecture-2", "architecture-3") if name in runs]
    gaps = [_gap(runs, "architecture-4", name) for name in others]
    return Claim(
        3,
        "Architecture 4, with batch norm, is the best of the four (0.82 vs. 0.78 for architecture 1).",
        f"Architecture 4 minus architecture 1: {_said(gaps[0])}. Sigmoid, the extra conv layer and batch norm are "
        "changed together.",
        is_ahead(gaps),
    )


def _xavier(runs: Mapping[str, RunRecord]) -> Claim:
    written, fixed = runs["architecture-5"].metrics, runs["architecture-5-repaired"].metrics
    gap = _gap(runs, "architecture-5-repaired", "architecture-5")
    return Claim(
        4,
        "Xavier initialization was used.",
        f"As printed, the report's loop redraws {written.tensors_initialised} tensors; fixed, "
        f"{fixed.tensors_initialised}. Fixed minus printed: {_said(gap)}. "
        "Batch norm cancels the scale of these weights, so this network hardly shows what Xavier does.",
        "no" if written.tensors_initialised == 0 else "yes",
    )


def _tuning(runs: Mapping[str, RunRecord]) -> Claim:
    gap = _gap(runs, "architecture-5", "architecture-4")
    verdict = "open"
    if gap and min(gap.seeds) >= ENOUGH:
        verdict = "yes" if max(-gap.low, gap.high) < SIMILAR else "no" if max(gap.low, -gap.high) > SIMILAR else "open"
    return Claim(
        4,
        "Dropout, cosine schedule and batch size 256 give a similar performance.",
        f"Architecture 5 minus architecture 4: {_said(gap)}. Within {100 * SIMILAR:.0f} points would be similar.",
        verdict,
    )


def _word2vec(runs: Mapping[str, RunRecord]) -> Claim:
    gap = _gap(runs, "text-word2vec-fine-tuned", "text-embedding")
    return Claim(
        5,
        "Word2Vec embeddings are slightly more accurate than torch's (0.93 vs. 0.92).",
        f"Word2Vec, fine-tuned, minus torch's: {_said(gap)}. The recipe was tuned for torch's. The report's difference "
        "is 15 to 20 tweets, and its vectors were GoogleNews', not trained on the tweets.",
        is_ahead([gap]),
    )


def _macro_f1(runs: Mapping[str, RunRecord]) -> Claim:
    names = ("text-embedding", "text-word2vec-fine-tuned", "one-word-rule")
    intervals = [interval_of(class_scores(_test(runs, name)).mean(axis=1)) for name in names]
    scores = [
        f"{_test(runs, name).macro_f1:.3f} ({low:.3f} to {high:.3f})"
        for name, (low, high) in zip(names, intervals, strict=True)
    ]
    return Claim(
        5,
        "Both reach a macro-F1 of 0.88.",
        f"Ours reach {scores[0]} and {scores[1]}, the keyword baseline {scores[2]}; 95 % intervals, "
        f"n = {_test(runs, names[0]).n:,}, one seed each.",
        judge(min(low for low, _ in intervals[:2]), min(high for _, high in intervals[:2]), REACHED),
    )


def _gap(runs: Mapping[str, RunRecord], one: str, other: str) -> Gap | None:
    """All seeds of one recipe against all of another."""
    return compare_recipes(_seeds(runs, one), _seeds(runs, other))


def _said(gap: Gap | None) -> str:
    return gap.sentence if gap else "not known, since they were not tested on the same rows"


def _seeds(runs: Mapping[str, RunRecord], kind: str) -> list[RunRecord]:
    """The shipped runs of one recipe."""
    return [record for record in runs.values() if record.kind == kind]


def _listed(epochs: Sequence[int | None]) -> str:
    return ", ".join("none" if epoch is None else str(epoch) for epoch in epochs) or "no run"


def _test(runs: Mapping[str, RunRecord], name: str) -> Evaluation:
    test = runs[name].metrics.test
    assert test is not None  # `check_claims` keeps tested runs only
    return test
