"""What agents of a swarm say and do more seldom."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from sagent.messages.words import calls_of
from sagent.protocols import Request
from sagent.schema.message import ModelResponse
from sagent.testing import call
from sagent.testing.script import Replying

NAMES: Final = ("ann", "bob", "cat")
"""What they call their children."""


def further(chance: random.Random, words: Callable[[], str], request: Request) -> Replying:
    """What agents do more seldom."""
    spawned = {"prompt": words(), "name": chance.choice(NAMES)}
    responses = [kept for kept in request.view if isinstance(kept, ModelResponse)]
    task = chance.choice([made.call_id for kept in responses for made in calls_of(kept)] or ["none"])
    replies: Sequence[Replying] = [
        '{"sum": 1}',
        [call("AgentSpawn", hot=True, **spawned)],
        [call("AgentSpawn", background=True, **spawned), call("slow")],
        [call("AgentSpawn", output={"type": "object", "required": ["sum"]}, **spawned)],
        [call("AgentSpawn", max_rounds=1, budget_tokens=100_000, max_depth=1, **spawned)],
        [call("AgentSpawn", prompts=[words() for _ in range(3)], concurrency=2)],
        [call("helper", prompt="help"), call("edit"), call("slow")],
        [call("AgentSend", to="swarm", message="all of you")],
        [call("BackgroundTask", action="start", tool="slow", directive={}, promises=chance.random() < 0.5)],
        [
            call(
                "BackgroundTask",
                action="start",
                tool="edit",
                directive={},
                delay=chance.choice((0.01, 0.1, 5.0)),
            )
        ],
        [call("BackgroundTask", action="wait", timeout=0.05), call("edit")],
        [call("BackgroundTask", action=chance.choice(["cancel", "foreground", "read"]), id=task)],
        [call("AgentSelf", context={"action": "recompact"}), call("AgentSelf", diagnostics=True)],
        [call("AgentSelf", tools={chance.choice(["on", "off"]): ["edit"]})],
    ]
    return chance.choice(replies)
