"""An agent that lives for thousands of turns, in a process of its own: what it holds after compactions."""

import asyncio
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path

from benchmarks.telling import picture
from sagent import tools
from sagent.agent import Agent
from sagent.lib.blob import Blob
from sagent.messages.words import letter
from sagent.protocols import Model
from sagent.providers import Anthropic, Google, OpenAI
from sagent.schema.message import Message, Summary
from sagent.schema.part import Image

SWAP = 500
"""After so many turns another dialect goes on."""

FILES = 10
VERBS = ((50, "run"), (30, "look"), (10, "write"), (5, "read"))
"""What is asked for, each time that so many turns are over; else there is only talk."""

PASTED = 50
"""Each time that so many turns are over the user shows a picture that was never shown before."""


async def main(folder: Path, turns: int) -> None:
    """Live for so many turns; print a line of JSON after each compaction, and at the end."""
    agent = Agent(
        model(0),
        "You are tireless.",
        [tools.Read(), tools.Write(), tools.Edit(), tools.Bash(), tools.Grep()],
        session_dir=folder / "sessions",
        workspace=workspace(folder),
    )
    life = Life(folder, agent)
    for turn in range(turns):
        if turn and turn % SWAP == 0:
            agent.swap_model(model(turn // SWAP))
        await life.live(turn)
        if life.condensed or turn == turns - 1:
            print(json.dumps(life.sample(turn)), flush=True)
    await agent.aclose()


class Life:
    """An agent, and the time that it has taken."""

    def __init__(self, folder: Path, agent: Agent) -> None:
        self.condensed = False
        self._folder = folder
        self._agent = agent
        self._spent = 0.0
        agent.watch(self._hear)

    async def live(self, turn: int) -> None:
        """Live one turn."""
        self.condensed = False
        began = time.process_time()
        verb = next((verb for every, verb in VERBS if turn % every == every - 1), "talk")
        words = f"turn {turn}: {verb} {'as was said before ' * 8}"
        shown = Image(descriptor="image/png", content=Blob.of(picture(turn)))
        await self._agent.run(letter(words, shown) if turn % PASTED == PASTED // 2 else letter(words))
        self._spent += time.process_time() - began

    def sample(self, turn: int) -> dict[str, float]:
        """What the process holds now."""
        gc.collect()
        (log,) = self._folder.rglob("*.jsonl")
        return {
            "turn": turn + 1,
            "processor": self._spent,
            "blocks": sys.getallocatedblocks(),
            "memory": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE"),
            "log": log.stat().st_size,
            "descriptors": len(list(Path("/proc/self/fd").iterdir())),
            "threads": threading.active_count(),
            "tasks": len(asyncio.all_tasks()),
        }

    def _hear(self, message: Message) -> None:
        self.condensed = self.condensed or isinstance(message, Summary)


def model(number: int) -> Model:
    """One of four, each of another dialect."""
    match number % 4:
        case 0:
            return Anthropic.from_env().model("claude-sonnet-4-5")
        case 1:
            return Google.from_env().model("gemini-3-flash-preview")
        case 2:
            return OpenAI.from_env().model("gpt-5.5")
        case _:
            return OpenAI.from_env().model("gpt-5.5", dialect="openai_chat")


def workspace(folder: Path) -> Path:
    """Some files and pictures to work with."""
    place = folder / "work"
    place.mkdir()
    for number in range(FILES):
        (place / f"picture{number}.png").write_bytes(picture(number))
        (place / f"file{number}.txt").write_text(f"This is file {number}.\n" * 20)
    return place


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
