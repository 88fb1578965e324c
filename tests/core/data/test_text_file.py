"""Tables that people bring: every usual separator and encoding gives the same rows; anything else a sentence."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.normalize import split_words
from ccds_core.data.text_dataset import digest_texts
from ccds_core.data.text_file import (
    MAX_COLUMNS,
    decode,
    find_column,
    guard_table,
    read_labelled,
    read_lines,
    read_table,
    write_table,
)
from ccds_core.errors import CcdsError, InvalidInputError

FORMULAS = ("=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://a.b")', "=cmd|' /C calc'!A0")
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
        assert all(isinstance(value, str) for cells in found.values() for value in cells)


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
    columns = ["Tweet", "TEXT", "other"]
    assert find_column(columns, ("text", "tweet")) == "TEXT"
    assert find_column(columns, ("review",)) is None


def test_a_windows_file_keeps_its_signs():
    text = "text,label\nI don\u2019t \u201cmind\u201d it \u2026,calm\n"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        assert read_labelled(text.encode(encoding), "a.csv").texts == ("I don\u2019t \u201cmind\u201d it \u2026",)
    assert split_words(read_labelled(text.encode("cp1252"), "a.csv").texts[0])[1] == "dont"
    assert decode(b"caf\xe9 \x81") == "caf\xe9 \x81", "what is not Windows-1252 is read as Latin-1"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_and_no_name_of_a_column_that_is_written_starts_a_formula(text):
    written = write_table(pd.DataFrame({text: [text, "calm"], "n": [-1.5, 2]}))
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows == [[f"'{text}", "n"], [f"'{text}", "-1.5"], ["calm", "2.0"]]
    assert read_table(written, "a.csv") == {text.strip(): [text, "calm"], "n": ["-1.5", "2.0"]}


def test_a_written_file_has_its_mark_so_that_a_spreadsheet_reads_its_letters():
    written = write_table(pd.DataFrame({"text": ["caf\xe9 \u2019 \U0001f600"]}))
    assert written.startswith(b"\xef\xbb\xbf")
    assert read_table(written, "a.csv") == {"text": ["caf\xe9 \u2019 \U0001f600"]}


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(CELLS | st.sampled_from(FORMULAS) | st.text("'=+-@\t\r\n\"; ,", max_size=5), min_size=1, max_size=5))
def test_what_is_written_is_read_back_as_it_was(texts):
    table = pd.DataFrame({"row": range(len(texts)), "text": texts})
    assert read_table(write_table(table), "a.csv")["text"] == texts


def test_numbers_are_written_as_numbers():
    table = pd.DataFrame({"run": ["-a"], "small": np.array([-0.1], np.float32), "count": [-3], "holds": [True]})
    assert write_table(table).decode("utf-8-sig").splitlines()[1] == '"\'-a",-0.1,-3,True'
    assert guard_table(table)["count"].tolist() == [-3]


def test_a_table_of_a_thousand_columns_is_read_and_one_of_more_refused():
    names = [f"c{number}" for number in range(MAX_COLUMNS)]
    assert list(read_table(",".join(names).encode() + b"\n1,2\n", "a.csv")) == names
    with pytest.raises(InvalidInputError, match="has 1,001 columns; at most 1,000"):
        read_table(",".join([*names, "one more"]).encode() + b"\n1,2\n", "a.csv")


def test_a_quotation_mark_that_is_left_open_swallows_no_rows():
    with pytest.raises(InvalidInputError, match="quotation mark is opened and not closed"):
        read_table(b'text,label\n"keen,eager\nquiet,calm\n', "a.csv")
    assert read_table(b'text,label\nkeen "and" so,eager\n', "a.csv")["text"] == ['keen "and" so']


def test_blank_lines_are_no_rows_and_blank_cells_are():
    assert read_table(b'\n \ntext\n\n""\nkeen\n   \n', "a.csv") == {"text": ["", "keen"]}
    assert read_table(b"text,label\n\nkeen\n,\n", "a.csv") == {"text": ["keen", ""], "label": ["", ""]}


def test_the_digest_of_texts_tells_where_a_row_ends():
    assert digest_texts(["a", "b"], ["x", "y"]) != digest_texts(["a"], ["xb\0y"])
