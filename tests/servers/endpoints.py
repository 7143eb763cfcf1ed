"""The three wires that llama.cpp's server speaks, and who speaks them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sagent.agent import Agent
from sagent.providers import Anthropic, OpenAI, OpenAICompat
from sagent.providers.remote import Remote
from sagent.providers.vendor import Vendor
from sagent.schema.message import Message
from sagent.tools import tool

NAME: Final = "bigram"
"""What the server calls its model."""

KEY: Final = "local-server-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One way in."""

    vendor: type[Vendor]
    root: str
    """What its base URL ends with."""
    path: str
    question: Callable[[str], Mapping[str, object]]
    """The smallest request."""

    def provider(self, url: str, key: str = KEY) -> Vendor:
        """Who speaks with the server at a URL."""
        return self.vendor.from_key(key, base_url=url + self.root)

    def model(self, url: str, *, stream: bool = True, key: str = KEY, most: int = 1_000_000) -> Remote:
        """Its model; how much it may say is limited by who listens, where nothing else is said."""
        return self.provider(url, key).model(NAME, stream=stream, max_output_tokens=most)


ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    "chat": Endpoint(
        vendor=OpenAICompat,
        root="/v1",
        path="/v1/chat/completions",
        question=lambda words: {"messages": [{"role": "user", "content": words}]},
    ),
    "responses": Endpoint(
        vendor=OpenAI,
        root="/v1",
        path="/v1/responses",
        question=lambda words: {"input": words},
    ),
    "messages": Endpoint(
        vendor=Anthropic,
        root="",
        path="/v1/messages",
        question=lambda words: {"max_tokens": 9, "messages": [{"role": "user", "content": words}]},
    ),
}


@tool
async def look_up(word: str) -> str:
    """Say what a word means."""
    await asyncio.sleep(0)
    return f"{word}: something to drink"


def agent(model: Remote, name: str = "Agent") -> tuple[Agent, Sequence[Message]]:
    """An agent that can look words up, and all that happens to it."""
    seen: list[Message] = []
    made = Agent(model, "You know about tea.", tools=[look_up], name=name)
    made.watch(seen.append)
    return made, seen
