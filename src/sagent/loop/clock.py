"""What is to happen later: alarms, of which the newest of a kind counts, and what has been planned."""

from typing import Literal, TypeAlias

from sagent.atoms import MessageId
from sagent.loop.budget import Shortage
from sagent.loop.desk import Desk
from sagent.loop.traffic import AwaitRoom, StartTimer, Timer
from sagent.schema.message import Scheduled

Timed: TypeAlias = Literal["grace", "patience", "retry", "hold"]
"""What an alarm is for that goes off after a while."""

Kind: TypeAlias = Timed | Literal["room"]
"""What an alarm is for."""


class Clock:
    """Sets timers; may be lost with the process, since what is planned stands in the log."""

    __slots__ = ("_alarms", "_desk", "_planned")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._alarms: dict[Kind, int] = {}
        self._planned: dict[int, MessageId] = {}

    def __contains__(self, kind: Kind) -> bool:
        return kind in self._alarms

    def alarm(self, kind: Timed, seconds: float) -> None:
        """Set an alarm, unless one of its kind is set."""
        if kind not in self._alarms:
            self._alarms[kind] = self._start(kind, seconds)

    def await_room(self, shortage: Shortage) -> None:
        """Set one that goes off when others have given back what they set aside."""
        number = self._alarms["room"] = self._desk.number()
        self._desk.do(AwaitRoom(Timer("room", number), shortage))

    def silence(self, *kinds: Kind) -> None:
        """These alarms no longer count; without a kind none does."""
        for kind in kinds or tuple(self._alarms):
            self._alarms.pop(kind, None)

    def rings(self, kind: Kind, number: int) -> bool:
        """Whether the alarm that went off is the one that counts; it then counts no longer."""
        current = self._alarms.get(kind) == number
        if current:
            del self._alarms[kind]
        return current

    def plan(self, message_id: MessageId) -> None:
        """Set a timer for what is planned in the log."""
        pause = max(0.0, self._desk.state.timers[message_id].due - self._desk.now)
        self._planned[self._start("due", pause)] = message_id

    def due(self, number: int) -> Scheduled | None:
        """What was planned for now; None if it has been withdrawn."""
        return self._desk.state.timers.get(self._planned.pop(number, MessageId("")))

    def _start(self, kind: Literal["grace", "patience", "retry", "hold", "due"], seconds: float) -> int:
        number = self._desk.number()
        self._desk.do(StartTimer(Timer(kind, number), seconds))
        return number
