"""Sentences and their words -> blocks of the Emotions page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from ccds_core.agreement import Verdict, judge
from ccds_core.noise import noise_sentences
from ccds_core.run_folders import RunRecord
from ccds_core.sentence import SentenceAnswer
from pages.ui import frame, loaders
from pages.ui.text import plain

UNKNOWN = "Unknown"  # how a notice of single unknown words begins
REASONS = (
    "**One word is often enough.** The one-word rule looks a sentence's purest word up in the training texts, learns "
    "nothing, and is right on nine of ten. A trained model is worth what it adds to that.",
    "**The labels are hashtags.** Nobody read the texts to label them; the tag their writers put there was the label. "
    "Some texts carry two, and 'overwhelmed' is tagged fear as often as surprise.",
    "**No model can say 'none of these'.** Six classes share out 100 %, whatever the sentence is about.",
    "**A bar is not a reason.** With 'Leave one out' it is what the probability loses without the word; of two words "
    "that say the same, neither may show. Other measures ask other questions; 'Is it true?' says which one to believe.",
)


def group_answers(answers: Mapping[str, SentenceAnswer]) -> list[dict[str, SentenceAnswer]]:
    """The answers of models that know the same classes, together; the largest group first."""
    groups: dict[tuple[str, ...], dict[str, SentenceAnswer]] = {}
    for name, answer in answers.items():
        groups.setdefault(answer.prediction.classes, {})[name] = answer
    return sorted(groups.values(), key=len, reverse=True)


def judge_answers(answers: Mapping[str, SentenceAnswer]) -> Verdict:
    """The verdict of the models that know a word of the sentence; of all where none does, and the title says so."""
    seeing = {name: answer for name, answer in answers.items() if any(answer.known)}
    verdict = judge({name: answer.prediction for name, answer in (seeing or answers).items()}, None)
    if len(seeing) == len(answers):
        return verdict
    if not seeing:
        return replace(verdict, title="No model here knows a word of this text")
    rest = ", ".join(f"{name} says {answer.prediction.prediction}" for name, answer in seeing.items())
    return replace(
        verdict, title=f"{len(answers) - len(seeing)} of {len(answers)} models know no word of this text; {rest}"
    )


def warn(general: Sequence[str], answers: Mapping[str, SentenceAnswer]) -> None:
    """What the models could not read and what no model reads, before their answers."""
    lines = [*general, *(line for line in _notices(answers) if not line.startswith(UNKNOWN))]
    if lines:
        st.warning("  \n".join(plain(line) for line in lines), icon=":material/visibility_off:")


def mention_unknown(answers: Mapping[str, SentenceAnswer]) -> None:
    """Single words that models do not know."""
    lines = [line for line in _notices(answers) if line.startswith(UNKNOWN)]
    if lines:
        st.caption("  \n".join(plain(line) for line in lines))


def why(records: Sequence[RunRecord]) -> None:
    """The honest small print, one click away."""
    with st.expander("Why do they differ, and how far can they be trusted?"):
        for reason in REASONS:
            st.markdown(f"- {reason}")
        noise = loaders.load_noise()
        if noise:
            st.markdown(f"- **The data, counted.** {' '.join(noise_sentences(noise))}")
        tested = [record for record in records if record.metrics.test]
        for record in tested:
            test = record.metrics.test
            assert test is not None  # filtered just above
            st.markdown(
                f"- {plain(record.name)}: {test.accuracy:.1%} of {test.n:,} test texts right, "
                f"macro-F1 {test.macro_f1:.3f}."
            )
        names = ",".join(record.name for record in tested)
        frame.link("compare", "Compare them", (("compare_task", "Sentences"), ("compare_text_runs", names)))


def _notices(answers: Mapping[str, SentenceAnswer]) -> list[str]:
    """What each model did not read or know, with its name; the same said by several is said once."""
    said: dict[str, list[str]] = {}
    for name, answer in answers.items():
        for notice in answer.notices:
            said.setdefault(notice, []).append(name)
    return [f"{notice.removesuffix('.')} ({', '.join(names)})." for notice, names in said.items()]
