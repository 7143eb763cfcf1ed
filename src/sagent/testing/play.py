"""Plays one reply of a script onto a connection."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sagent.errors import Unreachable
from sagent.lib.json import JsonValue
from sagent.lib.value import frozen
from sagent.protocols import Reply
from sagent.schema.message import ResponsePart
from sagent.schema.part import Text
from sagent.testing.faults import Cut, Fault, Garbage, Latency, Stall, Status
from sagent.testing.loopback import Broken, Outgoing
from sagent.testing.script import Hold, Piece, Saying, pieces, stop_of
from sagent.testing.wire import Asking, Ending, Speech, Wire

WireReplying: TypeAlias = Saying | Reply | Exception | Fault | Sequence[Saying | Hold | Exception | Fault]
"""One reply of a wire server: what `Scripted` takes, and faults, alone or in the row."""

_FILLER = "This reply is longer than what you will see of it."


@frozen()
class _Said:
    piece: Piece


_Act: TypeAlias = _Said | Hold | Exception | Fault


async def play(replying: WireReplying, wire: Wire, asking: Asking, number: int, out: Outgoing) -> None:
    """Say it all, and do what it says is to go wrong.

    Raises:
        Broken: the connection is to be cut here.
    """
    speech = wire.speak(asking, number)
    acts, ending = _acts(replying)
    last = _last_words(acts)
    for act in acts:
        match act:
            case _Said():
                await _send(speech.say(act.piece), speech, out)
            case Hold():
                if act.reached is not None:
                    act.reached.set()
                await act.until.wait()
            case Latency():
                await asyncio.sleep(act.seconds)
            case Stall():
                await asyncio.Event().wait()
            case Cut() | Unreachable():
                raise Broken
            case Garbage() if not speech.streams:
                await out.whole(200, {"Content-Type": speech.media_type}, act.data)
                return
            case Garbage():
                await _send(speech.garble(act.data), speech, out)
            case Status():
                await _fail(act, wire, asking, speech, out)
                return
            case Exception():
                await _fail(wire.status(act), wire, asking, speech, out)
                return
    closing = speech.end(last, ending)
    if out.begun or speech.streams:
        await _send(closing, speech, out)
        await out.end()
    else:
        await out.whole(200, {"Content-Type": speech.media_type}, closing)


def _last_words(acts: list[_Act]) -> Piece | None:
    """Take the last act away, if it is a piece: that one is sent together with the ending."""
    if acts and isinstance(said := acts[-1], _Said):
        acts.pop()
        return said.piece
    return None


async def answer(body: JsonValue, out: Outgoing, status: Status | None = None) -> None:
    """Send one JSON document."""
    code, headers = (200, {}) if status is None else (status.code, status.headers)
    data = body.encode() if isinstance(body, str) else json.dumps(body, indent=2).encode() + b"\n"
    await out.whole(code, {"Content-Type": "application/json; charset=UTF-8", **headers}, data)


async def _fail(status: Status, wire: Wire, asking: Asking, speech: Speech, out: Outgoing) -> None:
    if out.begun:
        await _send(speech.fail(wire.error(status, "")), speech, out)
        await out.end()
    else:
        await answer(wire.error(status, asking.manner), out, status)


async def _send(data: bytes, speech: Speech, out: Outgoing) -> None:
    if not data:
        return
    if not out.begun:
        await out.begin(200, {"Content-Type": speech.media_type, "Transfer-Encoding": "chunked"})
    await out.send(data)


def _acts(replying: WireReplying) -> tuple[list[_Act], Ending]:
    """The reply in single steps, the faults that count events put where they belong."""
    if isinstance(replying, Reply):
        said: list[_Act] = [_Said(piece) for part in replying.content for piece in pieces(part)]
        return said, Ending(stop=replying.stop, usage=replying.usage)
    row: Sequence[Saying | Hold | Exception | Fault]
    if isinstance(replying, Sequence) and not isinstance(replying, str):
        row = replying
    elif isinstance(replying, Stall | Cut) and replying.after:
        row = (_FILLER, replying)
    else:
        row = (replying,)
    acts = list(_in_order(row))
    for fault in row:
        if isinstance(fault, Stall | Cut) and fault.after is not None:
            acts.insert(_behind(acts, fault.after), fault)
    content = [_part(saying) for saying in row if isinstance(saying, str | ResponsePart)]
    return acts, Ending(stop=stop_of(content), usage=None)


def _in_order(row: Sequence[Saying | Hold | Exception | Fault]) -> Iterator[_Act]:
    for step in row:
        if isinstance(step, str | ResponsePart):
            yield from (_Said(piece) for piece in pieces(_part(step)))
        elif not isinstance(step, Stall | Cut) or step.after is None:
            yield step


def _behind(acts: Sequence[_Act], count: int) -> int:
    """The place behind that many events."""
    for place, act in enumerate(acts):
        if count == 0:
            return place
        count -= isinstance(act, _Said | Garbage)
    return len(acts)


def _part(saying: Saying) -> ResponsePart:
    return Text(content=saying) if isinstance(saying, str) else saying
