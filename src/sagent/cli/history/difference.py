"""Unified diffs in HTML, with their lines in colours."""

import re
from html import escape
from typing import Final

HUNK: Final = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)


def highlighted(text: str) -> str:
    """The text for HTML; where it holds a unified diff, what goes and what comes is marked."""
    if not HUNK.search(text):
        return escape(text)
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        inside = bool(HUNK.match(line)) or (inside and line[:1] in {" ", "+", "-", "\\"})
        lines.append(f'<span class="{_kind(line, inside=inside)}">{escape(line) or " "}</span>')
    return "".join(lines)


def _kind(line: str, *, inside: bool) -> str:
    if not inside:
        return "same"
    return {"@": "hunk", "+": "plus", "-": "minus"}.get(line[:1], "same")
