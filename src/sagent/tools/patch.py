"""The patch format that GPT models write: files that are added, deleted, updated and moved.

Grammar: OpenAI's prompting guide to GPT-4.1, appendix on `apply_patch`. Read leniently where models stray
from it: white space around markers, the envelope in a here-document, hunk headers with line numbers.
"""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from sagent.errors import ToolError
from sagent.lib.value import frozen

BEGIN: Final = "*** Begin Patch"
END: Final = "*** End Patch"
_END_OF_FILE: Final = "*** End of File"
_MOVE: Final = "*** Move to:"

_HEADER = re.compile(r"\*\*\* (Add|Delete|Update) File:\s*(.*)")
_HERE = re.compile(r"(?:apply_patch\s+)?<<-?\s*(['\"]?)(\w+)\1")
_NUMBERS = re.compile(r"-\d+(?:,\d+)? \+\d+(?:,\d+)? ?@*\s*")


@frozen(kw_only=True)
class AddFile:
    """A file that is new, or replaces the one there is."""

    path: str
    lines: Sequence[str]


@frozen(kw_only=True)
class DeleteFile:
    """A file that goes."""

    path: str


@frozen(kw_only=True)
class Hunk:
    """Lines of a file with their surroundings."""

    anchors: Sequence[str]
    """Lines that stand somewhere before, each behind the one before it."""
    lines: Sequence[tuple[str, str]]
    """What happens to a line, as its sign (space, `-` or `+`), and the line."""
    at_end: bool
    """Whether the last of them is the last of the file."""


@frozen(kw_only=True)
class UpdateFile:
    """A file that changes, or goes elsewhere, or both."""

    path: str
    target: str | None
    hunks: Sequence[Hunk]


Operation: TypeAlias = AddFile | DeleteFile | UpdateFile


def operations(patch: str) -> Sequence[Operation]:
    """What a patch does, in order.

    Raises:
        ToolError: it is none; the model is told which line is wrong.
    """
    lines = _enclosed(patch)
    found: list[Operation] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        header = _HEADER.fullmatch(lines[at].strip())
        if header is None:
            raise ToolError(
                f"the patch has {lines[at][:200]!r} where a file should begin: with '*** Add File: PATH', "
                "'*** Delete File: PATH' or '*** Update File: PATH'"
            )
        deed, path = header[1], header[2].strip()
        if not path:
            raise ToolError(f"the patch has no path behind '*** {deed} File:'")
        end = _end(lines, at + 1, deed)
        body = lines[at + 1 : end]
        if deed == "Add":
            found.append(AddFile(path=path, lines=tuple(line[1:] for line in body)))
        elif deed == "Delete":
            found.append(DeleteFile(path=path))
        else:
            found.append(_update(path, body))
        at = end
    if not found:
        raise ToolError("the patch is empty: no file is added, deleted or updated in it")
    return tuple(found)


def _enclosed(patch: str) -> Sequence[str]:
    """The lines between the markers."""
    lines = patch.replace("\r\n", "\n").strip().split("\n")
    here = _HERE.fullmatch(lines[0].strip())
    if here is not None and lines[-1].strip() == here[2]:
        lines = "\n".join(lines[1:-1]).strip().split("\n")
    if lines[0].strip() != BEGIN:
        raise ToolError(f"the first line of a patch is {BEGIN!r}, not {lines[0][:200]!r}")
    if lines[-1].strip() != END or len(lines) < 2:
        raise ToolError(f"the last line of a patch is {END!r}, not {lines[-1][:200]!r}")
    return lines[1:-1]


def _end(lines: Sequence[str], at: int, deed: str) -> int:
    """Where what belongs to a file ends."""
    if deed == "Delete":
        return at
    while at < len(lines):
        line = lines[at]
        if deed == "Add":
            if not line.startswith("+"):
                return at
        elif line.startswith("***") and line.strip() != _END_OF_FILE and not line.startswith(_MOVE):
            return at
        at += 1
    return at


def _update(path: str, body: Sequence[str]) -> UpdateFile:
    target = None
    if body and body[0].strip().startswith(_MOVE):
        target = body[0].strip().removeprefix(_MOVE).strip()
        if not target:
            raise ToolError(f"the patch has no path behind {_MOVE!r}")
        body = body[1:]
    hunks: list[Hunk] = []
    anchors: list[str] = []
    lines: list[tuple[str, str]] = []
    begun = at_end = False

    def close() -> None:
        nonlocal at_end
        if not lines:
            raise ToolError(f"a hunk of {path} has no lines in the patch: give what shall change in it")
        hunks.append(Hunk(anchors=tuple(anchors), lines=tuple(lines), at_end=at_end))
        anchors.clear()
        lines.clear()
        at_end = False

    for line in body:
        if line.startswith("@@"):
            if lines:
                close()
            begun = True
            anchor = _NUMBERS.sub("", line[2:].removeprefix(" "), count=1)
            if anchor.strip():
                anchors.append(anchor)
        elif line.rstrip() == _END_OF_FILE:
            at_end = True
            close()
            begun = False
        elif not line or line[0] in " +-":
            if not hunks or lines or begun or line.strip():
                begun = True
                lines.append((line[:1] or " ", line[1:]))
        else:
            raise ToolError(
                f"the patch has {line[:200]!r} in a hunk of {path}: each line there begins with a space "
                "(it stays), '-' (it goes) or '+' (it comes)"
            )
    if begun:
        close()
    if not hunks and target is None:
        raise ToolError(f"the patch updates {path} but has no hunk for it")
    return UpdateFile(path=path, target=target, hunks=tuple(hunks))
