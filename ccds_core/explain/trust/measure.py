"""Counts how often the shipped text models were right by confidence, and how often each warning was right."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ccds_core.config.run_config import DataConfig
from ccds_core.data.datasets import load_text_rows
from ccds_core.data.normalize import split_words
from ccds_core.errors import CheckpointError
from ccds_core.explain.trust.measured import SentenceTrust, WarningScore, default_models
from ccds_core.explain.trust.own_sentences import NEUTRAL, TEST, OwnSentence, load_own_sentences
from ccds_core.explain.trust.warnings import (
    LANGUAGE,
    NEGATION,
    NO_FEELING,
    SCRIPT,
    VOCABULARY,
    WARNINGS,
    WordKnowledge,
    find_warning,
    read_knowledge,
)
from ccds_core.models.classifier import TextClassifier
from ccds_core.runs import consensus
from ccds_core.runs.consensus import Reliability
from ccds_core.runs.records import RunRecord, list_runs
from ccds_core.runs.weights import load_classifier

BASELINE, ENCODER = "one-word-rule", "bert-emotion"  # whose words the warnings know
Votes = dict[str, NDArray[np.float64]]  # model -> probabilities (N, n_classes)


def is_neutral(sentence: OwnSentence) -> bool:
    """English, of no feeling, and none is denied."""
    return sentence.language == "en" and sentence.emotion == NEUTRAL and not sentence.negated


def is_bangla_script(sentence: OwnSentence) -> bool:
    """Bangla, and not in Latin letters."""
    return sentence.language == "bn" and not sentence.text.isascii()


DESERVE: Mapping[str, Callable[[OwnSentence], bool]] = {
    SCRIPT: is_bangla_script,
    LANGUAGE: lambda sentence: sentence.language != "en" and not is_bangla_script(sentence),
    NO_FEELING: is_neutral,
    VOCABULARY: lambda sentence: sentence.rare,
    NEGATION: lambda sentence: sentence.language == "en" and sentence.negated,
}


def held_out() -> tuple[OwnSentence, ...]:
    """Our own sentences that were written after the rules."""
    return tuple(sentence for sentence in load_own_sentences() if sentence.part == TEST)


def measure_trust() -> SentenceTrust:
    """All shipped text models on the validation texts, and the warnings on our own sentences; needs the emotion data.

    Raises `CheckpointError` where the shipped models are not here, `MissingDataError` where the data are not.
    """
    records = [run for run in list_runs() if run.shipped and run.has_weights and run.task == "text"]
    models = tuple(default_models(records))
    if not {BASELINE, ENCODER} <= set(models):
        raise CheckpointError(f"The shipped runs {BASELINE} and {ENCODER} are not here. Train and ship them first.")
    classifiers = {record.name: _load(record) for record in records}
    rows = load_text_rows(DataConfig("emotion", "official"))
    texts, labels = [rows.texts[row] for row in rows.split.val], rows.labels[rows.split.val]
    votes = _predict(classifiers, texts)
    foreign = _predict(classifiers, [sentence.text for sentence in load_own_sentences() if is_neutral(sentence)])
    reliability = tuple(
        _reliability(names, rows.source, (labels, votes, foreign)) for names in (models, *((name,) for name in votes))
    )
    knowledge, own = read_knowledge(classifiers[BASELINE], classifiers[ENCODER]), held_out()
    emotions = np.array([place_of(sentence, knowledge.classes) for sentence in own])
    own_wrong = _wrong(_predict(classifiers, [sentence.text for sentence in own]), models, emotions)
    val_wrong = _wrong(votes, models, labels)
    unwarned = ~find_kinds([sentence.text for sentence in own], knowledge).any(axis=1)
    scores = score_warnings(own, own_wrong, (find_kinds(texts, knowledge), val_wrong), knowledge)
    return SentenceTrust(
        models=models,
        n_val=len(texts),
        val_misclassified=int(val_wrong.sum()),
        n_unwarned=int(unwarned.sum()),
        unwarned_misclassified=int(own_wrong[unwarned].sum()),
        reliability=reliability,
        scores=scores,
    )


def place_of(sentence: OwnSentence, classes: Sequence[str]) -> int:
    """The index of its emotion; -1 for a neutral one, which no answer is right for."""
    return classes.index(sentence.emotion) if sentence.emotion in classes else -1


def find_kinds(texts: Sequence[str], knowledge: WordKnowledge) -> NDArray[np.bool_]:
    """(N, len(WARNINGS)): which warnings the texts get."""
    found = [find_warning(text, knowledge) for text in texts]
    return np.array([[warning is not None and warning.kind == kind for kind in WARNINGS] for warning in found])


def score_warnings(
    own: Sequence[OwnSentence],
    own_wrong: NDArray[np.bool_],
    val: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    knowledge: WordKnowledge,
) -> tuple[WarningScore, ...]:
    """Each warning on our own sentences (N,), and on validation texts: their warnings (M, W), mistakes (M,)."""
    given = find_kinds([sentence.text for sentence in own], knowledge)  # (N, W)
    true = np.array([[DESERVE[kind](sentence) for kind in WARNINGS] for sentence in own])  # (N, W)
    val_given, val_wrong = val
    counts = [true, given, given & true, given & own_wrong[:, None], val_given, val_given & val_wrong[:, None]]
    per_kind = zip(*(count.sum(axis=0).tolist() for count in counts), strict=True)
    return tuple(WarningScore(kind, len(own), *numbers) for kind, numbers in zip(WARNINGS, per_kind, strict=True))


def _load(record: RunRecord) -> TextClassifier:
    classifier = load_classifier(record)
    assert isinstance(classifier, TextClassifier)  # a run of the task "text"
    return classifier


def _predict(classifiers: Mapping[str, TextClassifier], texts: Sequence[str]) -> Votes:
    words = [split_words(text) for text in texts]
    return {name: each.predict_many([each.encode(one) for one in words]) for name, each in classifiers.items()}


def _reliability(names: tuple[str, ...], source: str, measured: tuple[NDArray[np.int64], Votes, Votes]) -> Reliability:
    labels, votes, foreign = measured
    own, other = (np.stack([part[name] for name in names]) for part in (votes, foreign))
    return Reliability(names, source, len(labels), other.shape[1], consensus.measure(own, labels, other))


def _wrong(votes: Votes, models: Sequence[str], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N,): whether the mean of some models is not the label."""
    answers = np.mean([votes[name] for name in models], axis=0).argmax(axis=1)
    return np.asarray(answers != labels)
