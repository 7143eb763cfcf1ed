"""What of a log can be taken back, by call, by turn or all of it: pure."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from sagent.atoms import MessageId
from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.messages.words import calls_of
from sagent.schema.message import Drained, FilesChanged, JobStarted, Kept, ModelResponse, Prompt, ToolCall

Extent: TypeAlias = Literal["call", "turn", "all"]
"""How much: the last call that changed files, all since the user last spoke before it, or everything."""

HARMLESS: Final = frozenset(
    {
        "Read",
        "Write",
        "Edit",
        "ApplyPatch",
        "Glob",
        "Grep",
        "List",
        "BackgroundTask",
        "AgentSelf",
        "AgentSend",
    }
)
"""Tools that change no files, or say what they change."""


@frozen(kw_only=True)
class Undoable:
    """Changes that are to be taken back together, the newest first, and what is known of them."""

    entries: Sequence[FilesChanged]
    later: Sequence[FilesChanged]
    """Those that hold and came after the oldest of them, and are not among them."""
    tools: Mapping[str, str]
    """The tool of each call in the log."""
    unknown: Mapping[str, int]
    """How often other tools ran among them, of which nobody knows what they changed."""
    redoes: bool
    """Whether an undo is taken back, so that the changes are made again."""


@dataclass(slots=True)
class _Reading:
    """A log, read once."""

    entries: list[tuple[int, FilesChanged]] = field(default_factory=list)
    """Each change with its turn."""
    calls: list[tuple[int, ToolCall]] = field(default_factory=list)
    speakers: dict[MessageId, str] = field(default_factory=dict)
    turn: int = 0

    def take(self, message: Kept) -> None:
        if isinstance(message, FilesChanged):
            self.entries.append((self.turn, message))
        elif isinstance(message, Prompt):
            self.speakers[message.id] = message.author
        elif isinstance(message, Drained):
            self.turn += any(self.speakers.get(each) in {"user", "peer"} for each in message.content)
        elif isinstance(message, ModelResponse):
            self.calls += [(self.turn, call) for call in calls_of(message)]
        elif isinstance(message, JobStarted):
            self.calls.append((self.turn, message.content.content))


def undoable(log: Sequence[Kept], extent: Extent = "call", *, call: str = "", redo: bool = False) -> Undoable:
    """What is meant: a call, or an undo, by its id; with `redo` the last undo; else the last of an extent.

    Raises:
        UsageError: there is no such thing, or it is undone already.
    """
    reading = _Reading()
    for message in log:
        reading.take(message)
    standing = _standing([entry for _, entry in reading.entries])
    holding = [(turn, entry) for turn, entry in reading.entries if entry.id in standing]
    undos = _undos([entry for _, entry in reading.entries])
    made = [(turn, entry) for turn, entry in holding if entry.call_id and entry.content]
    if call:
        chosen = [entry for _, entry in holding if call in (entry.call_id, entry.id) and entry.content]
        if not chosen:
            raise UsageError(_no_such(call, reading))
    elif redo:
        chosen = [entry for _, entry in holding if entry.id in undos and entry.content][-1:]
        if not chosen:
            raise UsageError("there is no undo that could be taken back")
    elif not made:
        raise UsageError(_nothing(reading))
    else:
        last_turn, last = made[-1]
        chosen = [
            entry
            for turn, entry in made
            if extent == "all"
            or (extent == "turn" and turn == last_turn)
            or (extent == "call" and entry.call_id == last.call_id)
        ]
    ids = {entry.id for entry in chosen}
    first = next(index for index, (_, entry) in enumerate(holding) if entry.id in ids)
    return Undoable(
        entries=tuple(reversed(chosen)),
        later=tuple(entry for _, entry in holding[first:] if entry.id not in ids),
        tools={each.call_id: each.tool for _, each in reading.calls},
        unknown=_unknown(reading, chosen, extent) if not (call or redo) else {},
        redoes=any(entry.id in undos for entry in chosen),
    )


def _standing(entries: Sequence[FilesChanged]) -> Set[MessageId]:
    """Those that no later one that stands has taken back."""
    fallen: set[MessageId] = set()
    for entry in reversed(entries):
        if entry.id not in fallen:
            fallen.update(entry.undoes)
    return {entry.id for entry in entries} - fallen


def _undos(entries: Sequence[FilesChanged]) -> Set[MessageId]:
    """Those that take calls back, and not such an undo again."""
    undos: set[MessageId] = set()
    for entry in entries:
        if not entry.call_id and entry.undoes and undos.isdisjoint(entry.undoes):
            undos.add(entry.id)
    return undos


def _unknown(reading: _Reading, chosen: Sequence[FilesChanged], extent: Extent) -> Mapping[str, int]:
    turns = {turn for turn, entry in reading.entries if entry in chosen}
    calls = [call for turn, call in reading.calls if extent == "all" or (extent == "turn" and turn in turns)]
    return Counter(call.tool for call in calls if call.tool not in HARMLESS)


def _no_such(call: str, reading: _Reading) -> str:
    if any(call in (entry.call_id, entry.id) for _, entry in reading.entries):
        return f"what {call} changed is undone already; a redo makes the changes again"
    if any(each.call_id == call for _, each in reading.calls):
        return f"{call} changed no file, as far as is known (what commands change is not)"
    return f"there is no call {call} in this session that changed files"


def _nothing(reading: _Reading) -> str:
    if reading.entries:
        return "all that this session changed in files is undone already; a redo makes the changes again"
    return "this session has changed no file, as far as is known (what commands change is not)"
