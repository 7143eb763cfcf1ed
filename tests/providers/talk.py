"""A conversation as an agent has it, but without an agent: every answer comes over the model's own wire."""

import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from sagent.atoms import MessageId, ToolName
from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object, json_bytes
from sagent.loop.judgement import judge
from sagent.loop.stamp import Stamp
from sagent.loop.state import State
from sagent.messages.ids import Ids
from sagent.messages.view import View
from sagent.protocols import Reply, Request
from sagent.providers.frames import Frames
from sagent.schema.event import TextDelta
from sagent.schema.message import (
    Cleared,
    CwdChanged,
    Detached,
    Drained,
    FilesChanged,
    ModelChanged,
    ModelResponse,
    Prompt,
    ResponsePart,
    Restored,
    Summary,
    System,
    Thinned,
    ToolCall,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Part, Text
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Author, FileChange, StopReason
from sagent.testing.script import pieces as bites
from sagent.testing.wire import Asking, Ending
from tests.providers.conversation import NOTHING
from tests.providers.targets import Target


def tool(name: str) -> ToolDefinition:
    """A tool that takes anything."""
    schema = freeze_object({"type": "object", "properties": {"what": {"type": "string"}}})
    return ToolDefinition(name=ToolName(name), description=f"Does {name}.", directive_schema=schema)


FORMS = ("output_config", "text", "response_format", "generationConfig")
"""Where requests say what the answer has to fit, which is no part of the history."""


def unformed(body: bytes) -> bytes:
    """A request without what says how the answer has to look, and whether a budget for thoughts holds now."""
    mark = _MARK.search(body)
    if mark is None:
        return body
    settings = json.loads(body[: mark.start()] + b"}")
    kept = {
        key: value
        for key, value in settings.items()
        if key not in FORMS and not (key == "thinking" and "budget_tokens" in value)
    }
    return json_bytes(kept) + body[mark.start() :]


def history(body: bytes) -> bytes:
    """The same without what closes it."""
    return unformed(body).removesuffix(b"]}").removesuffix(b'"}').removesuffix(b"]}")


_MARK = re.compile(rb',"(messages|input|contents)":\[')


class Talk:
    """What is said is folded as an agent folds its log; what a model answers is judged as an agent judges."""

    def __init__(self, model: Target) -> None:
        self.model = model
        self.state = State(system="Be brief.", tools=(tool("look"), tool("write")), model=model.spec)
        self.judged = True
        """Whether each request is held against the vendor's server before it is answered."""
        self._ids = Ids("talk")
        self._numbers = 0
        self._scribe = model.dialect.scribe()
        self.since = 0
        """From where on all can go back as it came, since nothing changed there that is told at the head."""
        self._sent = (b"", (-1, -1))
        self._loud = model

    def copied(self, model: Target) -> "Talk":
        """The same conversation, to be gone on with by another model."""
        other = Talk(model)
        view = View(self.state.view, self.state.view.base)
        other.state = replace(self.state, view=view, detached=dict(self.state.detached))
        other._ids, other._numbers = self._ids, self._numbers + 1_000
        return other

    @property
    def pauses(self) -> bool:
        """Whether the model is to be called again as it stands."""
        last = self.state.view[-1]
        return isinstance(last, ModelResponse) and last.stop == "pause"

    def request(self) -> Request:
        """What the model is asked now."""
        state = self.state
        return Request(
            system=state.system,
            tools=state.tools,
            view=View(state.view, state.view.base),
            trusted=state.trusted,
            read=_lost,
            output=state.asker.output if state.asker else None,
        )

    def body(self, model: Target | None = None) -> bytes:
        """The same as bytes."""
        return (model or self.model).dialect.scribe().body(self.request())

    def say(
        self,
        *content: str | Part,
        author: Author = "user",
        sender: str = "",
        output: JsonObject | None = None,
    ) -> None:
        """Somebody speaks, and asks for an answer that fits `output`; or the system, and the turn goes on."""
        said = Prompt(**self._stamp(), content=_parts(content), author=author, sender=sender, output=output)
        self.state.apply(said)
        self._drain(said, asks=said if author != "system" else self.state.asker)

    def answer(
        self,
        *content: str | ResponsePart,
        stop: StopReason | None = None,
        garbled: Mapping[bytes, bytes] | None = None,
    ) -> Sequence[ToolCall]:
        """The model answers over its wire, with some bytes exchanged; give the calls that are to be run."""
        return self.take(self._heard(self._spoken(content, stop), garbled or {}))

    def take(self, reply: Reply) -> Sequence[ToolCall]:
        """The model has answered; give the calls that are to be run."""
        judged = judge(reply, resends=0, empties=0)
        kept = [
            replace(part, call_id=self._ids.call(0.0)) if isinstance(part, ToolCall) else part
            for part in judged.content
        ]
        self._keep(kept, judged.stop, replace(reply, native=judged.native))
        if judged.advice:
            self.say(judged.advice, author="system")
        return [part for part in kept if isinstance(part, ToolCall)]

    def break_off(self, *content: str | ResponsePart, stop: StopReason) -> None:
        """The model begins to answer, and somebody halts it, or the line is cut: only its text is kept."""
        frames, draft = Frames(), self.model.dialect.draft()
        raw = b"".join(self._spoken(content, None)[:-1])
        shown = [delta for event in frames.feed(raw) for delta in draft.absorb(event)]
        words = "".join(delta.content for delta in shown if isinstance(delta, TextDelta))
        self._keep(_parts([words] if words else []), stop, None)

    def result(self, call: ToolCall, *content: str | Part, failed: bool = False) -> None:
        """What came of a call."""
        result = ToolResult(
            **self._stamp(),
            call_id=call.call_id,
            tool=call.tool,
            content=_parts(content),
            failed=failed,
            seconds=1.0,
        )
        late = call.call_id in self.state.detached
        self.state.apply(result)
        if late:
            self._drain(result, asks=self.state.asker)

    def detach(self, call: ToolCall, words: str) -> None:
        """A call goes on by itself."""
        self.state.apply(Detached(**self._stamp(), call_id=call.call_id, tool=call.tool, content=words))

    def offer(self, *names: str) -> None:
        """Other tools from now on."""
        before, after = {offered.name for offered in self.state.tools}, {*map(ToolName, names)}
        self._change({*(["added"] if after - before else []), *(["removed"] if before - after else [])})
        changed = ToolsChanged(**self._stamp(), content=tuple(map(tool, names)))
        self.state.apply(changed)
        self._drain(changed)

    def instruct(self, system: str) -> None:
        """Another system prompt from now on."""
        self._change({"system"})
        changed = System(**self._stamp(), content=system)
        self.state.apply(changed)
        self._drain(changed)

    def think(self, *, on: bool) -> None:
        """The model is asked to think, or to think as little as it can, from now on."""
        self._change({"effort"})
        quiet = self.model.quiet
        how, spec = (self._loud.dialect, self._loud.spec) if on else (quiet.dialect, quiet.spec)
        self.model = replace(self.model, dialect=how, spec=spec)
        self._scribe = how.scribe()
        changed = ModelChanged(**self._stamp(), content=spec)
        self.state.apply(changed)
        self._drain(changed)

    def summarize(self, kept_from: MessageId | None = None) -> MessageId:
        """Words stand for all that was said until now, or until a message that is kept; give their id."""
        summary = Summary(
            **self._stamp(),
            content=(Text(content="a summary of what was said"),),
            kept_from=kept_from,
            guidance="",
            tokens=1_000,
            model=self.model.origin.model,
            usage=NOTHING,
            cost_usd=None,
        )
        self._begin_anew(summary)
        return summary.id

    def thin(self) -> None:
        """All results that stand behind a summary become a line each."""
        results = [entry.id for entry in self.state.view if isinstance(entry, ToolResult)]
        self._begin_anew(Thinned(**self._stamp(), content=tuple(results)))

    def move(self, folder: str) -> None:
        """Commands start there."""
        self.state.apply(CwdChanged(**self._stamp(), content=folder))

    def file(self, call: ToolCall | None = None) -> None:
        """A call, or a person, changes files."""
        made = FileChange(path="a", before=None, after=None)
        name = "" if call is None else call.call_id
        self.state.apply(FilesChanged(**self._stamp(), content=(made,), call_id=name, undoes=()))

    def restore(self, summary: MessageId) -> None:
        """A summary is taken back."""
        self._begin_anew(Restored(**self._stamp(), content=summary))

    def clear(self) -> None:
        """All is forgotten."""
        self._begin_anew(Cleared(**self._stamp(), content="cleared"))

    def _begin_anew(self, message: Summary | Thinned | Restored | Cleared) -> None:
        self.state.apply(message)
        self.since = len(self.state.view)
        self._scribe = self.model.dialect.scribe()  # a new view has a writer of its own
        self._sent = (b"", (-1, -1))

    def _change(self, topics: Set[str]) -> None:
        """What the model cannot be told of in place is told at the head, and all before it is told anew."""
        answered = any(isinstance(entry, ModelResponse) for entry in self.state.view)
        if topics - self.model.inline or not answered:
            self.since = len(self.state.view)

    def _spoken(self, content: Sequence[str | ResponsePart], stop: StopReason | None) -> Sequence[bytes]:
        """What the model's server sends, the end last."""
        body, origin = self._scribe.body(self.request()), self.model.origin
        (before, since), now = self._sent, (self.state.trusted, self.since)
        assert since != now or unformed(body).startswith(history(before)), "what was sent has changed"
        self._sent = (body, now)
        value = freeze_object(json.loads(body))
        asking = (
            self.model.hear(value) if self.judged else Asking(model=origin.model, manner="sse", body=value)
        )
        assert not isinstance(asking, str), asking
        self._numbers += 1
        speech = self.model.speak(asking, self._numbers)
        parts = [Text(content=part) if isinstance(part, str) else part for part in content]
        last = parts[-1:] if len(parts) == 1 and stop == "refusal" else []
        said = [speech.say(bite) for part in parts[: len(parts) - len(last)] for bite in bites(part)]
        called = any(isinstance(part, ToolCall) for part in parts)
        ending = Ending(stop=stop or ("tool_calls" if called else "end"), usage=NOTHING)
        return (*said, speech.end(last[0] if last else None, ending))

    def _heard(self, spoken: Sequence[bytes], garbled: Mapping[bytes, bytes]) -> Reply:
        raw = b"".join(spoken)
        for before, after in garbled.items():
            raw = raw.replace(before, after)
        frames, draft = Frames(), self.model.dialect.draft()
        for event in (*frames.feed(raw), *frames.close()):
            draft.absorb(event)
        return draft.finish()

    def _keep(self, content: Sequence[ResponsePart], stop: StopReason, reply: Reply | None) -> None:
        origin = self.model.origin
        self.state.apply(
            ModelResponse(
                **self._stamp(),
                content=tuple(content),
                origin=origin,
                model=origin.model,
                stop=stop,
                usage=NOTHING,
                cost_usd=None,
                native=() if reply is None else reply.native,
            )
        )

    def _drain(
        self, entering: Prompt | ToolResult | System | ToolsChanged | ModelChanged, asks: Prompt | None = None
    ) -> None:
        output_of = asks.id if asks is not None and asks.output is not None else ""
        self.state.apply(Drained(**self._stamp(), content=(entering.id,), output_of=output_of))

    def _stamp(self) -> Stamp:
        return {"id": self._ids.message(0.0), "parent_id": self.state.head, "timestamp": 0.0}


def _parts(content: Sequence[str | Part]) -> Sequence[Part]:
    return tuple(Text(content=part) if isinstance(part, str) else part for part in content)


def _lost(blob: Blob) -> bytes:
    raise SessionError(f"blob {blob.digest[:8]} is gone")
