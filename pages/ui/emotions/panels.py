"""Sentences and their words -> blocks of the Emotions page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from ccds_core.data.label_noise import noise_sentences
from ccds_core.data.normalize import text_notices
from ccds_core.explain.trust.measured import WarningScore
from ccds_core.figures.probability_stacks import probability_stacks
from ccds_core.models.sentence_answer import SentenceAnswer
from ccds_core.results import Prediction, percent
from ccds_core.runs.consensus import Verdict, judge, sureness_title
from ccds_core.runs.records import RunRecord
from ccds_core.training.metrics import wilson_interval
from pages.ui.shared import frame, loaders, panels, text_loaders
from pages.ui.shared.markdown import plain

UNREAD = "No model here knows a word of this text"
UNKNOWN = "Out of vocabulary"  # how a notice of single unknown words begins
BARS_AND_TRUST = (13, 9)  # shares of the page's width
REASONS = (
    "**One word is often enough.** The keyword baseline takes the class of a sentence's most class-specific word, "
    "counted on 16,000 labelled texts, and is right on nine of ten. A trained model is worth what it adds to that.",
    "**The labels are hashtags.** Nobody read the texts to label them; the label is the hashtag that the writer used. "
    "Some texts have two, and 'overwhelmed' is labelled fear as often as surprise.",
    "**There is no class 'none of these'.** Six probabilities sum to 100 %, whatever the sentence is about.",
    "**An attribution is not a reason.** 'Leave one out' shows the probability lost without the word; of two words "
    "that say the same, neither may have an effect. Other methods answer other questions; the faithfulness test "
    "compares them.",
)


def group_answers(answers: Mapping[str, SentenceAnswer]) -> list[dict[str, SentenceAnswer]]:
    """The answers of models with the same classes, together; the largest group first."""
    groups: dict[tuple[str, ...], dict[str, SentenceAnswer]] = {}
    for name, answer in answers.items():
        groups.setdefault(answer.prediction.classes, {})[name] = answer
    return sorted(groups.values(), key=len, reverse=True)


def judge_answers(answers: Mapping[str, SentenceAnswer]) -> Verdict:
    """The consensus of the models that know a word of the sentence; of all where none does, and the title says so."""
    knowing = {name: answer for name, answer in answers.items() if any(answer.known)}
    trust = text_loaders.load_trust()
    reliability = trust.reliability_of(knowing) if trust else None
    verdict = judge({name: answer.prediction for name, answer in (knowing or answers).items()}, reliability)
    if len(knowing) == len(answers):
        return verdict
    if not knowing:
        return replace(verdict, title=UNREAD)
    rest = ", ".join(f"{name} predicts {answer.prediction.label}" for name, answer in knowing.items())
    return replace(
        verdict, title=f"{len(answers) - len(knowing)} of {len(answers)} models know no word of this text; {rest}"
    )


def draw_answers(text: str, answers: Mapping[str, SentenceAnswer], verdict: Verdict, number: int) -> None:
    """The verdict, what was not read, and the probabilities beside how far to trust them."""
    st.subheader(plain(verdict.title))
    warn(text_notices(text) if number == 0 else [], answers)
    bars, trust = st.columns(BARS_AND_TRUST, gap="medium")
    with bars:
        title, known = _bars_title(answers, verdict), verdict.title != UNREAD
        panels.stacks(_predictions(answers), verdict, title, f"emotions_bars_{number}", ensemble=known)
    with trust:
        _draw_trust(text, answers, verdict)


def _draw_trust(text: str, answers: Mapping[str, SentenceAnswer], verdict: Verdict) -> None:
    """How often an answer this sure was right, and the warning that the text gets, with how often it was right."""
    warning = text_loaders.find_warning(text, verdict.consensus.classes)
    message = ""
    if warning is not None:
        trust = text_loaders.load_trust()
        score = trust.score_of(warning.kind) if trust else None
        message = f"**{plain(warning.message)}** {_describe(score) if score else ''}"
    panels.trust_box(verdict, panels.TEXT, message)
    mention_unknown(answers)


def _bars_title(answers: Mapping[str, SentenceAnswer], verdict: Verdict) -> str:
    """No model is called sure where none knows a word."""
    return "Probabilities without a known word" if verdict.title == UNREAD else sureness_title(_predictions(answers))


def _predictions(answers: Mapping[str, SentenceAnswer]) -> dict[str, Prediction]:
    return {name: answer.prediction for name, answer in answers.items()}


def _describe(score: WarningScore) -> str:
    """How often a warning was right, and the prediction was not, on our own test sentences."""
    low, high = wilson_interval(score.right, score.given)
    return (
        f"This warning was right for {score.right} of {score.given} of our test sentences ({percent(score.precision)}, "
        f"95 % interval {percent(low)} to {percent(high)}); {score.misclassified} of {score.given} were misclassified."
    )


def draw_table(answers: Mapping[str, SentenceAnswer], verdict: Verdict, number: int) -> None:
    """The probabilities as numbers, and all of it as files."""
    predictions = _predictions(answers)
    with st.expander("The same as a table"):
        table = panels.answer_table(predictions)
        panels.table(table, percent=verdict.consensus.classes)
        chart = probability_stacks(predictions, _bars_title(answers, verdict))
        panels.exports("emotions", chart, table, f"emotions_export_{number}")


def warn(general: Sequence[str], answers: Mapping[str, SentenceAnswer]) -> None:
    """The parts of the text that the models did not read, before their predictions."""
    lines = [*general, *(line for line in _notices(answers) if not line.startswith(UNKNOWN))]
    if lines:
        st.warning("  \n".join(plain(line) for line in lines), icon=":material/visibility_off:")


def mention_unknown(answers: Mapping[str, SentenceAnswer]) -> None:
    """Single words out of the models' vocabularies."""
    lines = [line for line in _notices(answers) if line.startswith(UNKNOWN)]
    if lines:
        st.caption("  \n".join(plain(line) for line in lines))


