"""Ask about files: a read-only agent on Google's Gemini (needs GOOGLE_API_KEY)."""

import asyncio

from sagent import tools
from sagent.agent import Agent
from sagent.lib.json import json_freeze
from sagent.providers import Google


async def main() -> None:
    agent = Agent(
        model=Google.from_env().model("gemini-2.5-flash"),
        system="You are a scientist.",
        tools=[tools.Read(), tools.Glob(), tools.Grep()],
    )
    result = await agent.run(json_freeze({"prompt": "analyze the CSV in ./data/"}))
    print(result.content)


if __name__ == "__main__":
    asyncio.run(main())
