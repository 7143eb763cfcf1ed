"""The empty set, made once: each `frozenset()` is an object of 216 bytes of its own."""

from collections.abc import Set
from typing import Final, Never

NOTHING: Final[Set[Never]] = frozenset()
"""A set with nothing in it."""
