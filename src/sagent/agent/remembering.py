"""What an agent still knows of files when its conversation is condensed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from typing_extensions import override

from sagent.atoms import MessageId
from sagent.compaction.compactor import Compactor, Condensing
from sagent.messages.view import View
from sagent.protocols import Model
from sagent.schema.message import FilesChanged, Kept
from sagent.schema.part import Part

MOST: Final = 60
"""How many files are named, the last ones."""

DIGITS: Final = 12
"""How many of the digits of a SHA-256 are told: enough to see that a file is another one."""


@dataclass(frozen=True, slots=True)
class Remembering(Compactor):
    """Condenses as another compactor does, with some facts besides."""

    compactor: Compactor
    head: Callable[[], MessageId | None]
    """The newest message of the log; asked where the agent runs."""
    facts: Callable[[MessageId | None], Sequence[str]]
    """What the log says up to there; asked in a thread, since a long log takes its time."""

    @override
    def cut(self, view: View, window: int | None, /) -> int:
        return self.compactor.cut(view, window)

    @override
    async def condense(self, model: Model, work: Condensing, /) -> Sequence[Part]:
        known = await asyncio.to_thread(self.facts, self.head())
        return await self.compactor.condense(model, replace(work, facts=(*work.facts, *known)))


def files_known(log: Sequence[Kept], seen: Mapping[str, str], workspace: Path) -> Sequence[str]:
    """Which files were changed and read, each with the beginning of the SHA-256 of its content then."""
    entries = [message for message in log if isinstance(message, FilesChanged)]
    # What is taken back by no change at all was announced, and then not made.
    void = {each for entry in entries if not entry.content for each in entry.undoes}
    changed: dict[str, str] = {}
    for entry in entries:
        for change in entry.content if entry.id not in void else ():
            changed.pop(change.path, None)  # the last change counts, also in the order
            changed[change.path] = change.after.content.digest if change.after else ""
    shown = {_named(path, workspace): digest for path, digest in seen.items()}
    read = {name: digest for name, digest in shown.items() if name not in changed}
    return [
        f"files {what} so far, with the first {DIGITS} digits of the SHA-256 of their content: {_list(files)}"
        for what, files in (("changed", changed), ("read", read))
        if files
    ]


def _named(path: str, workspace: Path) -> str:
    place, home = Path(path), workspace.resolve()
    return str(place.relative_to(home)) if place.is_relative_to(home) else path


def _list(files: Mapping[str, str]) -> str:
    last = [*files.items()][-MOST:]
    more = f"{len(files) - MOST} others; " if len(files) > MOST else ""
    return more + ", ".join(f"{name} ({digest[:DIGITS] or 'deleted'})" for name, digest in last)
