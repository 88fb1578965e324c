"""Sentences and their words -> blocks of the Emotions page."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ccds_core.agreement import Verdict, sureness_title
from ccds_core.figures.word_strip import WordRow, strip_title, word_strip
from ccds_core.noise import noise_sentences
from ccds_core.results import Prediction
from ccds_core.run_folders import RunRecord
from ccds_core.sentence import SentenceAnswer
from pages.ui import frame, loaders, text_loaders
from pages.ui.text import plain

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


def sureness(predictions: Mapping[str, Prediction]) -> str:
    """Which model is surest."""
    return sureness_title(predictions)


def notices(general: Sequence[str], answers: Mapping[str, SentenceAnswer]) -> None:
    """What the models could not read; the same said by several is said once."""
    said: dict[str, list[str]] = {}
    for name, answer in answers.items():
        for notice in answer.notices:
            said.setdefault(notice, []).append(name)
    lines = [*general, *(f"{notice} ({', '.join(names)})" for notice, names in said.items())]
    minor = [line for line in lines if line.startswith("Unknown")]
    grave = [line for line in lines if line not in minor]
    if grave:
        st.warning("  \n".join(plain(line) for line in grave), icon=":material/visibility_off:")
    if minor:
        st.caption("  \n".join(plain(line) for line in minor))


def draw_words(words: Sequence[str], records: Sequence[RunRecord], verdict: Verdict, number: int) -> None:
    """The strip of words: each model asked again without each word."""
    classes = list(verdict.consensus.classes)
    likeliest = f"likeliest: {verdict.consensus.prediction}"
    chosen = st.segmented_control(
        "Explain", ["likeliest", *classes], default="likeliest", required=True, key=f"emotions_target_{number}",
        format_func=lambda name: likeliest if name == "likeliest" else name,
    )  # fmt: skip
    target = verdict.consensus.prediction if chosen in (None, "likeliest") else chosen
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
        f"Change of the probability of {target} when the word is taken out: red speaks for it, blue against it."
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
