"""The messages of a request. Pure: what was written once stays written.

Rule 1: every block passes the rules of `turns` before it is written; what they refuse is never sent.
Rule 2: what the provider's own tools have under way is shown to the model alone that set them to work, and
    only if it speaks next: a call of theirs without its outcome is refused.
Rule 3: what changes waits until it may be told: behind a user's message, before the model's or at the end.
Rule 4: all results of a response stand first in one user's message, whatever the user says behind them.
Rule 5: where thoughts have a budget, a turn has it from its first call to its last result, or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Final, Literal, TypeAlias

from sagent.atoms import CallId
from sagent.errors import Illegal
from sagent.lib.json import freeze_object, is_object, json_bytes
from sagent.lib.value import frozen
from sagent.messages.words import calls_of, spoken
from sagent.providers.anthropic.blocks import call_name, outcome, own_block, retold_block, spoken_block
from sagent.providers.anthropic.changes import message
from sagent.providers.anthropic.marks import marked
from sagent.providers.anthropic.shapes import bad_block, kind_of
from sagent.providers.anthropic.turns import THOUGHTS, Turns
from sagent.providers.inline import Told
from sagent.providers.scribe import accept
from sagent.providers.sendable import is_sendable, sendable, sendable_object
from sagent.providers.wording import Read
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Part
from sagent.schema.wire import anthropic as wire

Role: TypeAlias = Literal["", "user", "assistant", "system"]
"""Whose message is the last; empty where there is none."""

CLOSING: Final[Mapping[Role, bytes]] = {"": b"", "user": b"]},", "assistant": b"]},", "system": b","}
"""What stands between the last message, which goes on unless it is the system's, and the next."""


@frozen()
class _Pause:
    """Where a transcript stood before a model paused, and what it said since: its own tools are at work."""

    begin: int
    role: Role
    turns: Turns
    changes: Sequence[Told]
    responses: list[ModelResponse]


