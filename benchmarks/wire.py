"""What the wire path costs without a socket: one more turn, one more delta."""

import json
import time
from collections.abc import Iterator

from benchmarks.clock import best
from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.protocols import Request
from sagent.providers.google.decode import Draft
from sagent.providers.google.encode import GoogleWording
from sagent.providers.scribe import Scribe
from sagent.schema.message import ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.values import Origin, Usage

ORIGIN = Origin(provider="Google", dialect="google", endpoint="https://example.org", model="gemini-2.5-flash")
USAGE = Usage(
    input_tokens=1,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=1,
    reasoning_tokens=0,
)
DELTAS = 20_000


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    short, long = _turn(50), _turn(400)
    yield "encode one more turn after 50 rounds", f"{short * 1e6:.0f} us", ""
    yield "encode one more turn after 400 rounds", f"{long / short:.2f} x", "goal 1.15 x of that after 50"
    events = [
        json.dumps(
            {"candidates": [{"content": {"parts": [{"text": f" t{index}"}], "role": "model"}, "index": 0}]}
        )
        for index in range(DELTAS)
    ]

    def absorb() -> None:
        draft = Draft("gemini-2.5-flash", whole=False)
        for event in events:
            draft.absorb(event)

    parse = best(lambda: [json.loads(event) for event in events], rounds=5)
    yield "absorb a delta, to json.loads alone", f"{best(absorb, rounds=5) / parse:.2f} x", ""


def _turn(rounds: int) -> float:
    """Processor seconds of encoding the next request after so many rounds, the mean over some."""
    view = View([_prompt()])
    scribe = Scribe(ORIGIN, GoogleWording(ORIGIN.model, {}))
    for index in range(rounds):
        _round(view, index)
    request = Request(system="", tools=(), view=view, trusted=0, read=lambda blob: blob.data or b"")
    scribe.body(request)
    took = 0.0
    for index in range(rounds, rounds + 20):
        _round(view, index)
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


def _round(view: View, index: int) -> None:
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
            origin=ORIGIN,
            model=ORIGIN.model,
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
