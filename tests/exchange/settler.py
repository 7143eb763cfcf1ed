"""A process of its own with one published agent: it says so on stdout, and lives until it is ended."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagent.agent import Agent
from sagent.errors import Illegal, Unauthorized
from sagent.messages.words import plain
from sagent.schema.message import Message, Prompt
from sagent.schema.session import SessionHeader
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Replying, Scripted, always, call, hold
from sagent.testing.script import Always
from sagent.tools import AgentSend


async def settle(name: str, file: Path, manner: str) -> None:
    """Run forever; write down what is heard."""
    scripts: Mapping[str, Sequence[Replying | Always[Replying]]] = {
        "answers": [always("heard")],
        "chokes": [always(Illegal("not that"))],
        "stops": [always(Unauthorized("the key is wrong"))],
        "thinks": [[hold(asyncio.Event())]],
        "replies": [call("AgentSend", to="Visitor", message="I have heard you"), always("done")],
    }
    if file.exists():
        session = JsonlSession.open(file)
    else:
        header = SessionHeader(version=1, session_id=file.stem, workspace="/work", timestamp=1.0)
        session = JsonlSession.create(file, header)
    agent = Agent(
        Scripted(*scripts[manner]), tools=[AgentSend()], name=name, session=session, group="settlers"
    )

    def tell(message: Message) -> None:
        if isinstance(message, Prompt):
            print(message.author, message.sender, *map(plain, message.content), flush=True)

    agent.watch(tell)
    async with agent.published():
        print("ready", flush=True)
        await agent.run_forever()


if __name__ == "__main__":
    asyncio.run(settle(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
