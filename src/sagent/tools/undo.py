"""Taking changes of files back: all of them or none, and only where nobody has changed the files since."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final, TypeAlias

from sagent.errors import Diverged, ToolError
from sagent.lib.blob import Blob
from sagent.lib.value import frozen
from sagent.schema.message import FilesChanged
from sagent.schema.values import FileChange, FileState
from sagent.tools.changes import Change, carry_out, there
from sagent.tools.docket import Docket
from sagent.tools.file_lock import alone
from sagent.tools.lines import counted
from sagent.tools.spans import Span, difference
from sagent.tools.text_file import LARGEST
from sagent.tools.undoable import Undoable

Read: TypeAlias = Callable[[Blob], bytes]
"""Fetches bytes that a log keeps."""


LOCKED: Final = 256
"""How many files are locked at most, each with an open file: that all are as expected is checked anyway."""

COMPARED: Final = 1024 * 1024
"""How many bytes a file may have to be compared by line."""


@frozen(kw_only=True)
class Undone:
    """What was taken back, or would be."""

    calls: Sequence[str]
    """The ids of the calls whose changes those are."""
    restored: Sequence[str]
    """The files that have another content now."""
    made: Sequence[str]
    """Those that are there again."""
    removed: Sequence[str]
    """Those that are gone again."""
    diff: str
    """What became of all of them, as a unified diff."""
    unknown: Mapping[str, int]
    """How often tools ran in between of which nobody knows what they changed; that stays as it is."""
    redone: bool
    """Whether an undo was taken back, so that the changes are made again."""


def undo(chosen: Undoable, workspace: Path, read: Read, docket: Docket, *, dry_run: bool = False) -> Undone:
    """Take changes back, the newest first; with `dry_run` only find out what would become of the files.

    Raises:
        Diverged: somebody has changed one of the files since; nothing was undone.
        ToolError: a file cannot be written; nothing was undone.
        SessionError: what a file contained is lost.
    """
    root = Path(os.path.realpath(workspace))
    paths = [root / change.path for entry in chosen.entries for change in entry.content]
    with alone(*dict.fromkeys(paths[:LOCKED])):
        changes = tuple(_changes(chosen, root, read))
        if not dry_run:
            with docket.entered(changes, [entry.id for entry in chosen.entries]):
                carry_out(changes)
    return Undone(
        calls=tuple(dict.fromkeys(entry.call_id for entry in chosen.entries if entry.call_id)),
        restored=tuple(each.name for each in changes if each.before is not None and each.data is not None),
        made=tuple(each.name for each in changes if each.before is None),
        removed=tuple(each.name for each in changes if each.data is None),
        diff="\n".join(line for each in changes for line in _shown(each.name, each.before, each.data)),
        unknown=chosen.unknown,
        redone=chosen.redoes,
    )


@frozen()
class _Strange:
    """Something at a path that no tool of ours has left there."""

    what: str


def _changes(chosen: Undoable, root: Path, read: Read) -> Iterator[Change]:
    found: dict[Path, FileState | _Strange | None] = {}
    will: dict[Path, FileState | _Strange | None] = {}
    names: dict[Path, str] = {}
    lost: dict[Path, FileChange] = {}
    for entry in chosen.entries:
        for change in reversed(entry.content):
            path = root / change.path
            if path not in found:
                names[path] = change.path
                found[path] = will[path] = _found(path, change.path)
            if _same(will[path], change.after):
                will[path] = change.before
            elif not _same(will[path], change.before):  # else a crash came before it was made
                lost.setdefault(path, change)
    if lost:
        raise Diverged(
            "\n".join(_complaint(change, found[path], chosen) for path, change in lost.items()),
            "\n".join(line for path, change in lost.items() for line in _since(change, found[path], read)),
        )
    for path, state in will.items():
        now = found[path]
        if not isinstance(now, _Strange) and not isinstance(state, _Strange) and not _same(now, state):
            yield from _steps(path, names[path], now, state, read)


def _steps(
    path: Path, name: str, now: FileState | None, then: FileState | None, read: Read
) -> Iterator[Change]:
    before = None if now is None else _bytes(now, read)
    data = None if then is None else _bytes(then, read)
    status = None if now is None else path.lstat()
    mode = None if then is None else then.mode
    if now is not None and then is not None and _is_link(now) != _is_link(then):
        yield Change(path=path, name=name, before=before, data=None, status=status)
        before = status = None
    yield Change(path=path, name=name, before=before, data=data, status=status, mode=mode)


def _found(path: Path, name: str) -> FileState | _Strange | None:
    if not os.path.lexists(path):
        return None
    status = path.lstat()
    if status.st_size > LARGEST:
        return _Strange(f"has {status.st_size} bytes now")
    try:
        data = there(path, name)
    except ToolError as error:
        return _Strange(f"cannot be looked at now ({error})")
    return None if data is None else FileState(content=Blob.of(data), mode=status.st_mode)


def _same(one: FileState | _Strange | None, other: FileState | None) -> bool:
    if isinstance(one, FileState) and other is not None:
        return one.content == other.content and _is_link(one) == _is_link(other)
    return one is None and other is None


def _is_link(state: FileState) -> bool:
    return state.mode is not None and stat.S_ISLNK(state.mode)


def _bytes(state: FileState, read: Read) -> bytes:
    return read(state.content) if state.content.data is None else state.content.data


def _complaint(change: FileChange, now: FileState | _Strange | None, chosen: Undoable) -> str:
    if by := _changed_by(change.path, now, chosen.later, chosen):
        return f"{change.path} was changed later by {by}: undo that first, or the whole turn"
    if isinstance(now, _Strange):
        return f"{change.path} {now.what}"
    if now is None:
        return f"{change.path} has been removed since"
    return f"{change.path} has been {'made' if change.after is None else 'changed'} since by somebody else"


def _changed_by(
    path: str, now: FileState | _Strange | None, later: Sequence[FilesChanged], chosen: Undoable
) -> str:
    for entry in reversed(later):
        for change in entry.content:
            if change.path == path and _same(now, change.after):
                return (
                    f"{chosen.tools.get(entry.call_id, 'the call')} {entry.call_id}" if entry.call_id else ""
                )
    return ""


def _since(change: FileChange, now: FileState | _Strange | None, read: Read) -> Iterator[str]:
    """How a file differs from what was left there."""
    if isinstance(now, _Strange):
        return
    left = None if change.after is None else _bytes(change.after, read)
    yield from _shown(change.path, left, None if now is None else _bytes(now, read))


def _shown(name: str, old: bytes | None, new: bytes | None) -> Iterator[str]:
    yield "--- /dev/null" if old is None else f"--- {name}"
    yield "+++ /dev/null" if new is None else f"+++ {name}"
    sizes = len(old or b""), len(new or b"")
    try:
        was, comes = (old or b"").decode(), (new or b"").decode()
    except UnicodeDecodeError:
        was = comes = "\0"
    if "\0" in was + comes or max(sizes) > COMPARED:
        yield f"({counted(sizes[0], 'byte')}, then {counted(sizes[1], 'byte')})"
        return
    yield from difference(was, (_span(was, comes),))


def _span(was: str, comes: str) -> Span:
    """All between the lines at the beginning and at the end that stay."""
    old, new = was.splitlines(keepends=True), comes.splitlines(keepends=True)
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    behind = zip(reversed(old[head:]), reversed(new[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], behind))
    start, rest = len("".join(old[:head])), len("".join(old[len(old) - tail :]))
    return Span(start=start, end=len(was) - rest, text="".join(new[head : len(new) - tail]))
