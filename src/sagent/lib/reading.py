"""The readers that the generated codec is made of: each takes unknown JSON and gives one kind of value.

They check as JSON Schema does, `1.0` counting as an integer and `true` as no number at all. What they
raise says only that something does not fit; the door that was asked (`validation.Decoder`) names the place.
"""

import re
from collections.abc import Callable, Mapping, Set
from math import isfinite
from typing import TypeVar

T = TypeVar("T")


class Misfit(ValueError):
    """A value is not what its schema asks for."""


def closed(value: object, count: int) -> Mapping[str, object]:
    """The value as an object of so many members.

    Whoever reads `count` members by name knows that there is no other: with a stranger among them
    one of the names is missing, which is a `KeyError`.
    """
    if isinstance(value, dict) and len(value) == count:
        return value
    raise Misfit(f"expected an object of {count} members")


def tagged(value: object, descriptor: str, count: int) -> Mapping[str, object]:
    """The value as an object of one kind and of so many members, the descriptor among them."""
    if isinstance(value, dict) and len(value) == count and value["descriptor"] == descriptor:
        return value
    raise Misfit(f"expected an object of {count} members with the descriptor {descriptor}")


def tagged_among(value: object, descriptor: str, names: Set[str]) -> Mapping[str, object]:
    """The value as an object of one kind whose members are among these; some of them may be missing."""
    if isinstance(value, dict) and value["descriptor"] == descriptor and value.keys() <= names:
        return value
    raise Misfit(f"expected an object with the descriptor {descriptor} and members among {sorted(names)}")


def descriptor_of(value: object) -> str:
    """The descriptor of an object, whatever else it is."""
    if isinstance(value, dict):
        return string(value["descriptor"])
    raise Misfit("expected an object")


def string(value: object) -> str:
    """The value as a string."""
    if isinstance(value, str):
        return value
    raise Misfit("expected a string")


def filled(value: object) -> str:
    """The value as a string that is not empty."""
    if isinstance(value, str) and value:
        return value
    raise Misfit("expected a string that is not empty")


def matching(value: object, pattern: re.Pattern[str]) -> str:
    """The value as a string that the pattern is found in."""
    if isinstance(value, str) and pattern.search(value):
        return value
    raise Misfit(f"expected a string like {pattern.pattern}")


def one_of(value: object, choices: Mapping[str, T]) -> T:
    """The value as one of some known words."""
    if isinstance(value, str):
        return choices[value]
    raise Misfit("expected a string")


def truth(value: object) -> bool:
    """The value as a boolean."""
    if isinstance(value, bool):
        return value
    raise Misfit("expected a boolean")


def whole(value: object, minimum: int) -> int:
    """The value as an integer that is not below the minimum."""
    if type(value) is int and value >= minimum:
        return value
    if type(value) is float and value.is_integer() and value >= minimum:
        return int(value)
    raise Misfit(f"expected an integer, {minimum} or more")


def number(value: object) -> float:
    """The value as a number."""
    if type(value) is int or (type(value) is float and isfinite(value)):
        return value
    raise Misfit("expected a number")


def amount(value: object, minimum: float) -> float:
    """The value as a number that is not below the minimum."""
    if (type(value) is int or (type(value) is float and isfinite(value))) and value >= minimum:
        return value
    raise Misfit(f"expected a number, {minimum} or more")


def each(value: object, read: Callable[[object], T]) -> tuple[T, ...]:
    """The items of an array, each of them read."""
    if isinstance(value, list):
        return tuple(map(read, value))
    raise Misfit("expected an array")
