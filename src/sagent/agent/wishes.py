"""Of whom an agent wanted to hear when they are idle, and has not heard: by its log, and pure."""

from collections.abc import Iterable, Sequence

from sagent.agent.opening import SENDS
from sagent.atoms import CallId
from sagent.messages.words import calls_of, visible_text
from sagent.schema.message import Cleared, Kept, ModelResponse, Prompt, ToolCall, ToolResult


def lapsed(messages: Iterable[Kept]) -> str:
    """What is to be said of the wishes that ended with the process of this log; empty where none did."""
    wished: dict[CallId, Sequence[str]] = {}
    granted: list[CallId] = []
    for kept in messages:
        if isinstance(kept, ModelResponse):
            wished |= {call.call_id: _names(call) for call in calls_of(kept) if _wishes(call)}
        elif isinstance(kept, ToolResult) and kept.call_id in wished and not kept.failed:
            refusals = visible_text(kept.content)
            wished[kept.call_id] = [
                name for name in wished[kept.call_id] if f"{name}: refused" not in refusals
            ]
            granted.append(kept.call_id)
        elif isinstance(kept, Prompt) and (kept.author, kept.sender) == ("background", SENDS):
            said = visible_text(kept.content)
            wished = {call_id: _left(names, said) for call_id, names in wished.items()}
        elif isinstance(kept, Cleared) or _tells(kept):
            wished, granted = {}, []
    names = dict.fromkeys(name for call_id in granted for name in wished[call_id])
    if not names:
        return ""
    who = ", ".join(names)
    # A hot child has such a wish of its parent's in its log, and will not be told either.
    return f"You wanted to be told when these are idle: {who}. Nobody will any more; ask again if you like."


def _tells(kept: Kept) -> bool:
    """Whether it has been told of those before."""
    return isinstance(kept, Prompt) and (kept.author, kept.sender) == ("system", SENDS)


def _wishes(call: ToolCall) -> bool:
    return call.tool == SENDS and call.content.get("action") == "notify"


def _names(call: ToolCall) -> Sequence[str]:
    return [name.strip() for name in str(call.content.get("to", "")).split(",") if name.strip()]


def _left(names: Sequence[str], said: str) -> Sequence[str]:
    """Those that are not the one of whom this tells: `NAME (ID) is idle.`"""
    return [name for name in names if not said.startswith(f"{name} (") and f"({name}) " not in said]
