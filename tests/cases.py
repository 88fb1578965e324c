"""Which of many alike cases `make test` runs."""

from collections.abc import Collection, Iterable

import pytest
from _pytest.mark import ParameterSet


def mostly_slow(cases: Iterable[str], quick: Collection[str], ids: Iterable[str] | None = None) -> list[ParameterSet]:
    """All cases for `pytest.mark.parametrize`: `make test` runs the quick ones, `make test-slow` the others."""
    cases = list(cases)
    return [
        pytest.param(case, id=name, marks=() if case in quick else pytest.mark.slow)
        for case, name in zip(cases, cases if ids is None else ids, strict=True)
    ]
