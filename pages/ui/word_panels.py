"""Sentences and their words -> blocks of the Emotions page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from ccds_core.agreement import Verdict, judge
from ccds_core.figures.word_strip import WordRow, strip_title, word_strip
from ccds_core.noise import noise_sentences
from ccds_core.run_folders import RunRecord
from ccds_core.sentence import SentenceAnswer
from pages.ui import frame, loaders, text_loaders
from pages.ui.text import plain

UNKNOWN = "Unknown"  # how a notice of single unknown words begins
LIKELIEST = ""  # the choice of whatever class the models find likeliest; no class has this name
MOST_WORDS = 64  # of a strip; `leave_one_out` asks again for so many
REASONS = (
    "**One word is often enough.** The one-word rule looks a sentence's purest word up in the training texts, learns "
    "nothing, and is right on nine of ten. A trained model is worth what it adds to that.",
    "**The labels are hashtags.** Nobody read the texts to label them; the tag their writers put there was the label. "
    "Some texts carry two, and 'overwhelmed' is tagged fear as often as surprise.",
    "**No model can say 'none of these'.** Six classes share out 100 %, whatever the sentence is about.",
    "**A bar is not a reason.** It is what the probability loses when the word is taken out; of two words that say the "
    "same, neither may show.",
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


def draw_words(words: Sequence[str], records: Sequence[RunRecord], verdict: Verdict, number: int) -> None:
    """The strip of words: each model asked again without each word."""
    classes = list(verdict.consensus.classes)
    likeliest = f"{'their mean' if verdict.n_models > 1 else 'the answer'}: {verdict.consensus.prediction}"
    chosen = st.segmented_control(
        "What each word did to", [LIKELIEST, *classes], default=LIKELIEST, required=True,
        key=f"emotions_target_{number}", format_func=lambda name: plain(likeliest if name == LIKELIEST else name),
    )  # fmt: skip
    target = verdict.consensus.prediction if chosen in (None, LIKELIEST) else chosen
    shown = list(words[:MOST_WORDS])
    answers = text_loaders.answer_all(words, records)
    rows = {}
    for record in records:
        values = text_loaders.leave_one_out(words, record)[:, classes.index(target)]
        known = dict(zip(answers[record.name].words, answers[record.name].known, strict=True))
        rows[record.name] = WordRow(values, [known.get(word, True) for word in shown])
    title = strip_title(shown, rows, target)
    st.altair_chart(word_strip(shown, rows, target, title), width="content", key=f"emotions_strip_{number}", alt=title)
    unknown = any(not all(row.known) for row in rows.values())
    more = f" The first {MOST_WORDS} of {len(words):,} words." if len(words) > MOST_WORDS else ""
    st.caption(
        f"What the probability of {plain(target)} loses when the word is taken out: red speaks for it, blue against it."
        f"{' A question mark: the model does not know the word.' if unknown else ''}{more}"
    )


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
