"""What the wire path costs without a socket: one more turn, one more delta."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.clock import best
from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.protocols import Request
from sagent.providers import Anthropic, Google, OpenAI
from sagent.providers.remote import Remote
from sagent.schema.message import ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.values import Origin, Usage

USAGE = Usage(
    input_tokens=1,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=1,
    reasoning_tokens=0,
)
DELTAS = 20_000


MODELS: Mapping[str, Remote] = {
    "anthropic": Anthropic.from_key("k").model("claude-sonnet-4-5"),
    "google": Google.from_key("k").model("gemini-2.5-flash"),
    "openai_chat": OpenAI.from_key("k").model("gpt-5.2", dialect="openai_chat"),
    "openai_responses": OpenAI.from_key("k").model("gpt-5.2"),
}


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    for name, model in MODELS.items():
        short, long = _turn(model, 50), _turn(model, 400)
        yield f"{name}: encode one more turn after 50 rounds", f"{short * 1e6:.0f} us", ""
        yield f"{name}: the same after 400 rounds", f"{long / short:.2f} x", "goal 1.15 x of that after 50"
        yield f"{name}: absorb a delta, to json.loads alone", f"{_delta(model):.2f} x", ""


def _delta(model: Remote) -> float:
    """Processor time of reading a stream of deltas, to that of parsing them and no more."""
    opening = [json.dumps(event) for event in OPENINGS[model.spec.dialect]]
    events = [json.dumps(_delta_event(model.spec.dialect, index)) for index in range(DELTAS)]

    def absorb() -> None:
        draft = model.dialect.draft()
        for event in opening:
            draft.absorb(event)
        for event in events:
            draft.absorb(event)

    return best(absorb, rounds=5) / best(lambda: [json.loads(event) for event in events], rounds=5)


OPENINGS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "anthropic": (
        {
            "type": "message_start",
            "message": {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": "claude-sonnet-4-5",
                "content": [],
                "stop_reason": None,
                "usage": {"input_tokens": 1, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ),
    "google": (),
    "openai_chat": (),
    "openai_responses": (
        {"type": "response.created", "response": {"id": "r", "model": "gpt-5.2", "status": "in_progress"}},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {"type": "message", "id": "msg_1", "role": "assistant", "content": []},
        },
    ),
}


def _delta_event(dialect: str, index: int) -> Mapping[str, object]:
    text = f" t{index}"
    match dialect:
        case "anthropic":
            return {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": text},
            }
        case "google":
            return {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}]}
        case "openai_chat":
            return {
                "id": "c",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "gpt-5.2",
                "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
            }
        case _:
            return {
                "type": "response.output_text.delta",
                "sequence_number": index,
                "item_id": "msg_1",
                "output_index": 0,
                "content_index": 0,
                "delta": text,
            }


def _turn(model: Remote, rounds: int) -> float:
    """Processor seconds of encoding the next request after so many rounds, the mean over some."""
    view = View([_prompt()])
    scribe = model.dialect.scribe()
    for index in range(rounds):
        _round(view, index, model)
    request = Request(system="", tools=(), view=view, trusted=0, read=lambda blob: blob.data or b"")
    scribe.body(request)
    took = 0.0
    for index in range(rounds, rounds + 20):
        _round(view, index, model)
        started = time.process_time()
        scribe.body(request)
        took += time.process_time() - started
    return took / 20


def _prompt() -> Prompt:
    return Prompt(
        id=MessageId("p"),
        parent_id=None,
        timestamp=1.0,
        content=(Text(content="add them all"),),
        author="user",
        sender="",
    )


def _round(view: View, index: int, model: Remote) -> None:
    spec = model.spec
    origin = Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)
    call = ToolCall(
        call_id=CallId(f"c{index}"),
        vendor_id=f"call_{index}",
        tool=ToolName("add"),
        content=freeze_object({"a": index, "b": 0}),
    )
    view.add(
        ModelResponse(
            id=MessageId(f"r{index}"),
            parent_id=None,
            timestamp=1.0,
            content=(call,),
            origin=origin,
            model=origin.model,
            stop="tool_calls",
            usage=USAGE,
            cost_usd=0.0,
            native=(),
        )
    )
    view.add(
        ToolResult(
            id=MessageId(f"t{index}"),
            parent_id=None,
            timestamp=1.0,
            call_id=call.call_id,
            tool=call.tool,
            content=(Text(content=str(index)),),
            failed=False,
            seconds=0.0,
        )
    )
