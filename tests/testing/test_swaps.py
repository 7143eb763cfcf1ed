"""One conversation on all wires: whatever happened before a swap, the next provider takes what it is sent."""

import asyncio
import random
from collections.abc import Callable, Sequence

from sagent.agent import Agent
from sagent.atoms import ToolName
from sagent.errors import AgentHalted, Illegal, Overloaded, ToolError
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.words import letter, tool_result
from sagent.protocols import Answer, Model
from sagent.providers import Anthropic, Google, OpenAI, OpenAICompat
from sagent.schema.message import ModelResponse, ToolCall
from sagent.schema.part import Data, Document, ErrorText, Image, Part, Text, Thinking
from sagent.schema.values import ModelSpec
from sagent.testing import Cut, WireReplying, WireServer, always, call, reply
from tests.samples import PDF, PNG

PICTURE = Image(descriptor="image/png", content=Blob.of(PNG))
PAPER = Document(content=Blob.of(PDF))


class Mixed:
    """A tool that answers in every way that a tool can."""

    name = ToolName("mixed")
    tool_id = "application/x-tool-mixed"
    description = "Does what its directive says."
    directive_schema: JsonObject = freeze_object(
        {"type": "object", "properties": {"way": {"type": "string"}, "more": {"type": "object"}}}
    )

    def __init__(self, swap: Callable[[], None]) -> None:
        self._swap = swap

    async def run(self, message: ToolCall, /) -> Answer:
        await asyncio.sleep(0)
        match message.content.get("way"):
            case "picture":
                return tool_result(message, "a picture", PICTURE)
            case "only a picture":
                return PICTURE
            case "paper":
                return tool_result(message, PAPER, "a paper")
            case "broken picture":
                return tool_result(message, PICTURE, "it is broken", failed=True)
            case "data":
                return Data(content=freeze_object({"rows": [1, None, {"a": "\ud83d"}]}))
            case "nothing":
                return Text(content="")
            case "half":
                return Text(content="half a pair \ud83d and a NUL \0")
            case "fail":
                raise ToolError("it cannot be done")
            case "swap":
                self._swap()
                return ErrorText(content="swapped")
            case _:
                return Text(content="done")


WAYS = ("picture", "only a picture", "paper", "broken picture", "data", "nothing", "half", "fail", "swap", "")


def calls(rng: random.Random) -> Sequence[ToolCall]:
    """One call or several, of a tool that is there or not, with directives that fit or not."""
    some = [call("mixed", way=rng.choice(WAYS)) for _ in range(rng.choice((1, 1, 2, 4)))]
    return [*some, *rng.choice(((), (), (call("unheard_of"),), (call("mixed", way=7),)))]


def replying(rng: random.Random) -> WireReplying:
    """What a model may say: thoughts, words, calls, nothing, too much, and things that go wrong."""
    thought: Sequence[Part] = (Thinking(content="let me see"),) if rng.random() < 0.5 else ()
    match rng.choice(("calls", "calls", "words and calls", "words", "words", "silence", "cut", "wrong")):
        case "calls":
            return [*thought, *calls(rng)]
        case "words and calls":
            return [*thought, "I shall look.", *calls(rng)]
        case "words":
            return [*thought, rng.choice(("done", "\U0001f600 fine", "so\n\nit is"))]
        case "silence":
            return reply(*thought, stop=rng.choice(("end", "length")))
        case "cut":
            return [*thought, "half a sent", Cut()]
        case _:
            return rng.choice(
                (
                    Overloaded("busy", status=529 if rng.random() < 0.5 else 503, retry_after=0.001),
                    reply(*thought, "cut off", call("mixed", way=""), stop="length"),
                    reply("I will not", stop="filter"),
                )
            )


def models(server: WireServer) -> Sequence[Model]:
    """Models of all wires, of each vendor an older and a newer one."""
    google, anthropic, openai = (
        Google.from_env(server.environment),
        Anthropic.from_env(server.environment),
        OpenAI.from_env(server.environment),
    )
    compat = OpenAICompat.from_key("loopback-key", base_url=f"{server.base_url}/v1")
    return (
        google.model("gemini-2.5-flash"),
        google.model("gemini-3.5-flash", stream=False),
        anthropic.model("claude-sonnet-5-5", effort="high"),
        anthropic.model("claude-sonnet-4-5", effort="medium"),
        anthropic.model("claude-haiku-5-5", stream=False),
        openai.model("gpt-6.1-sol", effort="low"),
        openai.model("gpt-6-luna", stream=False),
        openai.model("gpt-6.1-sol", dialect="openai_chat"),
        compat.model("local-model"),
    )


async def test_a_walk_of_random_swaps_sends_nothing_that_any_provider_refuses() -> None:
    rng = random.Random(1)
    swaps: list[ModelSpec] = []
    halts: list[AgentHalted] = []
    async with WireServer(always(lambda _: replying(rng))) as server:
        choice = models(server)

        def swap() -> None:
            model = rng.choice(choice)
            swaps.append(model.spec)
            agent.swap_model(model)

        agent = Agent(choice[0], "Be brief.", [Mixed(swap)], max_tool_call_rounds=4, max_attempts=1)
        while len(swaps) < 200:
            swap()
            said = ("go on", *rng.choice(((), (), (PICTURE,), (PAPER,))))
            try:
                await agent.run(letter(*said))
            except AgentHalted as error:
                halts.append(error)

    answered = {m.origin.dialect for m in agent.messages if isinstance(m, ModelResponse)}
    assert server.complaints == ()
    assert not [halt for halt in halts if isinstance(halt.__cause__, Illegal)]
    assert {halt.reason for halt in halts} <= {"rounds", "repetition", "error"}
    assert answered == {"google", "anthropic", "openai_responses", "openai_chat"}
