"""What is refused about messages and the order of their blocks, one rule beside the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.anthropic.shapes import KINDS, bad_block, kind_of

THOUGHTS: Final = frozenset(("thinking", "redacted_thinking"))
"""What no answer may end with."""

MODELS_ONLY: Final = THOUGHTS | {"tool_use"}
USERS_ONLY: Final = frozenset(("image", "document", "tool_result"))
SYSTEMS_ONLY: Final = frozenset(("tool_addition", "tool_removal"))
SYSTEMS: Final = SYSTEMS_ONLY | {"text"}


class Turns:
    """The rules of `messages`, kept while messages and blocks are added one after the other."""

    def __init__(self, *, signs: bool, told: bool = False, tools: Iterable[str] | None = None) -> None:
        """`told` is whether the model takes system messages, `tools` what is declared, if that is known."""
        self._signs = signs
        self._told = told
        self._tools = None if tools is None else set(tools)
        self._message = -1
        self._block = -1
        self._role = ""
        self._last = ""
        self._served = False
        self._configured = False
        self._open: list[str] = []
        self._ids: set[str] = set()
        self._resumes = False
        self._begins: tuple[str, str] | None = None
        self._thought = ""

    @property
    def unthought(self) -> str:
        """Why no budget for thoughts can be set now: the turn that goes on began without one; else empty."""
        if self._begins is None or not (self._resumes or self._role == "assistant"):
            return ""
        place, kind = self._begins
        if kind in THOUGHTS:
            return ""
        return (
            f"{place}.type: Expected `thinking` or `redacted_thinking`, but found `{kind}`. "
            "When `thinking` is enabled, a final `assistant` message must start with a thinking block "
            "(preceeding the lastmost set of `tool_use` and `tool_result` blocks). "
            "To avoid this requirement, disable `thinking`."
        )

    @property
    def thought(self) -> str:
        """Why a budget has to be set now: in the turn that goes on the model has thought; else empty."""
        if not self._thought or not (self._resumes or self._role == "assistant"):
            return ""
        return (
            f"{self._thought}: When thinking is disabled, an `assistant` message in the final position "
            "cannot contain `thinking`. To use thinking blocks, enable `thinking` in your request."
        )

    @property
    def ids(self) -> set[str]:
        """The ids of all calls so far; no other may have one of them."""
        return self._ids

    def system(self, message: Mapping[str, object]) -> Iterator[str]:
        """Add a whole message of the system's."""
        yield from self.turn(message.get("role"), configured=bool(message.get("output_config")))
        content = message.get("content")
        for block in content if isinstance(content, Sequence) else ():
            yield from self.block(block)

    def turn(self, role: object, *, configured: bool = False) -> Iterator[str]:
        """Begin a message; one that sets an effort need not say anything."""
        yield from self._message_ended()
        if self._open and self._role == "assistant" and role in ("assistant", "system"):
            yield self._unanswered()
        if self._role == "system" and role != "assistant":
            place = f"messages.{self._message}"
            yield f"{place}: role 'system' must precede an 'assistant' message or end the array"
        elif role == "system":
            yield from self._system_turn()
        self._message += 1
        self._block = -1
        self._last = ""
        self._served = False
        self._configured = configured
        if role == "user":
            self._resumes = False
        elif role == "assistant" and self._role != "assistant" and not self._resumes:
            self._begins, self._thought = None, ""
        if role == "system" and self._told:
            pass
        elif not isinstance(role, str) or role not in {"user", "assistant"}:
            yield f"messages.{self._message}.role: Input should be 'user' or 'assistant', not {role!r}"
        elif self._message == 0 and role != "user":
            yield 'messages: first message must use the "user" role'
        self._role = role if isinstance(role, str) else ""

    def block(self, block: object, *, proven: bool = False) -> Iterator[str]:
        """Add a block to the message; of one that has been proven legal by itself, only its place counts."""
        self._block += 1
        place = f"messages.{self._message}.content.{self._block}"
        if not proven:
            yield from bad_block(block, place, signs=self._signs)
        self._last = kind = kind_of(block)
        self._served = self._served or kind not in KINDS
        if self._role == "assistant":
            self._begins = self._begins or (place, kind)
            self._thought = self._thought or (place if kind in THOUGHTS else "")
        elif kind == "tool_result":
            self._resumes = True
        if not is_object(block):
            return
        if kind in MODELS_ONLY and self._role == "user":
            yield f"{place}: `{kind}` blocks are only permitted in `assistant` messages"
        elif kind in USERS_ONLY and self._role == "assistant":
            yield f"{place}: `{kind}` blocks are only permitted in `user` messages"
        elif kind in SYSTEMS_ONLY and self._role != "system":
            yield f"{place}: `{kind}` blocks are only permitted in `system` messages"
        elif self._role == "system" and kind not in SYSTEMS:
            yield f"{place}: `{kind}` blocks are not permitted in `system` messages"
        elif kind in SYSTEMS_ONLY:
            yield from self._tool(block, place)
        elif kind == "tool_use":
            yield from self._call(str(block.get("id")))
        elif kind == "tool_result":
            yield from self._result(str(block.get("tool_use_id")), place)
        elif self._open and self._role == "user":
            yield self._unanswered()

    def ended(self, *, paused: bool = False) -> Iterator[str]:
        """End the messages; after a pause of the provider's they end with what it said."""
        if self._message < 0:
            yield "messages: at least one message is required"
        if self._block < 0 <= self._message:
            yield from self._message_ended()
        elif self._role == "assistant" and self._open:
            yield self._unanswered()
        elif self._role == "assistant" and not paused and not self._served:
            yield (
                "messages: This model does not support assistant message prefill. "
                "The conversation must end with a user message."
            )
        elif self._role in {"user", "system"}:
            yield from self._message_ended()

    def _system_turn(self) -> Iterator[str]:
        """A message of the system's stands behind a user's, or behind what the provider's tools gave."""
        if not self._told:
            return
        if self._role != "user" and not (self._role == "assistant" and self._served):
            yield f"messages.{self._message + 1}: role 'system' must follow a 'user' message"

    def _tool(self, block: Mapping[str, object], place: str) -> Iterator[str]:
        """Whether a tool that is named is known; one that is given is known from here on."""
        tool = block.get("tool")
        if not is_object(tool) or self._tools is None:
            return
        definition = tool.get("definition")
        if is_object(definition):
            self._tools.add(str(definition.get("name")))
        elif tool.get("name") not in self._tools:
            yield f"{place}.tool.name: no tool {tool.get('name')!r} is declared in `tools` or before this"

    def _message_ended(self) -> Iterator[str]:
        if self._message < 0:
            return
        if self._block < 0 and not self._configured:
            yield f"messages.{self._message}: {self._role} messages must have non-empty content"
        if self._role == "assistant" and self._last in THOUGHTS:
            place = f"messages.{self._message}"
            yield f"{place}: The final block in an assistant message cannot be `{self._last}`."
        if self._role == "user" and self._open:
            yield self._unanswered()
            self._open.clear()

    def _unanswered(self) -> str:
        return (
            f"messages.{self._message}: `tool_use` ids were found without `tool_result` blocks immediately "
            f"after: {', '.join(self._open)}. Each `tool_use` block must have a corresponding `tool_result` "
            "block in the next message."
        )

    def _call(self, call_id: str) -> Iterator[str]:
        if call_id in self._ids:
            yield f"messages.{self._message}.content.{self._block}: `tool_use` ids must be unique: {call_id}"
        self._ids.add(call_id)
        self._open.append(call_id)

    def _result(self, call_id: str, place: str) -> Iterator[str]:
        if call_id in self._open:
            self._open.remove(call_id)
        else:
            yield (
                f"{place}: unexpected `tool_use_id` found in `tool_result` blocks: {call_id}. Each "
                "`tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
