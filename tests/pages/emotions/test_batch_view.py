"""Many texts at once: every text of a file or of pasted lines is answered or its absence said, and none is changed."""

import io

import pandas as pd
import pytest
import streamlit as st

from ccds_core.data import text_file
from ccds_core.data.emotion import CLASSES
from ccds_core.data.text_file import read_table
from pages.ui.emotions.batch_view import MOST, MOST_CHARACTERS
from pages.ui.shared import upload_loaders
from tests.support.page_reading import alerts, answers, assert_sentence
from tests.support.uploaded_images import png, wide

pytestmark = pytest.mark.usefixtures("shipped_shelf")

RULE = "one-word-rule"  # the quickest
TEXTS = ["I was so glad that it rained", "Ich fürchte mich, très fâché; naïve", "$x$ :red[x] <b>b</b>", "=1+1 | 2"]
WAYS = {  # how a file of texts may be written: encoding and separator
    "UTF-8": ("utf-8", ","),
    "UTF-8 with its mark": ("utf-8-sig", ","),
    "UTF-16": ("utf-16", ";"),
    "Latin-1": ("latin-1", ","),
    "Latin-1 and semicolons": ("latin-1", ";"),
    "tabs": ("utf-8", "\t"),
}
BAD = {
    "empty": ("empty.csv", b""),
    "blank": ("blank.csv", b" \n\n \n"),
    "an image": ("image.csv", png(wide())),
    "a header and no more": ("header.csv", b"text,label\n"),
    "blank texts": ("blanks.csv", b"text,label\n,joy\n  ,anger\n"),
    "more cells than names": ("ragged.csv", b"text\nI was glad, so glad, that it rained\nand, then, dry\n"),
    "rows of many lengths": ("lengths.csv", b"text,label\na,b\nc,d,e,f\n"),
}


def write_csv(rows, separator=","):
    """A CSV of numbered texts."""
    return pd.DataFrame({"number": range(len(rows)), "text": rows}).to_csv(index=False, sep=separator)


@pytest.fixture
def page(open_page):
    """The batch view with a CSV, for the keyword baseline alone."""
    query = {"emotions_source": "Batch/CSV", "emotions_many_source": "Upload a CSV", "emotions_models": [RULE]}
    return open_page("emotions", **query)


def bring(app, content, name="texts.csv"):
    """The page after this file was put in place of any before it."""
    data = content if isinstance(content, bytes) else content.encode()
    app.file_uploader(key="emotions_csv").set_value((name, data, "text/csv"))
    return app.run()


def classify(app):
    """The table of answers after the button was pressed."""
    app.button(key="emotions_many_go").click().run()
    assert not app.exception
    assert not app.error
    return app.dataframe[0].value


def test_a_hundred_thousand_rows_are_answered_part_by_part_and_none_is_out_of_reach(page):
    texts = [f"I was glad of number {number}" for number in range(100_000)]
    bring(page, write_csv(texts))
    assert any("100,000" in said and f"{MOST:,}" in said for said in alerts(page))
    parts = page.selectbox(key="emotions_part")
    assert len(parts.options) == 100_000 / MOST
    reached = []
    for number in (0, 1, len(parts.options) - 1):
        page.selectbox(key="emotions_part").select_index(number).run()
        table = classify(page)
        assert table["row"].tolist() == list(range(MOST * number + 1, MOST * (number + 1) + 1))
        assert table["text"].tolist() == texts[MOST * number : MOST * (number + 1)]
        reached.append(page.selectbox(key="emotions_part").options[number])
    assert reached == ["1 to 2,000", "2,001 to 4,000", "98,001 to 100,000"]
    assert set(table[RULE]) <= set(CLASSES)


@pytest.mark.parametrize(("encoding", "separator"), WAYS.values(), ids=WAYS)
def test_texts_are_read_as_they_were_written(page, encoding, separator):
    bring(page, write_csv(TEXTS, separator).encode(encoding))
    assert classify(page)["text"].tolist() == [*TEXTS[:-1], f"'{TEXTS[-1]}"], "guarded: the table has a CSV button"
    assert page.selectbox(key="emotions_column").options == ["number", "text"]


def test_without_a_column_of_that_name_one_can_be_chosen(page):
    bring(page, "id,remark\n7,I was glad\n8,I was afraid\n")
    assert any("'text'" in said for said in alerts(page))
    assert page.selectbox(key="emotions_column").options == ["id", "remark"]
    page.selectbox(key="emotions_column").set_value("remark").run()
    assert classify(page)[RULE].tolist() == ["joy", "fear"]


