"""Reading how often a part of a regular expression may stand one behind the other."""

import re
from typing import Final

from sagent.lib.value import frozen
from sagent.tools.unreadable import Unreadable

_ONE: Final = re.compile(r"([*+?]|\{\s*(\d*)\s*(,?)\s*(\d*)\s*\})([?+]?)")

_MOST: Final = 1000
"""How often a part may be counted to stand; more is slow, and neither engine takes any number."""

SPACE: Final = re.compile(r"(?:\s+|#[^\n]*)+")
"""What the flag x lets stand between the parts."""


@frozen(kw_only=True)
class Repetition:
    """What stands behind a part of a pattern."""

    least: int
    """0 if the part need not be there."""
    suffixes: tuple[str, ...]
    """For Python, the innermost first."""
    end: int

    def around(self, atom: str) -> str:
        """The part with what stands behind it."""
        for suffix in self.suffixes:
            atom = f"(?:{atom}){suffix}"
        return atom


def is_repetition(pattern: str, at: int) -> bool:
    """Whether braces at a place say how often, as PCRE2 has it; others are characters like any."""
    found = _ONE.match(pattern, at)
    return found is not None and bool(found[2] or found[4])


def repetition(pattern: str, at: int, *, rust: bool, spaced: bool, swapped: bool) -> Repetition:
    """What stands at a place; Rust takes several as one around the other.

    Raises:
        Unreadable: it is no repetition of this kind.
    """
    least = 1
    suffixes: list[str] = []
    while True:
        if spaced and (skip := SPACE.match(pattern, at)):
            at = skip.end()
        found = _ONE.match(pattern, at)
        if found is None or (found[1][0] == "{" and not (found[2] or (found[4] and not rust))):
            if rust and pattern.startswith("{", at):
                raise Unreadable("a { that is no repetition")
            return Repetition(least=least, suffixes=tuple(suffixes), end=at)
        if suffixes and not rust:
            raise Unreadable("a repetition of a repetition")
        one, lazy, at = found[1], found[5], found.end()
        if lazy == "+" and rust:
            lazy, at = "", at - 1
        if one[0] == "{":
            fewest, most = int(found[2] or 0), found[4]
            if max(fewest, int(most or 0)) > _MOST or (most and int(most) < fewest):
                raise Unreadable(f"{one} repeats too often, or its bounds are the wrong way round")
            one = f"{{{fewest}{found[3]}{most}}}"
        else:
            fewest = int(one == "+")
        if swapped and lazy != "+":
            lazy = "" if lazy else "?"
        least = min(least, fewest)
        if suffixes and suffixes[-1][0] != "{" and one[0] != "{":
            # One of them does: with two, Python may try all ways to share the text out between them.
            one = one if suffixes.pop()[0] == one else "*"
        suffixes.append(one + lazy)
