"""The keys of a terminal by name, and what they send."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.errors import ToolError

_FIXED: Final[Mapping[str, str]] = {
    "enter": "\r",
    "tab": "\t",
    "s-tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "insert": "\x1b[2~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    **dict(
        zip(
            ("f1", "f2", "f3", "f4", "f5"),
            ("\x1b[[A", "\x1b[[B", "\x1b[[C", "\x1b[[D", "\x1b[[E"),
            strict=True,
        )
    ),
    **{
        f"f{number}": f"\x1b[{code}~"
        for number, code in zip(range(6, 13), (17, 18, 19, 20, 21, 23, 24), strict=True)
    },
}
"""As a Linux console sends them (terminfo: linux)."""

_ARROWS: Final[Mapping[str, str]] = {"up": "A", "down": "B", "right": "C", "left": "D"}

_ENDS: Final[Mapping[str, str]] = {"home": "\x1b[1~", "end": "\x1b[4~"}


def sent(name: str, *, application: bool) -> str:
    """What a key sends; `application` is whether the program has asked for the cursor keys' other codes.

    Raises:
        ToolError: there is no such key.
    """
    key = name.lower()
    if key in _ARROWS:
        return f"\x1b{'O' if application else '['}{_ARROWS[key]}"
    if key in _ENDS:
        return _ENDS[key]
    if key in _FIXED:
        return _FIXED[key]
    if control := re.fullmatch(r"(?:c|ctrl|control)[-+]([a-z@\[\\\]^_])", key):
        return chr(ord(control[1].upper()) & 0x1F)
    if alt := re.fullmatch(r"(?i:m|alt|meta)[-+](.)", name):
        return f"\x1b{alt[1]}"
    if len(name) == 1:
        return name
    raise ToolError(
        f"there is no key {name!r}: give a name such as Enter, Escape, Up, F1, C-c or M-x, and words as text"
    )


def commands(text: str, keys: Sequence[str]) -> Iterator[str]:
    """What a shell may take for commands when this is typed.

    A key that edits the line makes another command of it, which nobody can tell beforehand:
    such keys come as words of their own, which no rule knows.
    """
    typed, editing = "", list[str]()
    for key in (*text, *keys):
        if key in {"\r", "\n"} or key.lower() in {"enter", "c-j", "c-m"}:
            typed += "\n"
        elif key.lower() == "space":
            typed += " "
        elif len(key) == 1 and key.isprintable():
            typed += key
        else:
            editing.append(key if key.isprintable() else f"C-{chr(ord(key[0]) ^ 0x40).lower()}")
    if typed.strip():
        yield typed
    if editing or not typed.strip():
        yield " ".join(editing or ["Enter"])
