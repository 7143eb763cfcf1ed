"""What a docstring says of a function and of its parameters."""

import inspect
import re
from collections.abc import Mapping
from typing import Final

from sagent.lib.value import frozen


@frozen()
class Docstring:
    """A docstring's parts."""

    summary: str
    """All that stands before the first section."""
    parameters: Mapping[str, str]


def docstring(text: str | None) -> Docstring:
    """Read a docstring in the manner of Google, NumPy or Sphinx; any other is all summary."""
    clean = inspect.cleandoc(text or "")
    lines = clean.split("\n")
    end = next((at for at in range(len(lines)) if _begins_section(lines, at)), len(lines))
    parameters = {**_google(clean), **_numpy(clean), **_sphinx(clean)}
    return Docstring("\n".join(lines[:end]).strip(), parameters)


_SECTION: Final = re.compile(
    r"(Args|Arguments|Parameters|Params|Returns?|Yields?|Raises|Examples?|Notes?|Attributes|See Also)(:?)\s*"
)
_FIELD: Final = re.compile(r":(param|parameter|arg|type|returns?|rtype|raises?|yields?)\b")
_GOOGLE: Final = re.compile(
    r"^(?:Args|Arguments|Parameters|Params):[ \t]*\n((?:[ \t]+.*\n?|[ \t]*\n)*)", re.MULTILINE
)
_NUMPY: Final = re.compile(r"^Parameters[ \t]*\n-{3,}[ \t]*\n((?:(?!.*\n-{3,}).*\n?)*)", re.MULTILINE)
_SPHINX: Final = re.compile(
    r"^:(?:param|parameter|arg)\s+(?:[^:\n]*\s)?\*{0,2}(\w+)\s*:\s*((?:.*)(?:\n[ \t]+.*)*)", re.MULTILINE
)


def _begins_section(lines: list[str], at: int) -> bool:
    found = _SECTION.fullmatch(lines[at])
    underlined = at + 1 < len(lines) and re.fullmatch(r"-{3,}\s*", lines[at + 1]) is not None
    return bool(_FIELD.match(lines[at])) or (found is not None and (bool(found[2]) or underlined))


def _google(text: str) -> Mapping[str, str]:
    found = _GOOGLE.search(text)
    if found is None:
        return {}
    entries = re.findall(
        r"^\*{0,2}(\w+)[ \t]*(?:\([^\n]*?\))?:[ \t]*(.*(?:\n[ \t]+.*|\n(?=\n))*)",
        inspect.cleandoc(found[1]),
        re.MULTILINE,
    )
    return {name: _flat(body) for name, body in entries}


def _numpy(text: str) -> Mapping[str, str]:
    found = _NUMPY.search(text)
    if found is None:
        return {}
    entries = re.findall(r"^\*{0,2}(\w+)[^\n]*\n((?:[ \t]+.*\n?|\n)*)", found[1] + "\n", re.MULTILINE)
    return {name: _flat(body) for name, body in entries}


def _sphinx(text: str) -> Mapping[str, str]:
    return {name: _flat(body) for name, body in _SPHINX.findall(text)}


def _flat(text: str) -> str:
    return " ".join(text.split())
