"""A real click on a cell of a confusion matrix opens the sentences that were counted there, where the data are."""

import re

import pytest
from playwright.sync_api import expect

from ccds_core.data import emotion
from ccds_core.runs.records import find_run
from tests.browser.conftest import charts, follow

RUN = "text-embedding"
LABEL, PREDICTION = "love", "joy"


@pytest.mark.slow
def test_a_click_opens_the_sentences_of_its_cell_and_a_second_cell_those_of_its_own(visit, text_server):
    page = visit(f"{text_server}/compare?compare_task=Sentences&compare_view=Confusion&compare_text_runs={RUN}")
    test = find_run(RUN).metrics.test
    for label, prediction in ((LABEL, PREDICTION), (PREDICTION, LABEL)):
        cell = (
            charts(page)
            .locator(f"path[aria-label*='true class: {label}'][aria-label*='predicted class: {prediction}']")
            .first
        )
        if emotion.find() is None:
            follow(page, cell.click)
            expect(page.get_by_test_id("stAlert")).to_contain_text(
                "The sentences can be shown only where the data set is installed"
            )
            return
        cell.click()
        count = test.confusion[test.classes.index(label)][test.classes.index(prediction)]
        expect(page.get_by_text(f"{count} test sentences of {label}, classified as {prediction}")).to_be_visible()
        expect(page.get_by_test_id("stDataFrame")).to_have_count(1)
    expect(page.get_by_text(re.compile("^Click a cell"))).to_have_count(1)
