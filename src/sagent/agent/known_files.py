"""Which files an agent has changed and read: what it is told of them when it has forgotten."""

from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Final, NamedTuple

from sagent.atoms import MessageId
from sagent.schema.message import FilesChanged, Message

MOST: Final = 60
"""How many files are named, the last ones."""

DIGITS: Final = 12
"""How many of the digits of a SHA-256 are told: enough to see that a file is another one."""


class _Version(NamedTuple):
    entry: MessageId
    """The note that announced it."""
    digest: str
    """Of its content; empty where it was deleted."""


class KnownFiles:
    """What the messages of a log tell of files, one after the other."""

    def __init__(self) -> None:
        self._changed: dict[str, tuple[_Version, ...]] = {}

    def hear(self, message: Message) -> None:
        """Remember what has to be told of a message."""
        if not isinstance(message, FilesChanged):
            return
        if not message.content:
            # What is taken back by no change at all was announced, and then not made.
            self._forget(frozenset(message.undoes))
        for change in message.content:
            before = self._changed.pop(change.path, ())[-1:]  # the last change counts, also in the order
            digest = change.after.content.digest if change.after else ""
            self._changed[change.path] = (*before, _Version(message.id, digest))

    def told(self, seen: Mapping[str, str], workspace: Path) -> Sequence[str]:
        """Which files were changed and read, each with the beginning of the SHA-256 of its content then.

        `seen` holds the digests of those that were read, by path.
        """
        changed = {path: versions[-1].digest for path, versions in self._changed.items()}
        shown = {_named(path, workspace): digest for path, digest in seen.items()}
        read = {name: digest for name, digest in shown.items() if name not in changed}
        return [
            f"files {what} so far, with the first {DIGITS} digits of the SHA-256 of their content: "
            f"{_list(files)}"
            for what, files in (("changed", changed), ("read", read))
            if files
        ]

    def _forget(self, entries: Set[MessageId]) -> None:
        for path, versions in tuple(self._changed.items()):
            made = tuple(version for version in versions if version.entry not in entries)
            if not made:
                del self._changed[path]
            elif made != versions:
                self._changed[path] = made


def _named(path: str, workspace: Path) -> str:
    place, home = Path(path), workspace.resolve()
    return str(place.relative_to(home)) if place.is_relative_to(home) else path


def _list(files: Mapping[str, str]) -> str:
    last = [*files.items()][-MOST:]
    more = f"{len(files) - MOST} others; " if len(files) > MOST else ""
    return more + ", ".join(f"{name} ({digest[:DIGITS] or 'deleted'})" for name, digest in last)
