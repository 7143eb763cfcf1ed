"""Speak to an agent while it works: a letter in its inbox is heard at the next step (no key needed)."""

import asyncio

from sagent import Agent, TextDelta, letter, tool
from sagent.schema.event import ToolLabel
from sagent.testing import Scripted, call


async def main() -> None:
    spoken = asyncio.Event()

    @tool
    async def count_stars() -> str:
        """Count all stars."""
        await spoken.wait()
        return "very many"

    model = Scripted(call("count_stars"), "There are very many, and Sirius is the brightest.")
    agent = Agent(model, tools=[count_stars])
    async for message in agent.stream("How many stars are there?"):
        if isinstance(message, ToolLabel):
            agent.inbox.post(letter("And which is the brightest?"))
            spoken.set()
        elif isinstance(message, TextDelta):
            print(message.content, end="", flush=True)
    print()


if __name__ == "__main__":
    asyncio.run(main())
