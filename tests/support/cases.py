"""Which of many alike cases `make test` runs."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def mostly_slow(cases: Iterable[str], quick: Collection[str]) -> list[Any]:
    """All cases for `pytest.mark.parametrize`: `make test` runs the quick ones, `make test-slow` the others."""
    return [pytest.param(case, id=case, marks=() if case in quick else pytest.mark.slow) for case in cases]
