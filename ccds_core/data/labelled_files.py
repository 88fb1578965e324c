"""Tables of texts that people bring: CSV of any separator, or `text;label` lines, in UTF-8 or Latin-1."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ccds_core.errors import InvalidInputError

TEXT_COLUMNS = ("text", "sentence", "tweet", "comment", "content", "review", "message")
LABEL_COLUMNS = ("label", "emotion", "class", "sentiment", "category", "target")
MAX_ROWS = 2_000_000
SEPARATORS = ",;\t|"
SEEN = 4_096  # characters looked at to tell the separator, which takes a time that grows with their square


@dataclass(frozen=True)
class LabelledTexts:
    """Texts and their labels, by name."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


def decode(content: bytes) -> str:
    """UTF-8, with or without its mark, or UTF-16 with one; anything else is read as Latin-1."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    return content.decode("latin-1")


def read_table(content: bytes, name: str) -> pd.DataFrame:
    """A CSV with a header -> all its columns as text; a file that is none ends in one sentence."""
    text = decode(content)
    if "\0" in text or not text.strip():
        raise InvalidInputError(f"'{name}' holds no table: a CSV with a header line is wanted.")
    try:
        separator = csv.Sniffer().sniff(text[:SEEN], delimiters=SEPARATORS).delimiter
    except csv.Error:
        separator = ","
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, on_bad_lines="error")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise InvalidInputError(f"'{name}' cannot be read as a CSV: {said}.") from None
    if len(table) and not isinstance(table.index, pd.RangeIndex):  # pandas takes the cells too many for row names
        raise InvalidInputError(
            f"'{name}' cannot be read as a CSV: its rows have more cells than its header. Put quotes around the texts."
        )
    table.columns = [str(column).strip() for column in table.columns]
    return table.loc[:, ~table.columns.duplicated()].fillna("")


def find_column(table: pd.DataFrame, wanted: Sequence[str]) -> str | None:
    """The first column whose name is one of `wanted`, in any case."""
    names = {column.lower(): column for column in table.columns}
    return next((names[name] for name in wanted if name in names), None)


def read_labelled(content: bytes, name: str) -> LabelledTexts:
    """A CSV with a text and a label column, or `text;label` lines without a header."""
    lines = decode(content).splitlines()
    header = lines[0].lower() if lines else ""
    if any(column in header for column in TEXT_COLUMNS) and any(column in header for column in LABEL_COLUMNS):
        table = read_table(content, name)
        text, label = find_column(table, TEXT_COLUMNS), find_column(table, LABEL_COLUMNS)
        if text and label:
            return _checked(table[text].tolist(), table[label].str.strip().tolist(), name)
    return read_lines(lines, name)


def read_lines(lines: Sequence[str], name: str) -> LabelledTexts:
    """`text;label` lines; the last semicolon separates."""
    rows = [line.rsplit(";", 1) for line in lines if line.strip()]
    bad = next((number for number, row in enumerate(rows, start=1) if len(row) != 2 or not row[1].strip()), None)
    if bad is not None:
        raise InvalidInputError(
            f"'{name}' is neither a CSV with the columns 'text' and 'label' nor 'text;label' lines: see line {bad}."
        )
    return _checked([row[0] for row in rows], [row[1].strip() for row in rows], name)


def _checked(texts: list[str], labels: list[str], name: str) -> LabelledTexts:
    kept = [(text, label) for text, label in zip(texts, labels, strict=True) if text.strip() and label]
    if not kept:
        raise InvalidInputError(f"'{name}' holds no row with both a text and a label.")
    return LabelledTexts(tuple(text for text, _ in kept), tuple(label for _, label in kept))
