"""What reading files costs: the end, and a line far in, of a file of 2 GB."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.memory import peak
from sagent.atoms import CallId
from sagent.lib.json import freeze_object
from sagent.schema.message import ToolCall
from sagent.tools import Read

SIZE = 2 * 1024**3


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small").write_text("line\n" * 10)
        with (folder / "large").open("wb") as file:
            file.write((b"y" * 99 + b"\n") * 200_000)
            file.truncate(SIZE)  # sparse in its middle
            file.seek(SIZE - 1_000_000)
            file.write((b"y" * 99 + b"\n") * 10_000)
        alone, _ = _measured(folder, {"file_path": "small"})
        yield "reading a file of 10 lines, the interpreter included", _mb(alone), ""
        for what, directive in (
            ("10 lines at the end of 2 GB", {"last_lines": 10}),
            ("10 lines 180,000 lines into 2 GB", {"offset": 180_000, "limit": 10}),
        ):
            peak, took = _measured(folder, {"file_path": "large", **directive})
            yield what, f"{_mb(peak)}, {took:.2f} s", "goal 50 MB"


def _measured(folder: Path, directive: Mapping[str, object]) -> tuple[int, float]:
    """The peak of memory in bytes, and the seconds, of one call in a process of its own."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.files", str(folder), json.dumps(directive)],
        capture_output=True,
        check=True,
    )
    return int(done.stdout), time.monotonic() - started


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


async def main(folder: str, directive: str) -> None:
    """Call the tool once, and print the peak of memory."""
    tool = Read(Path(folder))
    content = freeze_object(json.loads(directive))
    await tool.run(ToolCall(call_id=CallId("c1"), vendor_id="", tool=tool.name, content=content))
    print(peak())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
