"""What calls of the model may cost, and what they did: reserved, settled and counted (LOOP R15)."""

from collections.abc import Sequence

from sagent.loop.account import UNDRAWN, Drawn
from sagent.loop.budget import Grant, Meter, Shortage, grant
from sagent.loop.desk import Desk, text_parts
from sagent.loop.phase import Calling, Compacting
from sagent.loop.turn import Turn
from sagent.messages.size import DENSEST, Gauge
from sagent.protocols import Reply
from sagent.schema.message import ResponsePart
from sagent.schema.values import StopReason


class Till:
    """Sets aside what a request may cost before it is sent, and notes what came of it."""

    __slots__ = ("_desk", "_gauge", "_meter", "_turn")

    def __init__(self, desk: Desk, turn: Turn, meter: Meter) -> None:
        self._desk = desk
        self._turn = turn
        self._meter = meter
        self._gauge = Gauge(DENSEST)

    def grant(self) -> Grant | Shortage | str:
        """What the next request may cost, set aside; in words, why it may not be sent."""
        state = self._desk.state
        return self._reserved(
            grant(
                state.model,
                self._desk.purse,
                self._meter,
                lambda: self._gauge.tokens(
                    state.system, state.tools, state.view, since=state.trusted, spec=state.model
                ),
            )
        )

    def draw(self, size: int, max_output: int | None, drawn: Drawn) -> Grant | Shortage | str:
        """The same for one request more of a summary: what all of them have drawn is set aside with it."""
        desk = self._desk
        return self._reserved(
            grant(desk.state.model, desk.purse, self._meter, lambda: size, max_output, drawn)
        )

    def respond(self, content: Sequence[ResponsePart], stop: StopReason, reply: Reply | None = None) -> None:
        """Note a response, and what it consumed if that is known."""
        self._turn.charge(self._desk.response(content, stop, reply))

    def write_off(
        self,
        call: Calling | Compacting,
        stop: StopReason = "failed",
        partial: str = "",
        *,
        begun: bool = True,
    ) -> None:
        """Charge a call that came to nothing; if it had begun, what it cost is not known."""
        drawn, waits = (
            (call.drawn, call.wanted is not None) if isinstance(call, Compacting) else (UNDRAWN, False)
        )
        begun = begun and not waits
        aside = self._desk.state.account.reserved
        if drawn.model:
            self.respond((), stop, drawn.reply(stop))
            if aside is not None and begun:
                self._desk.reserved(aside.content - (drawn.cost_usd or 0.0), aside.tokens - drawn.tokens)
        if begun:
            self.respond(text_parts(partial), stop)
        elif self._desk.state.account.reserved is not None:
            self._desk.reserved(0.0, 0)

    def _reserved(self, granted: Grant | Shortage | str) -> Grant | Shortage | str:
        if isinstance(granted, Grant) and granted.tokens:
            self._desk.reserved(granted.usd, granted.tokens)
        return granted