class AnthropicTranscript:
    """The `messages` of a request: user and assistant by turns, each of many blocks."""

    def __init__(
        self, *, signs: bool, marks: bool = False, told: bool = False, budget: bool | None = None
    ) -> None:
        """`budget` is whether one is set for thoughts; None where the model thinks as it sees fit."""
        self._signs = signs
        self._budget = budget
        self._marks = marks
        self._marked = 0
        self._role: Role = ""
        self._messages = bytearray()
        self._turns = Turns(signs=signs, told=told)
        self._changes: list[Told] = []
        self._asked: list[tuple[CallId, str]] = []
        self._aside: list[wire.OutcomeBlock] = []
        self._pause: _Pause | None = None

    @property
    def unthought(self) -> bool:
        """Whether the turn that goes on was begun without a thought, though a budget for some is set."""
        return self._budget is True and bool(self._turns.unthought)

    def written(self) -> Sequence[bytes | bytearray]:
        """The messages, and what closes the last one.

        Raises:
            Illegal: the model is not to speak next.
        """
        accept(self._turns.ended(paused=self._pause is not None))
        changed = message(self._changes) if self._role == "user" else None
        if changed is None and self._marks and self._role == "user":
            before, self._marked = self._marked, len(self._messages)
            return *marked(self._messages, before), b"]}"
        if changed is None:
            return self._messages, b"]}"  # a thought, which may end what a paused model said, takes no mark
        accept(deepcopy(self._turns).system(changed))
        return self._messages, b"]},", json_bytes(changed)

    def change(self, told: Told) -> None:
        """What holds from here on; it is told before the model speaks next."""
        self._changes.append(told)

    def prompt(self, prompt: Prompt, read: Read) -> None:
        """What somebody says, as blocks of the user's message."""
        blocks = [block for part in spoken(prompt) if (block := spoken_block(part, read))]
        if blocks:
            self._end_pause()
        self._add("user", blocks)

    def response(self, response: ModelResponse, calls: Sequence[ToolCall], read: Read, *, own: bool) -> None:
        """A response as it came, or what another model can be told of it."""
        pauses = response.stop == "pause" and not calls
        native = self._own(response, pauses=pauses) if own else ()
        blocks = native or self._retold(response, calls)
        asked = [str(block["id"]) for block in blocks if kind_of(block) == "tool_use"]
        if blocks and not native:
            self._end_pause()
        if native and pauses:
            self._pause = self._pause or _Pause(
                len(self._messages), self._role, deepcopy(self._turns), tuple(self._changes), []
            )
            self._pause.responses.append(response)
        elif native:
            self._pause = None
        self._add("assistant", blocks, proven=bool(native))
        self._asked.extend((call.call_id, name) for call, name in zip(calls, asked, strict=True))

    def result(self, call_id: CallId, content: Sequence[Part], read: Read, *, failed: bool) -> None:
        """The outcome of a call; files that it may not hold come behind the last of them."""
        due, name = self._asked.pop(0) if self._asked else (None, "")
        if due != call_id:
            raise Illegal(f"the result of call {call_id} stands where {due or 'no result'} is due")
        inside, aside = outcome(content, read, failed=failed)
        block: wire.ResultBlock = {"type": "tool_result", "tool_use_id": name, "content": inside}
        self._add("user", ({**block, "is_error": True} if failed else block,))
        self._aside += aside
        if not self._asked:
            self._add("user", self._aside)
            self._aside = []

    def _own(self, response: ModelResponse, *, pauses: bool) -> Sequence[Mapping[str, object]]:
        blocks: list[Mapping[str, object]] = [*response.native]
        if not blocks:
            blocks = [own for part in response.content if (own := own_block(part, signs=self._signs))]
        blocks = [kept for block in blocks if (kept := _fit(block))]
        if self._budget is False or self.unthought:  # a turn without a budget may hold no thought at all
            blocks = [block for block in blocks if kind_of(block) not in THOUGHTS]
        while blocks and not pauses and kind_of(blocks[-1]) in THOUGHTS:
            blocks.pop()  # no answer may end with a thought: this one was cut before it came to speak
        ids = [str(block.get("id")) for block in blocks if kind_of(block) == "tool_use"]
        whole = len(ids) == len(calls_of(response)) == len({*ids} - self._turns.ids)
        legal = not any(any(bad_block(block, "", signs=self._signs, verbatim=True)) for block in blocks)
        return blocks if whole and legal else ()

    def _end_pause(self) -> None:
        """Take back what a paused model had under way, since it is not the next to speak."""
        pause, self._pause = self._pause, None
        if pause is not None:
            del self._messages[pause.begin :]
            self._marked = min(self._marked, pause.begin)
            self._role, self._turns = pause.role, pause.turns
            if pause.role == "user":  # what was told when the model paused has been taken back as well
                self._changes[:0] = pause.changes
            for response in pause.responses:
                self._add("assistant", self._retold(response, ()))

    def _tell_changes(self) -> None:
        """Say what has changed, if this is the place for it."""
        if self._role != "user":
            return
        changed, self._changes = message(self._changes), []
        if changed is not None:
            accept(self._turns.system(changed))
            self._messages += CLOSING[self._role] + json_bytes(changed)
            self._role = "system"

    def _retold(self, response: ModelResponse, calls: Sequence[ToolCall]) -> Sequence[Mapping[str, object]]:
        told: list[Mapping[str, object]] = []
        taken = set(self._turns.ids)
        for part in response.content:
            name = ""
            if isinstance(part, ToolCall):
                if part not in calls:
                    continue
                name = call_name(part.call_id, taken)
                taken.add(name)
            if block := retold_block(part, name):
                told.append(block)
        return told

    def _add(
        self,
        role: Literal["user", "assistant"],
        blocks: Iterable[Mapping[str, object] | None],
        *,
        proven: bool = False,
    ) -> None:
        for block in blocks:
            if block is None:
                continue
            if role == self._role:
                self._messages += b","
            else:
                self._tell_changes()
                accept(self._turns.turn(role))
                self._messages += CLOSING[self._role] + b'{"role":"%s","content":[' % role.encode()
                self._role = role
            accept(self._turns.block(block, proven=proven))
            self._messages += json_bytes(block)


def _fit(block: Mapping[str, object]) -> Mapping[str, object] | None:
    """A block of the model's own as it takes it back: it sends texts and directives that it refuses."""
    text, directive = block.get("text"), block.get("input")
    if kind_of(block) == "tool_use" and is_object(directive) and not is_sendable(directive):
        return {**block, "input": sendable_object(freeze_object(directive))}
    if kind_of(block) != "text" or not isinstance(text, str):
        return block
    words = sendable(text)
    return (block if words == text else {**block, "text": words}) if words.strip() else None
