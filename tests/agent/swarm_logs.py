"""What is wrong with the logs that a swarm has left behind."""

import time
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from sagent.loop.core import Core
from sagent.loop.leave import Refusal
from sagent.loop.salvage import salvage
from sagent.loop.state import State, fold
from sagent.messages.ids import Ids
from sagent.messages.view import View
from sagent.messages.words import letter
from sagent.schema.message import (
    AgentEnded,
    AgentSpawned,
    Drained,
    JobStarted,
    Kept,
    Prompt,
    Scheduled,
    ToolResult,
    Withdrawn,
)
from sagent.schema.part import Text
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Asked
from tests.agent.test_killed import refusals
from tests.loop.test_invariants import legal


class Logs:
    """All logs below a folder, read when nobody writes them."""

    def __init__(self, folder: Path) -> None:
        self.kept: dict[str, Sequence[Kept]] = {}
        """The messages of each, by its session."""
        self.wrong: list[str] = []
        for file in sorted(folder.rglob("*.jsonl")):
            if b"\n" in file.read_bytes():  # else it was killed before it had a header
                self._read(file)
        self._count()

    def _read(self, file: Path) -> None:
        session = JsonlSession.open(file)
        try:
            log = session.path()
            self.kept[session.session_id] = log
            self.wrong += [
                f"{file}: {line}" for line in session.warning.splitlines() if "was torn" not in line
            ]
            found = salvage(log)
            self.wrong += [f"{file}: {fault}" for fault in found.faults]
            self.wrong += [f"{file}: {fault}" for fault in faults_of(log)]
            if fold(log) != found.state:
                self.wrong.append(f"{file}: it folds to another state when it is mended")
            self.wrong += [f"{file}: {fault}" for fault in _illegal(found.state, session)]
        except Exception as error:
            self.wrong.append(f"{file}: {type(error).__name__}: {error}")
        finally:
            session.close()

    def _count(self) -> None:
        """Nothing that was said to one was heard twice, or by two."""
        # A hot child's log begins with what its parent's says, under the same ids.
        said = Counter(words for _, words in {pair for log in self.kept.values() for pair in _said(log)})
        self.wrong += [f"{words} was delivered {count} times" for words, count in said.items() if count > 1]
        answers = {pair for log in self.kept.values() for pair in _replied(log)}
        replies = Counter(errand for _, errand in answers)
        self.wrong += [
            f"{errand} was answered {count} times" for errand, count in replies.items() if count > 1
        ]

    def untold(self, diary: Sequence[Sequence[str]]) -> Iterator[str]:
        """What a diary knows, and the logs do not."""
        ran = Counter(line[1] for line in diary if line[0] == "ran")
        yield from (f"{call_id} ran {count} times" for call_id, count in ran.items() if count > 1)
        for verb, *rest in diary:
            match verb, rest:
                case "accepted", [session, words, message_id]:
                    if not any(kept.id == message_id for kept in self.kept.get(session, ())):
                        yield f"{words} was accepted as {message_id} by {session}, whose log does not have it"
                case "answered", [session, words]:
                    if words not in {said for _, said in _said(self.kept.get(session, ()))}:
                        yield f"{words} was answered by {session}, whose log does not have it"
                case "wrong", _:
                    yield " ".join(rest)
                case _:
                    pass

    def unended(self, old: Container[str]) -> Iterator[str]:
        """The children that have not ended once, though all came to rest; not those of `old` sessions.

        Those that serve are to go on with their parents.
        """
        for session, log in self.kept.items():
            births = Counter(kept.content for kept in log if isinstance(kept, AgentSpawned))
            ended = [kept.content for kept in log if isinstance(kept, AgentEnded)]
            ends = Counter(child for child in ended if "helper" not in child)  # that is a tool, and only paid
            births -= Counter(child for child, note in fold(log).children.items() if note.persistent)
            if births != ends and session not in old:
                yield f"{session}: {births - ends} have not ended, {ends - births} ended and had not begun"


def faults_of(log: Sequence[Kept]) -> Iterator[str]:
    """Mail that was neither heard nor taken back and does not wait, or more than one; the same of results."""
    state, ends, fired = fold(log), Counter[str](), Counter[str]()
    for message in log:
        match message:
            case Drained():
                ends.update(message.content)
            case Withdrawn():
                ends[message.content] += 1
            case Prompt(scheduled=plan) | JobStarted(scheduled=plan) if plan:
                fired[plan] += 1
            case _:
                pass
    ends.update([*state.pending, *state.timers])
    results = Counter(kept.call_id for kept in log if isinstance(kept, ToolResult))
    yield from (f"{call_id} has {count} results" for call_id, count in results.items() if count > 1)
    for message in log:
        count = ends[message.id]
        if isinstance(message, Prompt) and count != 1:
            yield f"{message.id} has ended {count} times: {message.content}"
        elif isinstance(message, Scheduled) and count + fired[message.id] != 1:
            yield f"{message.id}, which was planned, has ended {count + fired[message.id]} times"
        elif isinstance(message, ToolResult) and count > 1:
            yield f"the result {message.id} was delivered {count} times"


def _illegal(state: State, session: JsonlSession) -> Iterator[str]:
    """What a vendor would say against the next request of whoever goes on."""
    core = Core(state, Ids("judge"), lambda call: Refusal("nobody runs here"))
    core.resume(time.time(), ())
    core.take(letter("are you there?"), time.time())
    view = state.view
    if not legal(View(view)):
        yield "I1 does not hold"
    asked = Asked(system=state.system, tools=state.tools, view=tuple(view), trusted=state.trusted)
    yield from refusals(asked, session)


def _replied(log: Sequence[Kept]) -> Iterator[tuple[str, str]]:
    """What children that serve have answered to their parent."""
    return (
        (kept.id, kept.errand)
        for kept in log
        if isinstance(kept, Prompt) and kept.errand and kept.author == "peer"
    )


def _said(log: Sequence[Kept]) -> Iterator[tuple[str, str]]:
    for kept in log:
        if isinstance(kept, Prompt):
            words = [part.content for part in kept.content if isinstance(part, Text)]
            yield from ((kept.id, each) for each in words if each.startswith("w"))
