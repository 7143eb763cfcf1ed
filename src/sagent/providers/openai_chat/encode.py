"""A conversation as Chat Completions. Pure: no clock, no socket; what was written once stays written.

Rule 1: what somebody says is one message until somebody else speaks, and stays open for more: many chat
    templates want the two to alternate. Where they must, text that is followed by a file, and by no answer
    yet, becomes a part: the one case in which what was sent is put in another way.
Rule 2: every message passes the rules of `order` before it is written; what they refuse is never sent.
Rule 3: text goes as a string and not as parts, wherever there is nothing but text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from sagent.atoms import CallId
from sagent.errors import Illegal
from sagent.lib.json import EMPTY, JsonObject, json_bytes
from sagent.messages.words import calls_of, spoken
from sagent.providers.inline import Carries, Told
from sagent.providers.openai_chat import declarations
from sagent.providers.openai_chat.answers import fitted, own_message, replayed, retold
from sagent.providers.openai_chat.functions import bad_tools
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.openai_chat.order import Order
from sagent.providers.openai_chat.parts import file_part, is_seen, outcome, spoken_parts
from sagent.providers.openai_chat.shapes import bad_message
from sagent.providers.openai_chat.validator import bad_sampling
from sagent.providers.passthrough import opened, overlaid, settled
from sagent.providers.scribe import accept
from sagent.providers.sendable import sendable
from sagent.providers.wording import Heading, Read
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Part, Text
from sagent.schema.wire import openai_chat as wire

Open: TypeAlias = Literal["", "text", "parts"]
"""Whether the last message is the user's and may go on, and what it is made of."""

CLOSING: Final[Mapping[Open, bytes]] = {"": b"", "text": b'"}', "parts": b"]}"}
"""What ends the last message."""

USERS: Final = b'{"role":"user","content":'
"""What begins a message of the user's."""


class ChatWording:
    """How a request to one model is put."""

    __slots__ = ("_extra_body", "_manners", "_model", "_settings")

    def __init__(
        self,
        model: str,
        settings: Mapping[str, object],
        manners: Manners = COMPATIBLE,
        extra_body: JsonObject = EMPTY,
    ) -> None:
        self._model = model
        self._settings = settings
        self._manners = manners
        self._extra_body = extra_body

    @property
    def carries(self) -> Carries:
        """Other instructions and more tools, where the server takes them."""
        return Carries(system=self._manners.amends, additions=self._manners.adds_tools)

    def head(self, heading: Heading) -> bytes:
        """Model, settings, tools and system prompt.

        Raises:
            Illegal: the tools or the temperature would be refused.
        """
        head: dict[str, object] = {"model": self._model}
        if heading.tools:
            head["tools"] = declarations.tools(heading.tools, self._manners)
            accept(bad_tools(head["tools"], self._manners))
        if heading.conversation and self._manners.cache_key:
            head["prompt_cache_key"] = heading.conversation
        body, most = overlaid({**head, **self._settings}, self._extra_body), heading.most
        if most is not None:
            usual = body.get(self._manners.max_tokens)
            body[self._manners.max_tokens] = min(most, usual) if isinstance(usual, int) else most
        if heading.output is not None and not (body.get("tools") and self._manners.form_alone):
            form = self._form(heading.output)
            body |= {} if form is None else {"response_format": form}
        accept(bad_sampling(body, self._model, self._manners))
        before = opened(body, "messages")
        if not heading.system:
            return before
        first: wire.SystemMessage = {
            "role": self._manners.system_role,
            "content": sendable(heading.system),
        }
        return before + json_bytes(first) + b","

    def tells(self, output: JsonObject) -> bool:
        """For all but those that can be held to the schema at any time."""
        return self._manners.form != "strict" or self._manners.form_alone or self._form(output) is None

    def transcript(self) -> "ChatTranscript":
        """Messages of which none has been said yet."""
        return ChatTranscript(self._manners)

    def _form(self, output: JsonObject) -> JsonObject | None:
        """How the answer is held to a schema; None where it cannot be, or is held to something else."""
        if settled(self._extra_body, "response_format"):
            return None
        return declarations.response_format(output, self._manners)


