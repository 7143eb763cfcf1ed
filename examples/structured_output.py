"""Ask for a value of a type of one's own: what a project holds, as a dataclass (needs OPENAI_API_KEY)."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from sagent import Agent, tools
from sagent.providers import OpenAI


@dataclass(frozen=True)
class Module:
    """One source file."""

    path: str
    purpose: str
    quality: Literal["good", "fair", "poor"]


async def main() -> None:
    agent = Agent(OpenAI.from_env().model(), tools=[tools.Read(), tools.Glob()])
    for module in await agent.run("Judge the Python files here.", output=list[Module]):
        print(f"{module.quality:5} {module.path}: {module.purpose}")


if __name__ == "__main__":
    asyncio.run(main())
