"""What strangers and broken disks make of good files: changed records, changed bytes, odd words."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]
MARKUP = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "$\\frac{", ":red[",
          "![](http://example.com/x.png)", "`" * 7, "../../etc/passwd", "~/.ssh", "%00", "{{7*7}}", "'; DROP x--",
          "=cmd|'/C calc'!A0", "\u202egnp.exe", "\u0000", "\ud800", "﷽" * 9, "🙂" * 5, "a\u0301" * 20, "A" * 5000,
          "con", "nul.txt", "-rf", "--help", "\r\nSet-Cookie: a=b", "NaN", "1e999", "-0", "None", "true")  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 10**30, 0.5, -1.5, 1e308, float("nan"), float("inf"), float("-inf"))
VALUES = st.one_of(
    st.sampled_from([None, True, False, [], {}, "", [[]], {"a": 1}, [None], [1, 2, 3], *NUMBERS, *MARKUP]),
    st.integers(-3, 12),
    st.floats(allow_subnormal=False),  # a run rounds such numbers to zero in the whole process
    st.text(max_size=12),
)
SHARES = st.integers(0, 999).map(lambda part: part / 1000)  # places in a file
ODD_TEXT = st.one_of(
    st.text(max_size=200),
    st.sampled_from(MARKUP),
    st.lists(st.sampled_from(MARKUP), max_size=5).map(" ".join),
    st.text(st.characters(categories=["Mn", "So", "Cf", "Co", "Cs", "Zs", "Lo"]), max_size=60),
)


def places(value: Any, seen: int = 3, at: Path = ()) -> Iterator[Path]:
    """Every place of a JSON value; of a long list its first few and its last."""
    yield at
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], seen, (*at, key))
    elif isinstance(value, list):
        for number in [*range(min(seen, len(value))), *([len(value) - 1] if len(value) > seen else [])]:
            yield from places(value[number], seen, (*at, number))


@dataclass(frozen=True)
class Good:
    """What is changed; a strategy is named by its arguments, and this one's name is short."""

    content: Any = field(repr=False)


@st.composite
def _changed_records(draw: Callable[..., Any], record: Good) -> Any:
    """The record with one to three places changed: taken away, doubled, or holding something else."""
    changed = deepcopy(record.content)
    for _ in range(draw(st.integers(1, 3))):
        there = list(places(changed))[1:]
        if not there:
            break
        *above, last = draw(st.sampled_from(there))
        holder = changed
        for part in above:
            holder = holder[part]
        how = draw(st.sampled_from(["other", "other", "gone", "doubled", "emptied", "negated"]))
        _change(holder, last, how, lambda: draw(VALUES))
    return changed


def _change(holder: Any, last: str | int, how: str, other: Callable[[], Any]) -> None:
    value = holder[last]
    if how == "gone":
        del holder[last]
    elif how == "doubled" and isinstance(holder, list):
        holder.insert(int(last), deepcopy(value))
    elif how == "doubled":
        holder[f"{last}s"] = value
    elif how == "emptied" and isinstance(value, list | dict | str):
        holder[last] = type(value)()
    elif how == "negated" and isinstance(value, int | float):
        holder[last] = not value if isinstance(value, bool) else -value
    else:
        holder[last] = other()


def texts_of(record: Any) -> st.SearchStrategy[bytes]:
    """Files that were this record once: changed in its places, in its bytes, or cut."""
    good = json.dumps(record).encode()
    whole = _changed_records(Good(record)).map(lambda changed: json.dumps(changed).encode(errors="surrogatepass"))
    return st.one_of(whole, whole, changed_bytes(good), st.sampled_from(BROKEN))


BROKEN = (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 5000, b'{"a":' * 3000, b"NaN", b'"x"', b"0", b"\x00" * 50)


def changed_bytes(good: bytes, reach: int = 10**9) -> st.SearchStrategy[bytes]:
    """Some bytes of a file changed within its first `reach`, or the file cut, lengthened or swapped about."""
    return _changed_bytes(Good(good), reach)


@st.composite
def _changed_bytes(draw: Callable[..., Any], good: Good, reach: int) -> bytes:
    content = bytearray(good.content)
    how = draw(st.sampled_from(["flip", "flip", "cut", "longer", "hole", "swap"]))
    place = int(draw(SHARES) * min(reach, len(content)))
    if how == "flip":
        for _ in range(draw(st.integers(1, 6))):
            at = int(draw(SHARES) * min(reach, len(content)))
            content[at] = draw(st.integers(0, 255))
    elif how == "cut":
        del content[place:]
    elif how == "longer":
        content[place:place] = draw(st.binary(min_size=1, max_size=40))
    elif how == "hole":
        del content[place : place + draw(st.integers(1, 64))]
    else:
        content = content[place:] + content[:place]
    return bytes(content)
