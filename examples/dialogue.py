"""Two agents in dialogue: each answers the other's letters (loopback, no key needed)."""

import asyncio
import os

from sagent import Agent, JsonObject, Prompt, Text, tools
from sagent.lib.json import json_text
from sagent.providers import Google
from sagent.testing import WireReplying, WireServer, always, call

LETTERS = {
    "Order something": ("Chef", "What is on the menu?"),
    "What is on": ("Guest", "Soup or pie."),
    "Soup or": ("Chef", "Pie, please."),
}
"""What a model hears, and the letter that it writes then."""


def writes(request: JsonObject) -> WireReplying:
    """What a model says to the end of a conversation."""
    match request:
        case {"contents": [*_, last]}:
            heard = json_text(last)
            for words, (to, message) in LETTERS.items():
                if words in heard:
                    return call("AgentSend", to=to, message=message)
    return "That is that."


async def main() -> None:
    async with WireServer(always(writes)) as server:
        os.environ.update(server.environment)  # where the provider's key and address are looked up
        model = Google.from_env().model("gemini-3.5-flash")
        chef = Agent(model, "You are a chef.", [tools.AgentSend()], name="Chef")
        guest = Agent(model, "You are a guest.", [tools.AgentSend()], name="Guest")
        ordered = asyncio.Event()

        def show(message: object) -> None:
            match message:
                case Prompt(author="peer", sender=sender, content=[Text(content=words)]):
                    print(f"{sender}: {words}")
                    if words == "Pie, please.":
                        ordered.set()

        for agent in (chef, guest):
            agent.watch(show)
        serving = asyncio.create_task(chef.run_forever())
        async with guest:
            await guest.run("Order something from Chef.")
            await ordered.wait()
        await chef.aclose()
        await serving


if __name__ == "__main__":
    asyncio.run(main())
