"""File name patterns, the way shells with `**` and braces read them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_MAGIC: Final = re.compile(r"[*?\[{\\]")


def split_base(pattern: str) -> tuple[str, str]:
    """The directories that a pattern names literally, and the pattern below them."""
    steps = pattern.split("/")
    literal = 0
    while literal < len(steps) - 1 and not _MAGIC.search(steps[literal]):
        literal += 1
    rest = "/".join(steps[literal:])
    return "/".join(steps[:literal]) + ("/" if literal == 1 and not steps[0] else ""), rest or "**"


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> re.Pattern[str]:
    """A pattern for relative paths: `*` and `?` stop at slashes, `**` does not, `{a,b}` is either."""
    return re.compile("".join(_translated(re.sub(r"(?:\*\*/)+", "**/", pattern))), re.DOTALL)


def _translated(pattern: str) -> Iterator[str]:
    at, depth = 0, 0
    while at < len(pattern):
        char = pattern[at]
        step = 1
        if pattern.startswith("**/", at) and _at_start(pattern, at):
            yield "(?:[^/]+/)*"
            step = 3
        elif pattern.startswith("**", at) and _at_start(pattern, at) and at + 2 == len(pattern):
            yield ".+"
            step = 2
        elif char == "*":
            yield "[^/]*"
        elif char == "?":
            yield "[^/]"
        elif char == "[" and (end := _class_end(pattern, at)):
            yield _class(pattern[at + 1 : end])
            step = end + 1 - at
        elif char == "{" and _closes(pattern, at):
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
        else:
            yield re.escape(char)
        at += step


def _at_start(pattern: str, at: int) -> bool:
    return at == 0 or pattern[at - 1] in "/{,"


def _class_end(pattern: str, at: int) -> int:
    """Where a bracket closes; 0 if it does not. One that stands first is meant literally."""
    first = at + 2 if pattern.startswith(("[!", "[^"), at) else at + 1
    return max(pattern.find("]", first + 1), 0)


def _class(inside: str) -> str:
    negated = inside.startswith(("!", "^"))
    body = ""
    for low, high, single in re.findall(r"(.)-(.)|(.)", inside[1:] if negated else inside, re.DOTALL):
        if low > high:
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
