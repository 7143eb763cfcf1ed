"""Map and reduce: each file is read by an agent of its own, and one more sums up (no key needed)."""

import asyncio
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sagent import Fleet, JsonObject, SagentError, tools
from sagent.lib.json import json_text
from sagent.providers import Anthropic
from sagent.testing import WireReplying, WireServer, always, as_json, call

FILES = {
    "basket.py": "def total(prices):\n    return sum(prices)\n",
    "mean.py": "def mean(numbers):\n    return sum(numbers) / len(numbers)\n",
    "shop.py": "from basket import total\n\n\ndef sell(prices):\n    return f'{total(prices)} please'\n",
}


@dataclass(frozen=True)
class Module:
    """What an agent finds out about one file."""

    path: str
    functions: list[str]


def plays(request: JsonObject) -> WireReplying:
    """The model's part: reads the file that it is asked about, or sums up what it is told."""
    said = json_text(request["messages"])
    if "Sum up" in said:
        return f"There are {len(re.findall('functions', said))} files."
    (path,) = set(re.findall(r"Describe (\w+\.py)", said))
    if '"tool_result"' not in said:
        return call("Read", file_path=path)
    return as_json({"path": path, "functions": re.findall(r"def (\w+)", said)})


async def main(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text)
    async with WireServer(always(plays)) as server:
        os.environ.update(server.environment)  # where the provider's key and address are looked up
        async with Fleet(Anthropic.from_env().model(), tools=[tools.Read()], workspace=folder) as fleet:
            prompts = [f"Describe {name}." for name in FILES]
            found = await fleet.map(prompts, output=Module, concurrency=2)
            for each in found:
                match each:
                    case Module():
                        print(f"{each.path}: {', '.join(each.functions)}")
                    case SagentError():
                        print(f"failed: {each}")
            answer = await fleet.spawn(name="editor", tools=()).run(f"Sum up: {found}")
    print(answer.content)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(main(Path(place)))
