"""A conversation in the words of Messages. Pure: no clock, no socket; what was written once stays written.

Rule 1: what is known of requests lives in this package's `encode`, `blocks`, `declarations` and `thinking`.
Rule 2: every block passes the rules of `turns` before it is written; what they refuse is never sent.
Rule 3: what the provider's own tools have under way is shown to the model alone that set them to work, and
    only if it speaks next: a call of theirs without its outcome is refused.
Rule 4: all results of a response stand first in one user's message, whatever the user says behind them.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal

from sagent.atoms import CallId
from sagent.errors import Illegal
from sagent.lib.json import FrozenObject, JsonObject, json_bytes
from sagent.messages.words import calls_of, spoken
from sagent.providers.anthropic import declarations
from sagent.providers.anthropic.blocks import call_name, outcome, own_block, retold_block, spoken_block
from sagent.providers.anthropic.manners import ANTHROPIC, Manners, known
from sagent.providers.anthropic.marks import marked, marked_text
from sagent.providers.anthropic.shapes import bad_block, kind_of
from sagent.providers.anthropic.thinking import fitting
from sagent.providers.anthropic.turns import THOUGHTS, Turns
from sagent.providers.anthropic.validator import bad_tools
from sagent.providers.scribe import Read, accept
from sagent.providers.sendable import sendable
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Part
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import anthropic as wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a model is to answer, in this wire's words."""

    model: str
    max_tokens: int
    stream: bool = False
    thinking: wire.ThinkingConfig | None = None
    output_config: wire.OutputConfig | None = None
    extra_body: JsonObject = field(default_factory=FrozenObject)
    manners: Manners = ANTHROPIC


class AnthropicWording:
    """How a request to one model is put."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def head(
        self, system: str, tools: Sequence[ToolDefinition], most: int | None, output: JsonObject | None
    ) -> bytes:
        """System prompt, tools and settings.

        Raises:
            Illegal: the tools would be refused.
        """
        settings = self._settings
        declared = declarations.tools(tools)
        accept(bad_tools(declared))
        asked = settings.extra_body.get("max_tokens", settings.max_tokens)
        limit = asked if isinstance(asked, int) else settings.max_tokens
        limit = limit if most is None else min(most, limit)
        head: dict[str, object] = {"model": settings.model, "max_tokens": limit}
        if system.strip():
            words = sendable(system)
            head["system"] = marked_text(words) if settings.manners.marks else words
        if declared:
            head["tools"] = declared
        if thinking := fitting(settings.thinking, limit):
            head["thinking"] = thinking
        if config := self._output_config(output):
            head["output_config"] = config
        if settings.manners.caches:
            head["cache_control"] = {"type": "ephemeral"}
        if settings.stream:
            head["stream"] = True
        body = {**settings.manners.beside, **head, **settings.extra_body, "max_tokens": limit}
        said = {key: value for key, value in body.items() if key not in settings.manners.by_path}
        return json_bytes({**said, "messages": ()}).removesuffix(b"]}")

    def tells(self, output: JsonObject) -> bool:
        """For models that cannot be held to a schema, and schemas that the wire cannot say."""
        return self._form(output) is None

    def _output_config(self, output: JsonObject | None) -> wire.OutputConfig:
        config = self._settings.output_config or {}
        form = None if output is None else self._form(output)
        return config if form is None else {**config, "format": form}

    def _form(self, output: JsonObject) -> JsonObject | None:
        return (
            declarations.form(output) if known(self._settings.model, self._settings.manners).formed else None
        )

    def transcript(self) -> "AnthropicTranscript":
        """Messages in which nothing has been said."""
        manners = self._settings.manners
        return AnthropicTranscript(signs=manners.signs, marks=manners.marks)


@dataclass(frozen=True, slots=True)
class _Pause:
    """Where a transcript stood before a model paused, and what it said since: its own tools are at work."""

    begin: int
    role: str
    turns: Turns
    responses: list[ModelResponse]


class AnthropicTranscript:
    """The `messages` of a request: user and assistant by turns, each of many blocks."""

    def __init__(self, *, signs: bool, marks: bool = False) -> None:
        self._signs = signs
        self._marks = marks
        self._marked = 0
        self._role = ""
        self._messages = bytearray()
        self._turns = Turns(signs=signs)
        self._asked: deque[tuple[CallId, str]] = deque()
        self._aside: list[wire.OutcomeBlock] = []
        self._pause: _Pause | None = None

    def written(self) -> Sequence[bytes | bytearray]:
        """The messages, and what closes the last one.

        Raises:
            Illegal: the model is not to speak next.
        """
        accept(self._turns.ended(paused=self._pause is not None))
        if not self._marks or self._role != "user":
            return self._messages, b"]}"  # a thought, which may end what a paused model said, takes no mark
        before, self._marked = self._marked, len(self._messages)
        return *marked(self._messages, before), b"]}"

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
            self._pause = self._pause or _Pause(len(self._messages), self._role, deepcopy(self._turns), [])
            self._pause.responses.append(response)
        elif native:
            self._pause = None
        self._add("assistant", blocks, verbatim=bool(native))
        self._asked.extend((call.call_id, name) for call, name in zip(calls, asked, strict=True))

    def result(self, call_id: CallId, content: Sequence[Part], read: Read, *, failed: bool) -> None:
        """The outcome of a call; files that it may not hold come behind the last of them."""
        due, name = self._asked.popleft() if self._asked else (None, "")
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
            for response in pause.responses:
                self._add("assistant", self._retold(response, ()))

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
        verbatim: bool = False,
    ) -> None:
        for block in blocks:
            if block is None:
                continue
            if role == self._role:
                self._messages += b","
            else:
                accept(self._turns.turn(role))
                opening = b'{"role":"%s","content":[' % role.encode()
                self._messages += b"]}," + opening if self._role else opening
                self._role = role
            accept(self._turns.block(block, verbatim=verbatim))
            self._messages += json_bytes(block)


def _fit(block: Mapping[str, object]) -> Mapping[str, object] | None:
    """A block of the model's own as it takes it back: texts that say nothing, which it sends, it refuses."""
    text = block.get("text")
    if kind_of(block) != "text" or not isinstance(text, str):
        return block
    words = sendable(text)
    return (block if words == text else {**block, "text": words}) if words.strip() else None
