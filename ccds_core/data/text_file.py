"""Tables of texts: CSV of any separator, or `text;label` lines, in UTF-8 or Windows-1252; and the CSV that we write."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from ccds_core.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMNS = ("text", "sentence", "tweet", "comment", "content", "review", "message")
LABEL_COLUMNS = ("label", "emotion", "class", "sentiment", "category", "target")
MAX_COLUMNS = 1_000
MAX_SEPARATORS = 200_000  # of a line, since the parser keeps a whole row: 3.5 million short cells took 340 MB
MAX_CELLS = 1_000_000  # of the columns that are kept; as Python texts they took 100 MB
MAX_LABELLED_CELLS = 4_000_000  # of a file to train on: its texts and labels
SEPARATORS = ",;\t|"
SEEN = 4_096  # characters looked at to tell the separator
LAST = "\0"  # a row that no table has; where it is not read as the last one, a quotation mark was left open
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")  # how a cell begins that a spreadsheet would run, or that was guarded from it
Table = dict[str, list[str]]  # column -> its cells


@dataclass(frozen=True)
class LabelledTexts:
    """Texts and their labels, by name."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


def decode(content: bytes) -> str:
    """UTF-8, with or without its mark, or UTF-16 with one; anything else as Windows-1252, or Latin-1 if it is none."""
    encodings = ["utf-8-sig", "cp1252"]
    encodings[:0] = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else []
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def read_table(content: bytes, name: str, wanted: Collection[str] = ()) -> Table:
    """A CSV with a header -> its columns as text, of two with one name the first. Raises `InvalidInputError`.

    `wanted`: names in lower case; columns of other names are left out. What `write_table` guarded is as it was.
    """
    text = decode(content)
    if "\0" in text or not text or text.isspace():
        raise InvalidInputError(f"'{name}' holds no table: a CSV with a header line is wanted.")
    rows = _rows(text, name)
    header = next(rows, [])
    if len(header) > MAX_COLUMNS:
        raise InvalidInputError(f"'{name}' has {len(header):,} columns; at most {MAX_COLUMNS:,} are read.")
    table: Table = {}
    places = []
    for place, cell in enumerate(header):
        column = _unguarded(cell).strip() or f"Unnamed: {place}"
        if column not in table and (not wanted or column.lower() in wanted):
            table[column] = []
            places.append(place)
    most = (MAX_LABELLED_CELLS if wanted else MAX_CELLS) // max(1, len(places))
    for number, row in enumerate(rows, start=1):
        if number > most:
            raise InvalidInputError(
                f"'{name}' has more than {most:,} rows, the most of so many columns. Keep only the columns needed."
            )
        if len(row) > len(header):
            raise InvalidInputError(
                f"'{name}' cannot be read as a CSV: row {number} has more cells than its header. Put quotes around the "
                "texts."
            )
        for place, cells in zip(places, table.values(), strict=True):
            cells.append(_unguarded(row[place]) if place < len(row) else "")
    return table


def write_table(table: "pd.DataFrame") -> bytes:
    """A CSV in UTF-8 with its mark. An apostrophe keeps a spreadsheet from running a text; numbers stay numbers."""
    safe = guard_table(table)
    return safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC).encode("utf-8-sig", "replace")


def guard_table(table: "pd.DataFrame") -> "pd.DataFrame":
    """The same table with an apostrophe before each text, also a column's name, that a spreadsheet would run."""
    guarded = table.apply(lambda cells: cells if cells.dtype.kind in "bifu" else cells.map(_guarded))
    guarded.columns = [_guarded(column) for column in table.columns]
    return guarded


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _rows(text: str, name: str) -> Iterator[list[str]]:
    """The rows of a CSV, blank lines left out."""
    separator = _separator(text.lstrip(" \r\n")[:SEEN])

    def refuse_long(line: str) -> str:
        if line.count(separator) > MAX_SEPARATORS:
            raise InvalidInputError(
                f"'{name}' has a line of more than {MAX_SEPARATORS:,} cells. It is no table of texts."
            )
        return line

    lines: Iterable[str] = io.StringIO(text, newline="")
    lines = map(refuse_long, lines) if text.count(separator) > MAX_SEPARATORS else lines
    reader = csv.reader(chain(lines, ("\n", LAST)), delimiter=separator)
    try:
        for row in reader:
            if row == [LAST]:
                return
            if row and not (len(row) == 1 and row[0].isspace()):
                yield row
    except csv.Error as error:
        raise InvalidInputError(f"'{name}' cannot be read as a CSV: {error} in line {reader.line_num:,}.") from None
    raise InvalidInputError(f"'{name}' cannot be read as a CSV: a quotation mark is opened and not closed.")


def _separator(beginning: str) -> str:
    """The separator by which most of the first rows have as many cells as the header, and the header most."""

    def fit(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(io.StringIO(beginning, newline=""), delimiter=separator) if row]
        return (widths.count(widths[0]), widths[0]) if widths and widths[0] > 1 else (0, 1)

    return max(SEPARATORS, key=fit)


def find_column(columns: Iterable[str], options: Sequence[str]) -> str | None:
    """The first column whose name is one of `options`, in any case."""
    names = {column.lower(): column for column in columns}
    return next((names[name] for name in options if name in names), None)


def read_labelled(content: bytes, name: str) -> LabelledTexts:
    """A CSV with a text and a label column, or `text;label` lines without a header."""
    text = decode(content)
    header = next(iter(text[:SEEN].lower().splitlines()), "")
    if any(column in header for column in TEXT_COLUMNS) and any(column in header for column in LABEL_COLUMNS):
        table = read_table(content, name, (*TEXT_COLUMNS, *LABEL_COLUMNS))
        texts, labels = find_column(table, TEXT_COLUMNS), find_column(table, LABEL_COLUMNS)
        if texts and labels:
            return _checked(table[texts], [cell.strip() for cell in table[labels]], name)
    return read_lines(text.splitlines(), name)


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
