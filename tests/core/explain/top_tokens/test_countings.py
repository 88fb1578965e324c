"""Three countings of one pass: the ends of the ladder whatever the options, and where the report's words rank."""

import pytest

from ccds_core.explain.top_tokens.corrections import RankedToken
from ccds_core.explain.top_tokens.countings import Counting, leaders, list_countings
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.results import summarize
from tests.support.made_up_readings import CLASSES, EVERYWHERE, draw


def firsts(*words):
    """A list of one word for each class."""
    return {f"class {number}": (RankedToken(word, 1.0, 9),) for number, word in enumerate(words)}


@pytest.fixture(scope="module")
def readings():
    return draw(600, {"third": 0, "planted": 1, "other": 2}, strength=2.0)


@pytest.mark.parametrize("average", [True, False])
def test_the_countings_are_the_ends_of_the_ladder_whatever_the_options(readings, average):
    options = TokenOptions(average=average, shrunk=average, contrast=average)
    naive, procedure, corrected = list_countings(summarize(readings, options))
    assert leaders(naive.lists) == f"'{EVERYWHERE}' leads all 3 emotions"
    assert [tokens[0].token for tokens in corrected.lists.values()] == ["third", "planted", "other"]
    assert list(procedure.lists) == list(CLASSES)
    assert len({naive.explanation, procedure.explanation, corrected.explanation}) == 3
    assert naive.report_sentence == ""  # of classes that the report does not have


@pytest.mark.parametrize(("words", "said"), [
    (("i", "i", "i"), "'i' leads all 3 emotions"),
    (("i", "feel", "i"), "'i' leads 2 of 3 emotions"),
    (("calm", "cross", "shy"), "3 different words lead"),
    (("calm",), "'calm' leads"),
])  # fmt: skip
def test_leaders(words, said):
    assert leaders(firsts(*words)) == said
    assert "no word" in leaders({"calm": ()})


def test_the_reports_words_are_named_with_their_ranks_and_the_others_too():
    ranks = {"sadness": 25, "love": 5, "fear": 4, "surprise": None}
    said = Counting("l", "e", "a", {}, ranks).report_sentence
    assert said == (
        "Of the report's words in the top 10: shy (fear, rank 4), fond (love, rank 5); lower: depressed, overwhelmed."
    )
    assert Counting("l", "e", "a", {}, {"joy": None}).report_sentence.endswith("none; lower: feel.")
