"""In which order messages may stand: what servers refuse about a conversation, kept while it grows."""

from collections.abc import Iterator, Mapping, Sequence

from sagent.lib.json import is_object
from sagent.providers.openai_chat.answers import REASONING
from sagent.providers.openai_chat.functions import bad_tools
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.shapes import bad_message, bad_part, bad_text


class Order:
    """The rules of `messages`, kept while messages are added one after the other."""

    __slots__ = ("_heard", "_index", "_manners", "_open", "_role", "_spoken")

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._index = -1
        self._role = ""
        self._heard = ""
        self._spoken = False
        self._open: list[str] = []

    def message(self, message: object, *, proven: bool = False) -> Iterator[str]:
        """Add a message; of one that has been proven legal by itself, only its place is in question."""
        self._index += 1
        place = f"messages[{self._index}]"
        if not proven:
            yield from bad_message(message, place, self._manners, verbatim=False)
        if not is_object(message):
            return
        role = message.get("role")
        match role:
            case "system" | "developer" if self._index and not self._manners.amends:
                yield f"{place}.role: a {role} message must come first"
            case "assistant" if not self._spoken:
                yield f"{place}.role: after the system prompt the user must come first"
            case "tool" if not self._answers(call_id := message.get("tool_call_id")):
                yield (
                    f"{place}.role: messages with role 'tool' must be a response to a preceding message with "
                    f"'tool_calls': {call_id!r} is not open"
                )
            case _:
                pass
        if "tools" in message:
            yield from self._added(message, place)
        if role != "tool":
            yield from self._unanswered(place)
        if role == self._role == "user" and self._manners.alternates:
            yield f"{place}: Conversation roles must alternate user/assistant/user/assistant/..."
        if role == "user" and self._role == "tool" and self._manners.bridge:
            yield f"{place}: Unexpected role 'user' after role 'tool'"
        if role == "assistant" and self._manners.reasoning_filler:
            yield from self._thoughtless(message, place)
        if role == "assistant":
            self._open = list(_ids(message.get("tool_calls")))
        self._spoken = self._spoken or role == "user"
        self._role = role if isinstance(role, str) else ""
        if role not in {"system", "developer"}:
            self._heard = self._role

    def more_text(self, text: object) -> Iterator[str]:
        """Add text to the user's message."""
        yield from bad_text(text, f"messages[{self._index}].content")

    def more(self, part: object) -> Iterator[str]:
        """Add a part to the user's message."""
        yield from bad_part(part, f"messages[{self._index}].content[-1]")

    def ended(self) -> Iterator[str]:
        """End the messages."""
        if self._index < 0:
            yield "messages: Invalid 'messages': empty array. Expected an array with minimum length 1"
            return
        yield from self._unanswered(f"messages[{self._index}]")
        if not self._spoken:
            yield "messages: nobody but the system has spoken"
        elif self._heard not in {"user", "tool"}:
            yield f"messages[{self._index}].role: the last message must be the user's or a tool's"

    def _added(self, message: Mapping[str, object], place: str) -> Iterator[str]:
        """Tools that come later, as Kimi takes them: in a message that says nothing else."""
        if not self._manners.adds_tools or message.get("role") != "system":
            yield f"{place}: Additional properties are not allowed ('tools' was unexpected)"
        elif "content" in message:
            yield f"{place}: a message that adds tools must not have content"
        else:
            yield from bad_tools(message["tools"], self._manners, f"{place}.tools")

    def _thoughtless(self, message: Mapping[str, object], place: str) -> Iterator[str]:
        """What Kimi and DeepSeek say of an answer without thoughts."""
        if any(message.get(key) for key in (*REASONING, "reasoning_details")):
            return
        place = f"{place}.{self._manners.reasoning}"
        if self._manners.schemas == "moonshot":
            what = "assistant tool call message" if message.get("tool_calls") else "assistant message"
            yield (
                f"{place}: thinking is enabled but reasoning_content is missing in {what} "
                f"at index {self._index}"
            )
        else:
            yield f"{place}: The `reasoning_content` in the thinking mode must be passed back to the API."

    def _answers(self, call_id: object) -> bool:
        """Whether a call waits for this."""
        if not isinstance(call_id, str) or call_id not in self._open:
            return False
        self._open.remove(call_id)
        return True

    def _unanswered(self, place: str) -> Iterator[str]:
        if self._open:
            yield (
                f"{place}: An assistant message with 'tool_calls' must be followed by tool messages "
                f"responding to each 'tool_call_id'. The following tool_call_ids did not have response "
                f"messages: {', '.join(self._open)}"
            )
        self._open = []


def _ids(calls: object) -> Iterator[str]:
    if isinstance(calls, Sequence) and not isinstance(calls, str):
        for call in calls:
            if is_object(call) and isinstance(call_id := call.get("id"), str):
                yield call_id
