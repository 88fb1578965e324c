"""How records check themselves: each fault is a phrase, all faults of a record are one error."""

from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from ccds_core.errors import InvalidConfigError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

STRICT_JSON: dict[str, Any] = {"extra": "forbid", "strict": True}  # how records are read back from JSON


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> list[str]:
    """The fault, as a list of none or one, of a value outside a fixed set."""
    return [] if value in allowed else [f"{name} is one of {', '.join(allowed)}, got {value!r}"]


def at_least(least: float, **values: float) -> list[str]:
    """One fault for each value that is below `least` or not finite."""
    return [
        f"{name} must be a number of at least {least}, got {value}"
        for name, value in values.items()
        if not (value >= least and isfinite(value))
    ]


def raise_faults(faults: list[str]) -> None:
    """Raise all faults as one `InvalidConfigError`, if there are any."""
    if faults:
        raise InvalidConfigError("; ".join(faults) + ".")


@cache
def parser_of(kind: Any) -> "TypeAdapter[Any]":
    """The parser of records of this kind from JSON; cached, since it is slow to build."""
    from pydantic import TypeAdapter  # imported late: only readers of run folders need it

    return TypeAdapter(kind)