def why(records: Sequence[RunRecord]) -> None:
    """The limits of the models and of the data, one click away."""
    with st.expander("Why do the models differ, and how reliable are they?"):
        for reason in REASONS:
            st.markdown(f"- {reason}")
        noise = loaders.load_label_noise()
        if noise:
            st.markdown(f"- **The data, counted.** {' '.join(noise_sentences(noise))}")
        tested = [record for record in records if record.metrics.test]
        for record in tested:
            test = record.metrics.test
            assert test is not None  # filtered just above
            st.markdown(
                f"- {plain(record.name)}: {percent(test.accuracy, 1)} of {test.n:,} test texts correct, "
                f"macro-F1 {test.macro_f1:.3f}."
            )
        trust = text_loaders.load_trust()
        if trust:
            st.markdown(
                f"- **The warnings, counted** on {trust.scores[0].n} sentences of ours, written after the rules were "
                f"fixed. Of {trust.n_unwarned} that get no warning, {trust.unwarned_misclassified} are misclassified. "
                f"Of {trust.n_val:,} validation texts, {percent(trust.val_misclassified / trust.n_val, 1)} are "
                f"misclassified; of the {trust.val_warned} that get a warning, {percent(trust.val_warned_share, 1)}."
            )
            panels.table(pd.DataFrame([_score_row(score) for score in trust.scores]), percent=("precision", "recall"))
        names = ",".join(record.name for record in tested)
        frame.link("compare", "Compare these models", (("compare_task", "Sentences"), ("compare_text_runs", names)))


def _score_row(score: WarningScore) -> dict[str, object]:
    """One warning, on our own sentences and on the validation texts."""
    return {
        "warning": score.kind,
        "given": score.given,
        "deserved": score.true,
        "both": score.right,
        "precision": score.precision,
        "recall": score.recall,
        "misclassified": score.misclassified,
        "on validation texts": score.val_given,
        "misclassified of these": score.val_misclassified,
    }


def _notices(answers: Mapping[str, SentenceAnswer]) -> list[str]:
    """What each model did not read or know, with its name; the same notice of several models once."""
    names_of: dict[str, list[str]] = {}
    for name, answer in answers.items():
        for notice in answer.notices:
            names_of.setdefault(notice, []).append(name)
    return [f"{notice.removesuffix('.')} ({', '.join(names)})." for notice, names in names_of.items()]