def test_a_file_without_a_header_loses_no_text(page):
    lines = ["I was glad", "I was afraid", "I was angry"]
    bring(page, "\n".join(lines))
    assert any("first line" in said for said in alerts(page))
    page.toggle(key="emotions_no_header").set_value(True).run()
    table = classify(page)
    assert table["text"].tolist() == lines
    assert table[RULE].tolist() == ["joy", "fear", "anger"]


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_gets_one_sentence_and_the_next_file_its_answers(page, kind):
    name, content = BAD[kind]
    bring(page, content, name)
    assert_sentence(page)
    assert not page.dataframe
    assert [button.key for button in page.button] == ["emotions_reset"]
    bring(page, write_csv(TEXTS))
    assert len(classify(page)) == len(TEXTS)


def test_rows_without_text_are_counted_and_the_others_keep_their_number(page):
    bring(page, write_csv(["I was glad", "", "  ", "I was afraid"]))
    assert any("2 of 4 rows" in caption.value for caption in page.caption)
    table = classify(page)
    assert list(zip(table["row"], table[RULE], strict=True)) == [(1, "joy"), (4, "fear")]


def test_texts_without_a_word_are_answered_with_a_notice(page):
    bring(page, write_csv(["I was glad", "\U0001f600", "?!"]))
    assert len(classify(page)) == 3
    assert any("2 texts without a word" in said for said in alerts(page))


def test_another_file_takes_the_old_answers_away(page):
    classify(bring(page, write_csv(["I was glad"])))
    bring(page, write_csv(["I was afraid"]))
    assert not page.dataframe
    assert classify(page)[RULE].tolist() == ["fear"]


def test_the_same_file_gets_the_same_answers_from_another_visit(page, open_page):
    first = classify(bring(page, write_csv(TEXTS)))
    again = open_page("emotions", **page.query_params)
    pd.testing.assert_frame_equal(classify(bring(again, write_csv(TEXTS))), first)


def test_the_file_to_take_home_is_the_table(page, monkeypatch):
    made = []
    monkeypatch.setattr(st, "download_button", lambda label, data, *rest, **options: made.append(data))
    bring(page, write_csv(TEXTS))
    table = classify(page)
    taken = pd.read_csv(io.BytesIO(made[-1]()))
    assert read_table(made[-1](), "emotions.csv")["text"] == TEXTS
    pd.testing.assert_frame_equal(taken, table, check_dtype=False)
    assert list(taken.columns) == ["row", "text", RULE, f"{RULE}, probability"]


def test_a_file_is_parsed_once_however_often_the_page_is_drawn(page, monkeypatch):
    parsed = []
    monkeypatch.setattr(upload_loaders, "read_table", lambda *file: parsed.append(file) or text_file.read_table(*file))
    for content in (write_csv(["parsed once"]), "text,label\nrefused once,joy,and more\n"):
        bring(page, content)
        page.run()
        page.run()
    assert len(parsed) == 2


def test_a_hundred_thousand_columns_are_refused(page):
    bring(page, b"text" + b"," * 100_000 + b"\nx\n")
    assert any("100,001 columns" in error.value for error in page.error)


def test_long_texts_are_answered_in_smaller_batches(page):
    texts = [f"I was glad of number {number}. " + "word " * 4_000 for number in range(120)]
    bring(page, write_csv(texts))
    parts = page.selectbox(key="emotions_part").options
    assert len(parts) > 1
    ends = [int(part.split(" to ")[1]) for part in parts]
    assert ends[-1] == len(texts)
    assert sum(len(text) for text in texts[: ends[0]]) <= MOST_CHARACTERS < sum(len(text) for text in texts)


def test_too_many_pasted_characters_are_refused(open_page):
    app = open_page("emotions", emotions_source="Batch/CSV")
    app.text_area(key="emotions_lines").set_value("I was glad.\n" * 20_000).run()
    assert any("240,000 characters; at most 200,000" in error.value for error in app.error)


def test_pasted_lines_get_the_answers_that_each_gets_alone(open_page):
    app = open_page("emotions", emotions_source="Batch/CSV")
    texts = ["I do not feel happy about it at all.", "We stood there amazed."]
    app.text_area(key="emotions_lines").set_value(f"\n{texts[0]}\n \n{texts[1]}\n").run()
    table = classify(app)
    assert table["text"].tolist() == texts
    for place, text in enumerate(texts):
        alone = open_page("emotions", emotions_source="Write")
        alone.text_input(key="emotions_text").set_value(text).run()
        shown = answers(alone)
        assert len(shown) == 4
        for name, probabilities in shown.iterrows():
            assert table[name][place] == probabilities.idxmax()
            assert table[f"{name}, probability"][place] == pytest.approx(probabilities.max(), abs=1e-4)
