"""Tables that people bring: every usual separator and encoding gives the same rows; anything else a sentence."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.labelled_files import decode, find_column, read_labelled, read_lines, read_table
from ccds_core.errors import CcdsError, InvalidInputError

ROWS = (("we were keen, all of us", "eager"), ("a quiet café", "calm"), ('she said "no"', "cross"))
TABLES = st.text() | st.text(st.sampled_from("ab ,;|\t\"\n\r'"), max_size=40)
PLAIN = st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters='"'), min_size=1, max_size=20)


def make_csv(separator=",", header=("text", "label"), rows=ROWS):
    table = pd.DataFrame(rows, columns=list(header))
    return table.to_csv(index=False, sep=separator, quoting=1)


def answer(read, content):
    """What was read, or the sentence that refuses it."""
    try:
        return read(content, "a.csv")
    except CcdsError as error:
        return str(error)


def rows_of(found):
    return tuple(zip(found.texts, found.labels, strict=True))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_csv_of_any_separator_and_encoding_gives_the_same_rows(separator, encoding):
    assert rows_of(read_labelled(make_csv(separator).encode(encoding), "a.csv")) == ROWS


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_label_lines_are_read_whatever_ends_them(ending):
    content = ending.join(["we were keen; all of us;eager", "", "a quiet café;calm", ""]).encode()
    found = rows_of(read_labelled(content, "a.txt"))
    assert found == (("we were keen; all of us", "eager"), ("a quiet café", "calm"))


@pytest.mark.parametrize("header", [("Text", "Label"), ("sentence", "emotion"), (" tweet ", "SENTIMENT")])
def test_the_usual_names_of_columns_are_known_in_any_case(header):
    assert rows_of(read_labelled(make_csv(header=header).encode(), "a.csv")) == ROWS


def test_columns_may_stand_in_any_order_among_others():
    rows = [("1", label, "x", text) for text, label in ROWS]
    content = make_csv(header=("id", "label", "source", "text"), rows=rows).encode()
    assert rows_of(read_labelled(content, "a.csv")) == ROWS


def test_rows_without_a_text_or_a_label_are_left_out():
    content = b'text,label\n"keen","eager"\n"","calm"\n"quiet",""\n" ","calm"\n"grumpy"," cross "\n'
    assert rows_of(read_labelled(content, "a.csv")) == (("keen", "eager"), ("grumpy", "cross"))


def test_words_that_pandas_takes_for_missing_are_texts():
    content = b"text,label\nnull,NA\nnan,None\n"
    assert rows_of(read_labelled(content, "a.csv")) == (("null", "NA"), ("nan", "None"))


def test_numbers_stay_as_they_are_written():
    assert rows_of(read_labelled(b"text,label\n007,1\n1.50,0\n", "a.csv")) == (("007", "1"), ("1.50", "0"))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"just a line", b"one;two\nthree", b"text;", b"text,label\n", b"text,label\n,\n", bytes(range(256))],
)
def test_what_holds_no_labelled_text_is_refused_by_its_name(content):
    with pytest.raises(InvalidInputError, match=r"'mine\.csv'"):
        read_labelled(content, "mine.csv")


@pytest.mark.parametrize("content", [b"text,label\nkeen, very,eager\nquiet, so,calm\n", b"text,label\na,b\nc,d,e\n"])
def test_a_text_torn_by_an_unquoted_comma_is_refused_rather_than_read_in_part(content):
    with pytest.raises(InvalidInputError, match="cannot be read as a CSV"):
        read_labelled(content, "a.csv")


def test_the_line_that_is_wrong_is_named():
    with pytest.raises(InvalidInputError, match="see line 2"):
        read_lines(["keen;eager", "quiet", "grumpy;cross"], "a.txt")


@given(st.binary(max_size=300))
def test_any_bytes_are_labelled_texts_or_refused_in_a_sentence(content):
    found = answer(read_labelled, content)
    if isinstance(found, str):
        assert found.endswith(".")
    else:
        assert len(found.texts) == len(found.labels) > 0
        assert all(text.strip() and label for text, label in rows_of(found))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_of_texts_or_refused_in_a_sentence(content):
    found = answer(read_table, content)
    if isinstance(found, str):
        assert "a.csv" in found
    else:
        assert all(isinstance(value, str) for value in found.to_numpy().ravel())


@given(TABLES, st.sampled_from(["text,label", "text;label", " text,text,label ", "label|text", "text\tlabel\tlabel"]))
def test_anything_under_a_good_header_is_read_or_refused_in_a_sentence(text, header):
    content = f"{header}\n{text}".encode(errors="surrogatepass")
    for read in (read_labelled, read_table):
        found = answer(read, content)
        assert "a.csv" in found if isinstance(found, str) else found is not None


@given(st.lists(st.tuples(PLAIN.filter(str.strip), st.sampled_from(["calm", "cross"])), min_size=1, max_size=8))
def test_what_pandas_wrote_is_read_back(rows):
    assert rows_of(read_labelled(make_csv(rows=rows).encode(), "a.csv")) == tuple(rows)


@given(st.binary(max_size=60))
def test_any_bytes_can_be_decoded(content):
    assert isinstance(decode(content), str)


def test_a_column_is_found_by_the_first_wanted_name_that_is_there():
    table = pd.DataFrame(columns=["Tweet", "TEXT", "other"])
    assert find_column(table, ("text", "tweet")) == "TEXT"
    assert find_column(table, ("review",)) is None
