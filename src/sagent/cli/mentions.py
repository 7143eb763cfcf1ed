"""Files that are named in a prompt by an `@`."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from sagent.cli.attachment import attached
from sagent.errors import UsageError
from sagent.schema.part import Part

MENTION: Final = re.compile(r'(?:(?<=\s)|(?<=[(\[])|^)@(?:"([^"\n]+)"|([^\s"]+))')
"""An `@` that begins a word, as that of an e-mail address never does, and the path behind it."""

TRAILING: Final = ".,;:!?)]}'\"`>"
"""What may stand behind a path without belonging to it."""

PATHLIKE: Final = re.compile(r"(\.{0,2}/|~/).*|[^()]+/[^/()]*\.[A-Za-z0-9]{1,8}")
"""What can only be a path: `@property`, `@app.get("/")`, `@types/node` and `@org/team` are none."""


def mentioned(words: str, folder: Path) -> Sequence[Part]:
    """The files that the words name, each once.

    Raises:
        UsageError: what can only be a path leads to no file, or to one that cannot be shown.
    """
    files = dict.fromkeys(_names(words, folder))
    return tuple(part for name in files for part in attached(name, folder))


def _names(words: str, folder: Path) -> Iterator[str]:
    for quoted, bare in MENTION.findall(words):
        name = quoted or bare.rstrip(TRAILING)
        for written in (quoted or bare, name):
            if _place(written, folder) == "file":
                yield written
                break
        else:
            if _place(name, folder) == "nowhere" and (quoted or PATHLIKE.fullmatch(name)):
                raise UsageError(f"@{name}: there is no such file; a space behind the @ makes words of it")


def _place(name: str, folder: Path) -> Literal["file", "directory", "nowhere"]:
    """What a path leads to; a directory is only named, and the model lists what it needs."""
    try:
        path = folder / Path(name).expanduser()
        return "file" if path.is_file() else "directory" if path.exists() else "nowhere"
    except (OSError, RuntimeError, ValueError):  # too long; no such home directory; a NUL
        return "nowhere"
