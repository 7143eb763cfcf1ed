"""A provider in a process of its own, whose work is not counted: it does with a turn what its words say."""

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from sagent.lib.json import JsonObject, json_text
from sagent.testing import WireReplying, WireServer, always, call

TURN = re.compile(r"turn (\d+): (\w+)")
WORDS = "And so it went on, as had been agreed before, without anything that would have been new to anybody. "


async def main() -> None:
    """Serve on any port until stdin is closed; the environment of clients is printed, then complaints."""
    async with WireServer(always(answer), recall=0) as server:
        print(json.dumps(dict(server.environment)), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for complaint in server.complaints:
            print(complaint, file=sys.stderr)


def answer(body: JsonObject) -> WireReplying:
    """A summary, a row of calls, or words, on whatever wire it was asked."""
    last = json_text(_entries(body)[-1])
    asked = TURN.findall(last)
    if "about to become too long" in last or "Write the summary" in last:
        return f"# Summary\n\n{WORDS * 10}"
    if not asked or any(role in last for role in ('"tool_result"', '"functionResponse"')):
        return WORDS * 3
    return calls(int(asked[-1][0]), asked[-1][1])


def calls(turn: int, verb: str) -> WireReplying:
    """What the model does in a turn."""
    number = turn % 10
    match verb:
        case "read":
            return ["I look.", call("Read", file_path=f"file{number}.txt"), call("Grep", pattern="This is")]
        case "write":
            return call("Write", file_path=f"file{number}.txt", content=f"This is file {turn}.\n" * 20)
        case "look":
            return call("Read", file_path=f"picture{number}.png")
        case "run":
            return call("Bash", command=f"echo {turn}")
        case _:
            return WORDS * 3


def picture(number: int) -> bytes:
    """A small picture, another one for each number."""
    file = BytesIO()
    Image.new("RGB", (64, 64), number % (1 << 24)).save(file, "PNG")
    return file.getvalue()


def _entries(body: JsonObject) -> Sequence[object]:
    found = next(body[name] for name in ("messages", "contents", "input") if name in body)
    return found if isinstance(found, Sequence) else [found]


if __name__ == "__main__":
    asyncio.run(main())
