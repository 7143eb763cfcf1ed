"""A conversation as items of OpenAI's Responses. Pure: what was written once stays written.

Rule 1: what is known of OpenAI's requests lives in this package's `encode`, `items` and `declarations`.
Rule 2: every item passes the rules of `inputs` before it is written; what they refuse is never sent.
Rule 3: own items go back as they came or not at all: reasoning and what followed it are a pair by their ids,
    which a retold item does not have.
"""

from collections.abc import Mapping, Sequence

from sagent.atoms import CallId
from sagent.errors import Illegal
from sagent.lib.json import EMPTY, JsonObject, is_object, json_bytes
from sagent.messages.words import calls_of, spoken
from sagent.providers.forms import is_of_object
from sagent.providers.inline import Carries, Told
from sagent.providers.openai_responses import declarations
from sagent.providers.openai_responses.catalog import OPENAI, is_formed
from sagent.providers.openai_responses.changes import carries, items
from sagent.providers.openai_responses.declarations import text_format
from sagent.providers.openai_responses.functions import bad_tools
from sagent.providers.openai_responses.inputs import Inputs, bad_item, kind_of
from sagent.providers.openai_responses.items import message, outcome, retold
from sagent.providers.openai_responses.naming import fitted
from sagent.providers.openai_responses.validator import LEAST_OUTPUT, bad_sampling
from sagent.providers.passthrough import opened, overlaid, settled
from sagent.providers.scribe import accept
from sagent.providers.sendable import sendable
from sagent.providers.wording import Heading, Read
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Part


class ResponsesWording:
    """How a request to one model is put."""

    def __init__(
        self,
        model: str,
        settings: JsonObject = EMPTY,
        extra_body: JsonObject = EMPTY,
        provider: str = OPENAI,
    ) -> None:
        self._model = model
        self._formed = is_formed(model, provider) and not settled(extra_body, "text", "format")
        self._settings = settings
        self._extra_body = extra_body
        # What the user says of it stands there whatever changes.
        constant = settled(extra_body, "reasoning", "effort")
        reasoning = None if constant else settings.get("reasoning")
        self.carries: Carries = carries(model, reasoning, provider)

    def head(self, heading: Heading) -> bytes:
        """Model, system prompt, tools and settings.

        Raises:
            Illegal: OpenAI would refuse the tools or the temperature.
        """
        declared, most = declarations.tools(heading.tools), heading.most
        accept(bad_tools(declared))
        head: dict[str, object] = {"model": self._model}
        if heading.system:
            head["instructions"] = sendable(heading.system)
        if declared:
            head["tools"] = declared
        if heading.conversation:
            head["prompt_cache_key"] = heading.conversation
        head |= self._settings
        reasoning = head.get("reasoning")
        if heading.effort and is_object(reasoning):
            head["reasoning"] = {**reasoning, "effort": heading.effort}
        if heading.output is not None and not self.tells(heading.output):
            head["text"] = {"format": text_format(heading.output)}
        body = overlaid(head, self._extra_body)
        accept(bad_sampling(body, self._model))
        if most is not None:
            usual = body.get("max_output_tokens")
            # The wire takes no less than 16; a limit that a budget shrank must not end the conversation.
            least = min(most, usual) if isinstance(usual, int) else most
            body["max_output_tokens"] = max(least, LEAST_OUTPUT)
        return opened(body, "input")

    def tells(self, output: JsonObject) -> bool:
        """For models that cannot be held to a schema, and schemas of what is no object."""
        return not (self._formed and is_of_object(output))

    def transcript(self) -> "ResponsesTranscript":
        """Input without an item."""
        return ResponsesTranscript(stored={**self._settings, **self._extra_body}.get("store") is not False)


class ResponsesTranscript:
    """The `input` of a request: messages, calls, what came of them, and reasoning, in the order of time."""

    unthought: bool = False
    """A model of this wire may begin to think in the midst of a turn."""

    def __init__(self, *, stored: bool = False) -> None:
        self._stored = stored
        self._input = bytearray()
        self._inputs = Inputs(stored=stored)
        self._asked: list[tuple[CallId, str]] = []

    def written(self) -> Sequence[bytes | bytearray]:
        """The items.

        Raises:
            Illegal: there are none, or a call has no output.
        """
        accept(self._inputs.ended())
        return (self._input,)

    def change(self, told: Told) -> None:
        """What holds from here on, as items of its own.

        Raises:
            Illegal: OpenAI would refuse the tools.
        """
        for item in items(told):
            self._add(item)

    def prompt(self, prompt: Prompt, read: Read) -> None:
        """What somebody says, as a user's message."""
        said = message(spoken(prompt), read)
        if said is not None:
            self._add(said)

    def response(self, response: ModelResponse, calls: Sequence[ToolCall], read: Read, *, own: bool) -> None:
        """A response as it came, or what another model can be told of it."""
        native = self._own(response) if own else ()
        if native:
            for item in native:
                self._add(item, proven=True)
            ids = [str(item["call_id"]) for item in native if kind_of(item) == "function_call"]
            self._asked.extend((call.call_id, call_id) for call, call_id in zip(calls, ids, strict=True))
            return
        for part in response.content:
            call_id = ""
            if isinstance(part, ToolCall):
                if part not in calls:
                    continue
                call_id = fitted(part.call_id, self._inputs.is_taken)
                self._asked.append((part.call_id, call_id))
            self._add(retold(part, call_id))

    def result(self, call_id: CallId, content: Sequence[Part], read: Read, *, failed: bool) -> None:
        """What came of a call, files and all."""
        due, vendor_id = self._asked.pop(0) if self._asked else (None, "")
        if due != call_id:
            raise Illegal(f"the result of call {call_id} stands where {due or 'no result'} is due")
        self._add(outcome(vendor_id, content, read, failed=failed))

    def _own(self, response: ModelResponse) -> Sequence[JsonObject]:
        """The items as they came, if OpenAI would take them back; reasoning at the end is left out."""
        items = list(response.native)
        while items and kind_of(items[-1]) == "reasoning":
            items.pop()
        calls = calls_of(response)
        whole = sum(kind_of(item) == "function_call" for item in items) == len(calls)
        if not whole or any(call.raw for call in calls) or any(_waits(item, items) for item in items):
            return ()
        legal = not any(any(bad_item(item, "", stored=self._stored, verbatim=True)) for item in items)
        return items if legal and self._inputs.takes(items) else ()

    def _add(self, item: Mapping[str, object] | None, *, proven: bool = False) -> None:
        if item is None:
            return
        accept(self._inputs.item(item, proven=proven))
        if self._input:
            self._input += b","
        self._input += json_bytes(item)


def _waits(item: JsonObject, items: Sequence[JsonObject]) -> bool:
    """Whether an item is a call of a kind that nobody here answers, and that its response did not answer."""
    kind, call_id = kind_of(item), item.get("call_id")
    if kind == "function_call" or not kind.endswith("_call") or not call_id:
        return False
    return not any(other.get("call_id") == call_id and kind_of(other).endswith("_output") for other in items)
