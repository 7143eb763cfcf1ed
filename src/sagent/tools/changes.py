"""Changes of several files, made all or none, and what the log says of them."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.lib.value import frozen
from sagent.schema.values import FileChange, FileState
from sagent.tools.places import refuse, shown
from sagent.tools.text_file import TextFile, contents, create, store


@frozen(kw_only=True)
class Change:
    """A file as it is and as it will be."""

    path: Path
    name: str
    before: bytes | None
    """What it contains, or where it leads if it is a link; None where there is nothing."""
    data: bytes | None
    """The same of what will be there."""
    status: os.stat_result | None
    """Whose mode and owner it will have."""
    mode: int | None = None
    """What mode it will have where there is no such file, if that is known."""
    basis: tuple[Path, bytes] | None = None
    """The file, and its content, that the new content was made of; None if that is all given."""

    @property
    def is_link(self) -> bool:
        """Whether a symbolic link comes or goes, not a file."""
        mode = self.mode if self.status is None else self.status.st_mode
        return mode is not None and stat.S_ISLNK(mode)


def created(path: Path, name: str, data: bytes) -> Change:
    """A file that is made."""
    return Change(path=Path(os.path.realpath(path)), name=name, before=None, data=data, status=None)


def replaced(file: TextFile, data: bytes) -> Change:
    """A file that gets another content."""
    return Change(path=file.path, name=file.name, before=file.data, data=data, status=file.status)


def there(path: Path, name: str) -> bytes | None:
    """What is at a path, a link itself and not where it leads; None if nothing is.

    Raises:
        ToolError: something that is no file, or cannot be read.
    """
    if path.is_symlink():
        return os.fsencode(path.readlink())
    return contents(path, name) if os.path.lexists(path) else None


def carry_out(changes: Sequence[Change]) -> None:
    """Change the files, in order; where one cannot be, give the others back what they had.

    Raises:
        ToolError: one of them was changed meanwhile, or cannot be written.
    """
    for change in {change.path: change for change in reversed(changes)}.values():
        if there(change.path, change.name) != change.before:
            raise ToolError(f"{change.name} was changed by somebody else meanwhile: Read it again")
    done: list[Change] = []
    try:
        for change in changes:
            done.append(change)
            _put(change)
    except BaseException:
        for change in filter(is_made, reversed(done)):
            with suppress(ToolError):  # as many as can be; the first error is told
                _put(replace(change, before=change.data, data=change.before))
        raise


def is_made(change: Change) -> bool:
    """Whether a file is as it was to become, and not as somebody else has made it."""
    try:
        return there(change.path, change.name) == change.data
    except ToolError:
        return False


def recorded(change: Change, workspace: Path) -> FileChange:
    """A change as the log keeps it, before it is made."""
    mode = None if change.status is None else change.status.st_mode
    return FileChange(
        path=shown(change.path, Path(os.path.realpath(workspace))),
        before=None if change.before is None else FileState(content=Blob.of(change.before), mode=mode),
        after=None
        if change.data is None
        else FileState(content=Blob.of(change.data), mode=change.mode if mode is None else mode),
    )


def _put(change: Change) -> None:
    """Make the file what it will be.

    Raises:
        ToolError: it cannot be; it is as it was.
    """
    if change.data is None:
        if change.before is not None:
            try:
                change.path.unlink()
            except OSError as error:
                refuse(error, change.name, "delete")
    elif change.is_link:
        try:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            change.path.symlink_to(os.fsdecode(change.data))
        except OSError as error:
            refuse(error, change.name, "make")
    elif change.before is None:
        create(change.path, change.data, change.name, change.status, mode=change.mode)
    elif change.data != change.before:
        store(change.path, change.data, change.name, change.status)
