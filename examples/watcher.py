"""A watcher: a persistent child looks after a folder and writes to its parent by itself (no key needed)."""

import asyncio
import os
import re

from sagent import Agent, JsonObject, tool
from sagent.lib.json import json_text
from sagent.messages.words import plain
from sagent.providers import Anthropic
from sagent.schema.message import Message, Prompt
from sagent.testing import WireReplying, WireServer, always, call


def plays(request: JsonObject) -> WireReplying:
    """The model's part: the watcher waits for news and tells them, the parent takes note."""
    said = json_text(request["messages"])
    if "Watch the folder" in said:
        news = re.findall(r"new: (\w+\.\w+)", said)
        return f"There is a new file, {news[-1]}." if news else call("next_file")
    return "Good to know."


async def main() -> None:
    arrived: asyncio.Queue[str] = asyncio.Queue()
    heard = asyncio.Event()

    @tool
    async def next_file() -> str:
        """Wait for the next file in the folder, and say what it is called."""
        return f"new: {await arrived.get()}"

    def show(message: Message) -> None:
        if isinstance(message, Prompt) and message.author == "peer":
            print(f"{message.sender}: {' '.join(map(plain, message.content))}")
            heard.set()

    async with WireServer(always(plays)) as server:
        os.environ.update(server.environment)  # where the provider's key and address are looked up
        async with Agent(Anthropic.from_env().model(), "You lead.", name="Lead") as lead:
            lead.watch(show)
            watcher = lead.spawn(name="watcher", tools=[next_file], persistent=True)
            lead.children.serve(watcher, "Watch the folder, and tell me of the next file.")
            serving = asyncio.create_task(lead.run_forever())
            await arrived.put("report.csv")
            await heard.wait()
            print("at work:", ", ".join(child.name for child in lead.children))
        await serving


if __name__ == "__main__":
    asyncio.run(main())