class ChatTranscript:
    """The `messages` of a request behind the system prompt."""

    __slots__ = ("_answering", "_aside", "_asked", "_fitted", "_manners", "_messages", "_open", "_order")

    unthought: bool = False
    """A model of this wire may begin to think in the midst of a turn."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._messages = bytearray()
        self._open: Open = ""
        self._order = Order(manners)
        self._asked: list[tuple[CallId, str, str]] = []
        self._answering = False
        self._aside: list[wire.ContentPart] = []
        self._fitted: dict[str, CallId] = {}

    def written(self) -> Sequence[bytes | bytearray]:
        """The messages, and what closes the last one.

        Raises:
            Illegal: the model is not to speak next.
        """
        accept(self._order.ended())
        return self._messages, CLOSING[self._open]

    def change(self, told: Told) -> None:
        """What holds from here on, in messages of the system's: words in one, tools in another."""
        if told.words:
            self._add({"role": self._manners.system_role, "content": sendable(told.words)})
        if told.added:
            tools = declarations.tools(told.added, self._manners)
            self._add({"role": self._manners.system_role, "tools": tools})

    def prompt(self, prompt: Prompt, read: Read) -> None:
        """What somebody says, in the user's message."""
        self._say(tuple(spoken_parts(spoken(prompt), self._manners, read)))

    def response(self, response: ModelResponse, calls: Sequence[ToolCall], read: Read, *, own: bool) -> None:
        """A response as it came, or what another model can be told of it."""
        message = self._own(response, calls) if own else None
        if message is None:
            own = False
            ids: Sequence[str] = [self._id(call.call_id) for call in calls]
            message = retold(response.content, calls, ids, self._manners)
        else:
            ids = self._own_ids(calls)
        if message is not None:
            self._add(message, proven=own)
            self._asked.extend(
                (call.call_id, call_id, call.tool) for call, call_id in zip(calls, ids, strict=True)
            )

    def result(self, call_id: CallId, content: Sequence[Part], read: Read, *, failed: bool) -> None:
        """A tool's message; the pictures of all of them come behind the last, since only users show some."""
        due, vendor_id, tool = self._asked.pop(0) if self._asked else (None, "", "")
        if due != call_id:
            raise Illegal(f"the result of call {call_id} stands where {due or 'no result'} is due")
        text = outcome(content, self._manners, failed=failed)
        message: wire.ToolMessage = {"role": "tool", "tool_call_id": vendor_id, "content": text}
        if self._manners.tool_names:
            message = {**message, "name": tool}
        self._add(message)
        self._answering = True
        for part in content:
            if not isinstance(part, Text) and is_seen(part, self._manners):
                self._aside.append(file_part(part, read))
        if self._aside and not self._asked:
            self._say(({"type": "text", "text": "[shown by the tools]"}, *self._aside))
            self._aside = []

    def _own(self, response: ModelResponse, calls: Sequence[ToolCall]) -> Mapping[str, object] | None:
        """The message as it came, if the server would take it back; thoughts alone it would not."""
        came = response.native[0] if response.native else own_message(response.content, self._manners)
        pieces = came.get("tool_calls", ())
        if not isinstance(pieces, Sequence) or len(pieces) != len(calls_of(response)):
            return None
        message = replayed(came, calls, self._own_ids(calls), self._manners)
        if message is None or any(bad_message(message, "", self._manners, verbatim=True)):
            return None
        return message

    def _own_ids(self, calls: Sequence[ToolCall]) -> Sequence[str]:
        """The server's own ids, where each tells its call apart."""
        given = Counter(call.vendor_id for call in calls)
        return [
            call.vendor_id if call.vendor_id and given[call.vendor_id] == 1 else self._id(call.call_id)
            for call in calls
        ]

    def _id(self, call_id: CallId) -> str:
        """An id that the wire takes; the same for the same call, another for another."""
        vendor_id, salt = fitted(call_id, self._manners), ""
        while self._fitted.setdefault(vendor_id, call_id) != call_id:
            salt += "'"
            vendor_id = fitted(call_id, self._manners, salt)
        return vendor_id

    def _say(self, parts: Sequence[wire.ContentPart]) -> None:
        """Let the user say this, in the message that is open if it can hold it."""
        texts = [part["text"] for part in parts if part["type"] == "text"]
        if not parts:
            return
        if self._open == "text" and len(texts) < len(parts) and self._manners.alternates:
            self._split()
        if self._open == "parts":
            for part in parts:
                accept(self._order.more(part))
                self._messages += b"," + json_bytes(part)
        elif len(texts) < len(parts):
            self._user({"role": "user", "content": parts}, "parts")
        elif self._open == "text":
            for text in texts:
                accept(self._order.more_text(text))
                self._messages += json_bytes(f"\n\n{text}")[1:-1]
        else:
            self._user({"role": "user", "content": "\n\n".join(texts)}, "text")

    def _split(self) -> None:
        """Make a part of the text of the open message: within it, each quote has a backslash."""
        self._messages[(at := self._messages.rindex(USERS) + len(USERS)) : at] = b'[{"type":"text","text":'
        self._messages += b'"}'
        self._open = "parts"

    def _user(self, message: wire.UserMessage, made_of: Open) -> None:
        if self._answering and self._manners.bridge:
            self._add({"role": "assistant", "content": self._manners.bridge})
        self._add(message)
        del self._messages[-len(CLOSING[made_of]) :]
        self._open = made_of

    def _add(self, message: Mapping[str, object], *, proven: bool = False) -> None:
        self._messages += CLOSING[self._open]
        self._open = ""
        self._answering = False
        accept(self._order.message(message, proven=proven))
        if self._messages:
            self._messages += b","
        self._messages += json_bytes(message)
