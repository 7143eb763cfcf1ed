"""Why a text was not found: the place that is most like it, and what is different there."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from sagent.tools.lines import clipped, numbered

_LOOKED_AT: Final = 5_000
"""How many lines are compared by likeness, which is slow."""

_ALIKE: Final = 0.6

_SHOWN: Final = 30
"""How many lines of the place are shown."""


def nearest(text: str, old: str, new: str, missing: str) -> str:
    """Say in the words of `missing` that `old` does not occur, and where something like it does."""
    have, want = text.split("\n"), old.strip("\n").split("\n")
    start = _same_words(have, want)
    if start is not None:
        where = f"Lines {start + 1}-{start + len(want)} differ from it in white space only"
        return f"{missing}. {where}{_first(have, want, start)}{_region(have, want, start)}"
    if len(new) > 3 and new in text:
        line = text.count("\n", 0, text.index(new)) + 1
        return f"{missing}, but new_string does, on line {line}: perhaps it was changed already"
    start = _most_alike(have, want)
    if start is None:
        return f"{missing}, nor anything like it: read the file again"
    where = f"The most similar place begins on line {start + 1}"
    return f"{missing}. {where}{_first(have, want, start)}{_region(have, want, start)}"


def _region(have: Sequence[str], want: Sequence[str], start: int) -> str:
    """The place as the file has it now, so that it need not be read again."""
    if len(want) == 1:
        return ""
    lines = have[start : start + min(len(want), _SHOWN)]
    shown = (
        numbered(start + offset, clipped(line.removesuffix("\r"), 200))
        for offset, line in enumerate(lines, 1)
    )
    return "\n".join(("\nThe file has there:", *shown))


def _first(have: Sequence[str], want: Sequence[str], start: int) -> str:
    """The first line that differs, as it is and as it was asked for."""
    for offset, line in enumerate(want):
        there = have[start + offset] if start + offset < len(have) else None
        if there is None:
            return f". The file ends before line {start + offset + 1}"
        if there != line:
            return f". Line {start + offset + 1}:\n  file has {_quoted(there)}\n  you gave {_quoted(line)}"
    return ""


def _quoted(line: str) -> str:
    return repr(clipped(line, 200))


def _squeezed(lines: Sequence[str]) -> Sequence[str]:
    return ["".join(line.split()) for line in lines]


def _same_words(have: Sequence[str], want: Sequence[str]) -> int | None:
    """Where the lines are the same but for white space."""
    there, here = _squeezed(have), _squeezed(want)
    if not any(here):
        return None
    return next((index for index in range(len(there)) if there[index : index + len(here)] == here), None)


def _most_alike(have: Sequence[str], want: Sequence[str]) -> int | None:
    """Where the text would begin if its most telling line is the one that is most like it."""
    telling = max(range(len(want)), key=lambda index: len(want[index].strip()))
    line = want[telling].strip()[:300]
    if not line:
        return None
    matcher = SequenceMatcher(None, "", line, autojunk=False)
    best, place = _ALIKE, None
    for index, other in enumerate(have[:_LOOKED_AT]):
        matcher.set_seq1(other.strip()[:300])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            if ratio > best:
                best, place = ratio, index
    return None if place is None else max(place - telling, 0)
