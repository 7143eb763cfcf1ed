"""File name patterns, the way ripgrep and shells with `**` and braces read them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

MAGIC: Final = re.compile(r"[*?\[\]{}\\]")
"""Characters that make a pattern of a name."""


def split_base(pattern: str) -> tuple[str, str]:
    """The directories that a pattern names literally, and the pattern below them."""
    steps = pattern.split("/")
    literal = 0
    while literal < len(steps) - 1 and not MAGIC.search(steps[literal]):
        literal += 1
    rest = "/".join(steps[literal:])
    return "/".join(steps[:literal]) + ("/" if literal == 1 and not steps[0] else ""), rest or "**"


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> re.Pattern[str]:
    """A pattern for relative paths: `*` and `?` stop at slashes, `**` does not, `{a,b}` is either.

    What is no pattern, such as a brace that never closes, is meant literally.
    """
    return re.compile(_source(pattern, strict=False), re.DOTALL)


def strict_source(pattern: str) -> str:
    """The regular expression for a pattern as ripgrep reads it.

    Raises:
        ValueError: ripgrep refuses it.
    """
    return _source(pattern, strict=True)


def names_hidden(pattern: str) -> bool:
    """Whether a pattern itself says that a name begins with a dot."""
    return re.search(r"(?:^|[/{,])\.[^/.]", pattern) is not None


def last_step(pattern: str) -> str:
    """The pattern of the file names alone, in ripgrep's reading; empty if any name may do."""
    step = pattern.rpartition("/")[2]
    try:
        strict_source(step)
        strict_source(pattern)
    except ValueError:
        return ""
    # Of a brace or class that spans a slash, the last step is no pattern of its own: it was refused above.
    return "" if not step.strip("*") else step


def _source(pattern: str, *, strict: bool) -> str:
    return "".join(_translated(re.sub(r"(?<![^/])(?:\*\*/)+", "**/", pattern), strict))


def _translated(pattern: str, strict: bool) -> Iterator[str]:
    at, depth = 0, 0
    while at < len(pattern):
        char = pattern[at]
        step = 1
        if char == "*" and (span := _span(pattern, at, depth)):
            yield "(?:[^/]+/)*" if span == 3 else ".+"
            step = span
        elif char == "*":
            yield "[^/]*"
        elif char == "?":
            yield "[^/]"
        elif char == "[" and (end := _class_end(pattern, at)):
            yield _class(pattern[at + 1 : end], strict)
            step = end + 1 - at
        elif char == "{" and (strict or _closes(pattern, at)):
            yield "(?:"
            depth += 1
        elif char == "}" and depth:
            yield ")"
            depth -= 1
        elif char == "," and depth:
            yield "|"
        elif char == "\\" and at + 1 < len(pattern):
            yield re.escape(pattern[at + 1])
            step = 2
        elif strict and char in "[}\\":
            raise ValueError(f"a stray {char} in {pattern}")
        else:
            yield re.escape(char)
        at += step
    if depth:
        raise ValueError(f"an open brace in {pattern}")


def _span(pattern: str, at: int, depth: int) -> int:
    """How long a `**` that stands for directories is, with its slash; 0 if it is two plain stars, or one."""
    if not pattern.startswith("**", at) or (at and pattern[at - 1] not in ("/{," if depth else "/")):
        return 0
    follower = pattern[at + 2 : at + 3]
    return 3 if follower == "/" else 2 if not follower or (depth and follower in ",}") else 0


def _class_end(pattern: str, at: int) -> int:
    """Where a bracket closes; 0 if it does not. One that stands first is meant literally."""
    first = at + 2 if pattern.startswith(("[!", "[^"), at) else at + 1
    return max(pattern.find("]", first + 1), 0)


def _class(inside: str, strict: bool) -> str:
    negated = inside.startswith(("!", "^"))
    body = ""
    for low, high, single in re.findall(r"(.)-(.)|(.)", inside[1:] if negated else inside, re.DOTALL):
        if low > high:
            if strict:
                raise ValueError(f"a range that runs backwards in [{inside}]")
            # A range that runs backwards matches nothing, as in shells.
            return "(?!)"
        body += re.escape(single) if single else f"{re.escape(low)}-{re.escape(high)}"
    return f"(?!/)[{'^' if negated else ''}{body}]"


def _closes(pattern: str, at: int) -> bool:
    """Whether the brace here has its partner; escapes and classes are passed over as when translating."""
    depth = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            at += 2
            continue
        if char == "[" and (end := _class_end(pattern, at)):
            at = end + 1
            continue
        depth += (char == "{") - (char == "}")
        if not depth:
            return True
        at += 1
    return False
