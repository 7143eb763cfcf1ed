"""A reviewer: an agent has a child of its own read what it wrote, and heeds the answer (no key needed)."""

import asyncio
import os
import tempfile
from pathlib import Path

from sagent import Agent, ToolResult, tools
from sagent.messages.words import plain
from sagent.providers import Anthropic
from sagent.testing import WireServer, call

WRONG = "def mean(numbers):\n    return sum(numbers) / len(numbers)\n"
RIGHT = "def mean(numbers):\n    return sum(numbers) / len(numbers) if numbers else 0.0\n"


async def main(folder: Path) -> None:
    async with WireServer(
        call("Write", file_path="mean.py", content=WRONG),
        call(
            "AgentSpawn",
            name="reviewer",
            prompt="Review mean.py. Name each bug with its line, and say nothing else.",
            tools=["Read"],
            max_rounds=5,
        ),
        # From here on it is the reviewer that speaks, until it has answered.
        call("Read", file_path="mean.py"),
        "Line 2: an empty list is divided by zero.",
        call("Write", file_path="mean.py", content=RIGHT),
        "`mean` is in mean.py; a review found that it failed for no numbers, which is mended.",
    ) as server:
        os.environ.update(server.environment)  # where the provider's key and address are looked up
        agent = Agent(
            Anthropic.from_env().model(),
            tools=[tools.Read(), tools.Write(), tools.AgentSpawn()],
            workspace=folder,
            session_dir=folder / "sessions",
        )
        async with agent:
            answer = await agent.run("Write a function that gives the mean of some numbers.")
            for message in agent.messages:
                if isinstance(message, ToolResult):
                    print(f"{message.tool}: {plain(message.content[0]).splitlines()[0]}")
    print(answer.content)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(main(Path(place)))
