"""A sentence -> what makes the answer of an English emotion model doubtful: language, vocabulary, no feeling, negation.

Each rule reads the text and the word counts of the training texts, and no network. Rules and thresholds were chosen on
the training texts and on the part "develop" of our own sentences; `measure.py` counts on the part "test", which was
written afterwards, how often a rule is right.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ccds_core.data.normalize import split_words
from ccds_core.explain.top_tokens.scores import FUNCTION_WORDS

if TYPE_CHECKING:
    from ccds_core.models.classifier import TextClassifier

SCRIPT, LANGUAGE, NO_FEELING, VOCABULARY, NEGATION = "script", "language", "no-feeling", "vocabulary", "negation"
WARNINGS = (SCRIPT, LANGUAGE, NO_FEELING, VOCABULARY, NEGATION)
FOREIGN_LETTERS = 0.5  # fraction of letters outside the Latin script
KNOWN, FEW_KNOWN = 0.5, 0.3  # fractions of words of the training texts at or below which a text may not be English
COMMON = 0.75  # fraction of words with the encoder's 20,000 common words added: with more it is English all the same
FEWEST = 3  # words; of a shorter text the fraction says little
FEWEST_TEXTS = 5  # training texts that a word of feeling stands in
Z_SCORE, LIFT = 4.0, 1.5  # of its counts in one class: over chance in standard errors, and as a multiple
REACH = 3  # words between a negation and the word that it negates
# said of feelings by everybody, but too rare in the training texts, or in too many classes of them, to stand out there
_PLAIN = """
    joy joyful enjoy enjoyed cheerful smile smiled smiling laugh laughed cheering delight fun sorrow grief mourn
    mourning cry cried crying tears weep wept died death unwanted hurts love loves affection adore tenderness darling
    dear sympathy hate hates hatred anger rage furious shouted unfair fear fears feared worry dread panic frightening
    scary terror surprise surprising shock astonished astonishing amazement wonder welcome trust pride shame guilt
    hope
"""
PLAIN_FEELINGS = frozenset(_PLAIN.split())
FEEL = frozenset({"feel", "feels", "feeling", "feelings", "felt"})
_NEGATIONS = """
    no not never none nobody nothing neither nor without hardly cannot dont doesnt didnt isnt arent wasnt werent wont
    wouldnt cant couldnt havent hasnt hadnt shouldnt aint
