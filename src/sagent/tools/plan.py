"""What a patch will do to files: found out as a whole before any of them is touched."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sagent.errors import ToolError
from sagent.tools.changes import Change, there
from sagent.tools.charset import UTF_8
from sagent.tools.hunks import patched
from sagent.tools.lines import counted
from sagent.tools.patch import AddFile, DeleteFile, Operation, UpdateFile
from sagent.tools.places import place, regular_file
from sagent.tools.spans import difference, spliced
from sagent.tools.text_file import LARGEST, encoded, load, text_file


class Plan:
    """Changes of files, each seen as those before it will have left it."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._changes: dict[Path, Change] = {}
        self.told: list[str] = []
        """What will be done, for the model to read."""

    @property
    def changes(self) -> Sequence[Change]:
        """What becomes of each file, in the order in which they were first named."""
        return tuple(self._changes.values())

    def take(self, operation: Operation) -> None:
        """Add an operation.

        Raises:
            ToolError: it cannot be done; the plan is as it was.
        """
        match operation:
            case AddFile():
                self._add(operation)
            case DeleteFile():
                self._delete(operation.path)
            case UpdateFile():
                self._update(operation)

    def _add(self, operation: AddFile) -> None:
        name = operation.path
        path = self._path(name)
        now = self._now(path, name)
        there = now.data is not None
        data = encoded("".join(f"{line}\n" for line in operation.lines), UTF_8, name)
        self._changes[path] = replace(now, data=data, basis=None)
        over = ", in place of the file that was there" if there else ""
        self.told.append(f"A {name} ({counted(len(operation.lines), 'line')}{over})")

    def _delete(self, name: str) -> None:
        path = place(self._workspace, name)
        if not path.is_symlink():
            path = self._path(name)
        now = self._now(path, name)
        if now.data is None:
            regular_file(path, name)
            raise ToolError(f"{name} is deleted or moved before in this patch")
        self._changes[path] = replace(now, data=None, basis=None)
        self.told.append(f"D {name}")

    def _update(self, operation: UpdateFile) -> None:
        name, target = operation.path, operation.target
        path = self._path(name)
        planned = self._changes.get(path)
        if planned is not None and planned.data is None:
            raise ToolError(f"{name} is deleted or moved before in this patch")
        file = (
            load(path, name)
            if planned is None or planned.data is None
            else text_file(path, name, planned.data)
        )
        found = patched(file.text, operation.hunks, name)
        data = file.encoded(spliced(found.text, found.spans)) if operation.hunks else file.data
        basis = (path, file.data) if planned is None else planned.basis
        notes = "".join(f"\n({note})" for note in found.notes)
        lines = "\n".join(("", *difference(found.text, found.spans))) if found.spans else ""
        to = path if target is None else self._path(target)
        if to == path:
            self._changes[path] = replace(self._now(path, name), data=data, basis=basis)
            self.told.append(f"M {name}{notes}{lines}")
            return
        there = self._now(to, target or name)
        here = self._now(path, name)
        self._changes[to] = replace(there, data=data, basis=basis, status=there.status or here.status)
        self._changes[path] = replace(here, data=None, basis=None)
        over = " (in place of the file that was there)" if there.data is not None else ""
        self.told.append(f"M {name} -> {target}{over}{notes}{lines}")

    def _path(self, name: str) -> Path:
        path = Path(os.path.realpath(place(self._workspace, name)))
        if path.is_symlink():
            raise ToolError(f"{name} is a link that leads in a circle: delete it first")
        return path

    def _now(self, path: Path, name: str) -> Change:
        """A file as the plan leaves it so far."""
        if path in self._changes:
            return self._changes[path]
        status = path.lstat() if os.path.lexists(path) else None
        if status is not None and status.st_size > LARGEST:
            raise ToolError(
                f"{name} has {status.st_size} bytes, and no more than {LARGEST} can be changed so that it "
                "could be undone: use Bash"
            )
        before = there(path, name)
        return Change(path=path, name=name, before=before, data=before, status=status)
