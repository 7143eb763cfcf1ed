"""How much of a call's result goes into the conversation: pure."""

from sagent.atoms import CallId
from sagent.loop.state import State
from sagent.loop.trimming import weight
from sagent.messages.room import LEAST, result_room, round_room
from sagent.schema.message import ToolResult


def allowance(state: State, call_id: CallId, window: int | None) -> int:
    """The bytes of text that the result of a call may have, for a model with so many tokens of room.

    The results of one response share what a round may have: whoever comes first takes what is needed, and
    leaves the least to each that has not come. In the background every result is for itself.
    """
    most = result_room(window)
    if call_id not in state.open:
        return most
    taken = sum(weight(answer.content) for answer in state.answers.values() if isinstance(answer, ToolResult))
    left = round_room(window) - taken - LEAST * (len(state.open) - 1)
    return min(most, max(left, LEAST))
