"""Fuzzing: every input to an entry point is counted; its time, its memory and what it writes are checked.

An input gives a result or an error of one sentence, within limits of time and memory, and writes only where it may.
`make test` checks some hundred inputs; `CCDS_FUZZ=10 make test WORKERS=0 ARGS="-k 'fuzz or hostile'"` far more, and
pytest prints the counts by entry point.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from ccds_core.errors import CcdsError

FUZZ = float(os.environ.get("CCDS_FUZZ", "0.1"))  # times as many inputs
MOST_SECONDS = 5.0  # of processor time for one input; pytest limits the rest
MOST_MEMORY = 300  # MiB more than before
MOST_WORDS = 900  # characters of an error; a list of all options may be long
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
WRITES = ("os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "shutil.rmtree",
          "os.truncate", "os.system", "subprocess.Popen", "os.exec", "os.posix_spawn")  # fmt: skip
CALLS = ("socket.connect", "socket.getaddrinfo")


@dataclass
class Tally:
    """The results of all inputs to one entry point."""

    sentences: int = 0
    answers: int = 0
    faults: int = 0
    most_memory: float = 0.0  # MiB
    slowest: float = 0.0  # seconds
    causes: list[str] = field(default_factory=list)


TALLIES: dict[str, Tally] = {}
_watched: list[list[str]] = []  # what the current input wrote or called


def fuzzed(examples: int) -> settings:
    """Hypothesis settings for so many examples, times `CCDS_FUZZ`."""
    return settings(
        max_examples=max(5, round(examples * FUZZ)),
        phases=[Phase.generate],  # without shrinking, which would check a thousand more inputs
        suppress_health_check=list(HealthCheck),
    )


def check_input(entry_point: str, enter: Callable[[], object], may_write: Path | None = None) -> object:
    """Call an entry point: its result, or the core's error. Any other exception fails the test."""
    tally = TALLIES.setdefault(entry_point, Tally())
    before, began = _reset_peak(), time.thread_time()
    try:
        with _watch() as touched:
            result = _enter(enter)
        seconds, memory = time.thread_time() - began, _peak() - before
        tally.most_memory, tally.slowest = max(tally.most_memory, memory), max(tally.slowest, seconds)
        outside = [what for what in touched if may_write is None or str(may_write) not in what]
        assert not outside, f"it touched {outside[:3]}"
        assert seconds < MOST_SECONDS, f"it took {seconds:.1f} s"
        assert memory < MOST_MEMORY, f"it took {memory:.0f} MiB"
        if isinstance(result, CcdsError):
            assert_sentence(str(result))
    except Exception as error:
        tally.faults += 1
        tally.causes.append(f"{type(error).__name__}: {error}"[:200])
        raise
    if isinstance(result, CcdsError):
        tally.sentences += 1
    else:
        tally.answers += 1
    return result


def assert_sentence(text: str) -> None:
    """The text is one line that ends like a sentence and has no traceback."""
    assert text.strip(), "no text"
    assert text.endswith((".", "it.")), text
    assert "\n" not in text, text
    assert "Traceback" not in text, text
    assert len(text) < MOST_WORDS, text


def lines_of_table() -> Iterator[str]:
    """The counts, one entry point per line."""
    yield f"{'entry point':44s} {'inputs':>7s} {'sentence':>9s} {'answer':>7s} {'faults':>7s} {'MiB':>5s} {'slowest':>8s}"  # noqa: E501
    whole = Tally()
    for entry_point, tally in sorted(TALLIES.items()):
        yield _line(entry_point, tally)
        yield from (f"    {cause}" for cause in dict.fromkeys(tally.causes))
        for name in ("sentences", "answers", "faults"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        whole.most_memory = max(whole.most_memory, tally.most_memory)
        whole.slowest = max(whole.slowest, tally.slowest)
    yield _line("all entry points", whole)


def _line(entry_point: str, tally: Tally) -> str:
    inputs = tally.sentences + tally.answers + tally.faults
    numbers = f"{inputs:7,d} {tally.sentences:9,d} {tally.answers:7,d} {tally.faults:7,d}"
    return f"{entry_point:44s} {numbers} {tally.most_memory:5.0f} {tally.slowest:6.2f} s"


def _enter(enter: Callable[[], object]) -> object:
    try:
        return enter()
    except CcdsError as error:
        return error


@contextmanager
def _watch() -> Iterator[list[str]]:
    """Record what is written, removed, started or called, from Python's audit events."""
    if not hasattr(sys, "_fuzzing_is_watched"):
        sys._fuzzing_is_watched = True
        sys.addaudithook(_see)
    touched: list[str] = []
    _watched.append(touched)
    try:
        yield touched
    finally:
        _watched.remove(touched)


def _see(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched:
        return
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING and arguments[0] != os.devnull:
        if not str(arguments[0]).endswith(".pyc") and "__pycache__" not in str(arguments[0]):
            _watched[-1].append(f"open {arguments[0]}")
    elif event in ("os.remove", "os.rmdir") and arguments[-1] != -1:
        return  # a part of a tree that is removed as a whole, which is another event
    elif (event in WRITES or event in CALLS) and "__pycache__" not in str(arguments):
        _watched[-1].append(f"{event} {arguments}")


def _reset_peak() -> float:
    """Reset the peak of memory; the MiB in use now. Only Linux reports it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 0.0
    return _status("VmRSS")


def _peak() -> float:
    try:
        return _status("VmHWM")
    except OSError:
        return 0.0


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
