"""Give an agent a function of your own, and watch it work; the model is scripted, so no key is needed."""

import asyncio

from sagent import Agent, TextDelta, ToolResult, tool
from sagent.testing import Scripted, call


@tool
def population(city: str) -> int:
    """How many people live in a city."""
    return {"Bern": 137_000, "Basel": 178_000}[city]


async def main() -> None:
    model = Scripted(call("population", city="Bern"), "Bern has about 137,000 inhabitants.")
    agent = Agent(model, tools=[population])
    async for message in agent.stream("How big is Bern?"):
        if isinstance(message, TextDelta):
            print(message.content, end="", flush=True)
        elif isinstance(message, ToolResult):
            print(f"[{message.tool} answered]")
    print()


if __name__ == "__main__":
    asyncio.run(main())
