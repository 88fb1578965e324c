"""The workshop report's conclusions, each checked against our runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ccds_core.results import Evaluation, percent
from ccds_core.runs.curves import read_curves
from ccds_core.runs.records import RunRecord
from ccds_core.runs.significance import compare_pairs


@dataclass(frozen=True)
class Claim:
    """One conclusion of the report, and our result."""

    task: int
    report: str
    ours: str
    holds: str  # "yes", "no", "partly", or "open" where one seed cannot decide


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
    history = runs["architecture-1"].metrics.history
    reading = read_curves(history, len(runs["architecture-1"].card.classes))
    lowest = history[reading.lowest_loss_epoch - 1]
    return Claim(
        1,
        "Overfitting sets in after epoch 2.",
        f"Validation loss falls until epoch {lowest.epoch} ({lowest.val_loss:.2f}) and then rises to "
        f"{history[-1].val_loss:.2f}. A gap between the two curves alone is not overfitting.",
        "yes" if lowest.epoch <= 2 else "no",
    )


def _hardest_class(runs: Mapping[str, RunRecord]) -> Claim:
    test = _test(runs, "architecture-1")
    ranked = sorted(test.per_class, key=lambda name: test.per_class[name].f1)
    same = (ranked[-1] == "automobile") + (ranked[0] == "cat")
    return Claim(
        1,
        "Automobile is the best class, cat the worst.",
        f"By F1, {ranked[-1]} is the best class ({test.per_class[ranked[-1]].f1:.2f}) and {ranked[0]} the worst "
        f"({test.per_class[ranked[0]].f1:.2f}).",
        ("no", "partly", "yes")[same],
    )


def _sigmoid(runs: Mapping[str, RunRecord]) -> Claim:
    scores = _seeds(runs, "architecture-2")
    return Claim(
        2,
        "With sigmoid the weights are not updated and the loss does not decrease (0.22).",
        f"{_spread(scores)} A network whose weights are not updated stays at chance, 10 %.",
        "open" if len(scores) < 2 else "yes" if max(scores) < 0.25 else "no" if min(scores) > 0.25 else "partly",
    )


def _extra_conv(runs: Mapping[str, RunRecord]) -> Claim:
    scores, before = _seeds(runs, "architecture-3"), _seeds(runs, "architecture-2")
    decided = min(len(scores), len(before)) > 1
    return Claim(
        2,
        "The extra conv layer makes the loss drop after 6 epochs (0.43).",
        f"{_spread(scores)} Without it (architecture 2): {_spread(before)} The schedule divides the learning rate by "
        "10 after epoch 5 for every architecture.",
        "open" if not decided else "yes" if min(scores) > max(before) else "no",
    )


def _batch_norm(runs: Mapping[str, RunRecord]) -> Claim:
    first, fourth = _test(runs, "architecture-1"), _test(runs, "architecture-4")
    sentence, significant = _difference(runs, "architecture-4", "architecture-1")
    ahead = fourth.accuracy > first.accuracy
    return Claim(
        3,
        "Architecture 4, with batch norm, is the best of the four (0.82 vs. 0.78 for architecture 1).",
        f"{percent(fourth.accuracy, 1)} vs. {percent(first.accuracy, 1)}, one seed each. {sentence}",
        "open" if significant is None else "no" if not ahead else "yes" if significant else "partly",
    )


def _xavier(runs: Mapping[str, RunRecord]) -> Claim:
    written, repaired = runs["architecture-5"].metrics, runs["architecture-5-repaired"].metrics
    five, six = _test(runs, "architecture-5"), _test(runs, "architecture-5-repaired")
    sentence, _ = _difference(runs, "architecture-5-repaired", "architecture-5")
    return Claim(
        4,
        "Xavier initialization was used.",
        f"The report's loop redraws {written.tensors_initialised} tensors, the fixed {repaired.tensors_initialised}. "
        f"Test accuracy {percent(five.accuracy, 1)} vs. {percent(six.accuracy, 1)}, one seed each. {sentence}",
        "no" if written.tensors_initialised == 0 else "yes",
    )


def _tuning(runs: Mapping[str, RunRecord]) -> Claim:
    fourth, fifth = _test(runs, "architecture-4"), _test(runs, "architecture-5")
    sentence, significant = _difference(runs, "architecture-5", "architecture-4")
    return Claim(
        4,
        "Dropout, cosine schedule and batch size 256 give a similar performance.",
        f"{percent(fifth.accuracy, 1)} vs. {percent(fourth.accuracy, 1)} for architecture 4, one seed each. {sentence}",
        "open" if significant is None else "no" if significant else "yes",
    )


def _word2vec(runs: Mapping[str, RunRecord]) -> Claim:
    torch_seeds, word2vec_seeds = _seeds(runs, "text-embedding"), _seeds(runs, "text-word2vec-fine-tuned")
    pairs = compare_pairs([runs["text-embedding"], runs["text-word2vec-fine-tuned"]])
    sentence = pairs[0].sentence if pairs else ""
    ahead = bool(pairs) and pairs[0].significant and pairs[0].better == "text-word2vec-fine-tuned"
    return Claim(
        5,
        "Word2Vec embeddings are slightly more accurate than torch's (0.93 vs. 0.92).",
        f"Word2Vec, fine-tuned: {_spread(word2vec_seeds)} Torch: {_spread(torch_seeds)} {sentence} The report's "
        "difference is 15 to 20 tweets, and its vectors were GoogleNews', not trained on the tweets.",
        "yes" if ahead else "no",
    )


def _macro_f1(runs: Mapping[str, RunRecord]) -> Claim:
    scores = [_test(runs, name).macro_f1 for name in ("text-embedding", "text-word2vec-fine-tuned")]
    floor = _test(runs, "one-word-rule")
    near = all(abs(score - 0.88) < 0.01 for score in scores)
    return Claim(
        5,
        "Both reach a macro-F1 of 0.88.",
        f"Ours reach {scores[0]:.3f} and {scores[1]:.3f}. The keyword baseline reaches {floor.macro_f1:.3f} "
        f"(accuracy {percent(floor.accuracy, 1)}).",
        "yes" if near else "partly" if min(scores) > floor.macro_f1 else "no",
    )


def _difference(runs: Mapping[str, RunRecord], one: str, other: str) -> tuple[str, bool | None]:
    """McNemar's test of two runs as a sentence, and whether they differ significantly; None if it cannot be applied."""
    pairs = compare_pairs([runs[one], runs[other]])
    if not pairs:
        return "They were not tested on the same images, so McNemar's test cannot be applied.", None
    return pairs[0].sentence, pairs[0].significant


def _test(runs: Mapping[str, RunRecord], name: str) -> Evaluation:
    test = runs[name].metrics.test
    assert test is not None  # `check_claims` keeps tested runs only
    return test


def _seeds(runs: Mapping[str, RunRecord], architecture: str) -> list[float]:
    """Test accuracies of all shipped runs of one architecture."""
    return [_test(runs, name).accuracy for name, record in runs.items() if record.kind == architecture]


def _spread(scores: Sequence[float]) -> str:
    if not scores:
        return "No run of ours."
    reached = ", ".join(percent(score, 1) for score in scores)
    return f"{len(scores)} seeds reach {reached}." if len(scores) > 1 else f"Our run reaches {reached}."
