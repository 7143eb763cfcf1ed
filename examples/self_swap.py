"""An agent that moves itself from Claude to Gemini to a local server and back (loopback, no key needed)."""

import asyncio
import os
import re

from sagent import Agent, JsonObject, ModelResponse, tools
from sagent.lib.json import json_text
from sagent.providers import Anthropic
from sagent.testing import WireReplying, WireServer, call


def moves(model: str, why: str) -> WireReplying:
    """A model's wish that another one goes on."""
    return [call("AgentSelf", model=model, reason=why)]


def recalls(request: JsonObject) -> WireReplying:
    """What a model knows that reads the whole conversation: the number stands in its first words."""
    (number,) = set(re.findall(r"number is (\d+)", json_text(request)))
    return f"The number is {number}."


async def main() -> None:
    async with WireServer(
        moves("Google/gemini-3.5-flash", "pictures"),
        moves("OpenAICompat/local-model", "nothing may leave the house"),
        moves("Anthropic/claude-sonnet-5-5", "the hard part"),
        recalls,
    ) as server:
        os.environ.update(server.environment)  # where the providers' keys and addresses are looked up
        model = Anthropic.from_env().model("claude-sonnet-5-5")
        async with Agent(model, tools=[tools.AgentSelf()]) as agent:
            answer = await agent.run("My number is 4711. Visit two other providers, come back, and say it.")
            for message in agent.messages:
                if isinstance(message, ModelResponse):
                    print(f"{message.origin.provider} {message.model}")
    print(answer.content)


if __name__ == "__main__":
    asyncio.run(main())