"""
NEGATIONS = frozenset(_NEGATIONS.split())
NO_NEGATION = frozenset({"only", "more", "doubt", "wonder"})  # "not only", "not more", "no doubt", "no wonder"
BREAKS = frozenset({"but", "because", "so", "and", "that", "why", "when", "if"})  # a negation does not reach beyond
CLAUSE = re.compile(r"[,.;:!?()\n\u2013\u2014]+")
MOST_SHOWN = 5  # words named in a message


@dataclass(frozen=True)
class TrustWarning:
    """One reason to doubt an answer."""

    kind: str  # one of `WARNINGS`
    message: str  # one sentence


@dataclass(frozen=True)
class WordKnowledge:
    """What the training texts say of single words."""

    vocabulary: frozenset[str]
    common: frozenset[str]  # English words that stand whole in the vocabulary of a pretrained encoder; may be empty
    feeling: frozenset[str]  # words that stand with one class far more often than chance
    classes: tuple[str, ...]


def read_knowledge(baseline: "TextClassifier", encoder: "TextClassifier | None" = None) -> WordKnowledge:
    """The words that a keyword baseline counted, and those that a BERT reads as a whole."""
    from ccds_core.data.wordpiece_tokenizer import PieceEncoder
    from ccds_core.models.word_rule import OneWordRule
    from ccds_core.models.word_vectors import count_classes

    counts = count_classes(baseline)
    assert isinstance(baseline.model, OneWordRule)  # checked just above
    prior = baseline.model.prior.double().numpy()
    return WordKnowledge(
        frozenset(counts),
        frozenset(encoder.encoder.words) if encoder and isinstance(encoder.encoder, PieceEncoder) else frozenset(),
        PLAIN_FEELINGS
        | {word for word, row in counts.items() if word not in FUNCTION_WORDS | NEGATIONS and _tells(row, prior)},
        baseline.classes,
    )


def find_warning(text: str, knowledge: WordKnowledge) -> TrustWarning | None:
    """The gravest warning for a text; None where there is none."""
    words = split_words(text)
    if _foreign_fraction(text) > FOREIGN_LETTERS:
        return TrustWarning(SCRIPT, "The models were trained on English alone and never saw this script.")
    if _is_foreign(words, knowledge):
        n_known = sum(word in knowledge.vocabulary for word in words)
        known = f"{n_known} of {len(words)} words are in the training texts"
        return TrustWarning(LANGUAGE, f"This is probably not English, which alone the models know: {known}.")
    if negated := find_negated(text, knowledge):
        message = f"The text negates {_quote(negated)}; the models often overlook a negation."
        return TrustWarning(NEGATION, message)
    if FEEL.intersection(words) or knowledge.feeling.intersection(words):
        return None
    read = knowledge.vocabulary | knowledge.common | _names(text)
    if unknown := [word for word in dict.fromkeys(words) if word not in read and not word.isdigit()]:
        message = f"Not in the training texts: {_quote(unknown)}; no other word here is linked to a feeling."
        return TrustWarning(VOCABULARY, message)
    message = "The training texts link no word here to a feeling, and there is no class 'neutral'."
    return TrustWarning(NO_FEELING, message)


def find_negated(text: str, knowledge: WordKnowledge) -> list[str]:
    """The words of feeling that stand in the reach of a negation in their clause."""
    negated = []
    for clause in CLAUSE.split(text):
        words, since = split_words(clause), REACH + 1  # words since the last negation
        for place, word in enumerate(words):
            since = REACH + 1 if word in BREAKS else since + 1
            if word in NEGATIONS and words[place + 1 : place + 2] != [] and words[place + 1] not in NO_NEGATION:
                since = 0
            elif 0 < since <= REACH + 1 and (word in knowledge.feeling or word in FEEL):
                negated.append(word)
    return list(dict.fromkeys(negated))


def _is_foreign(words: Sequence[str], knowledge: WordKnowledge) -> bool:
    """Whether too few words are known, also where rare English ones are counted as known."""
    known = sum(word in knowledge.vocabulary for word in words) / max(1, len(words))
    common = sum(word in knowledge.vocabulary or word in knowledge.common for word in words) / max(1, len(words))
    return len(words) >= FEWEST and (known <= FEW_KNOWN or (known <= KNOWN and common <= COMMON))


def _tells(row: "np.ndarray", prior: "np.ndarray") -> bool:
    """Whether a word's texts (n_classes,) lie in one class far more often than the class's fraction of all texts."""
    n = row.sum()
    scores = (row - n * prior) / np.sqrt(n * prior * (1 - prior))
    best = int(scores.argmax())
    return bool(n >= FEWEST_TEXTS and scores[best] >= Z_SCORE and row[best] >= LIFT * n * prior[best])


def _foreign_fraction(text: str) -> float:
    """The fraction of letters that are not of the Latin script."""
    letters = [sign for sign in text if sign.isalpha()]
    return sum(not unicodedata.name(sign, "").startswith("LATIN") for sign in letters) / max(1, len(letters))


def _names(text: str) -> set[str]:
    """Words written with a capital inside a sentence: names, which carry no feeling."""
    return {word for written in re.findall(r"(?<=[^.!?\s] )[^\W\d_]\S*", text) if written[0].isupper()
            for word in split_words(written)}  # fmt: skip


def _quote(words: Sequence[str]) -> str:
    shown = ", ".join(f"\u2018{word[:30]}\u2019" for word in words[:MOST_SHOWN])
    return shown + (" and others" if len(words) > MOST_SHOWN else "")
