"""What reading files costs: the end, and a line far in, of a file of 2 GB."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

SIZE = 2 * 1024**3

SCRIPT = """
import asyncio, json, resource, sys
from pathlib import Path
from sagent.atoms import CallId
from sagent.lib.json import freeze_object
from sagent.schema.message import ToolCall
from sagent.tools import Read

async def main():
    tool = Read(Path(sys.argv[1]))
    directive = freeze_object(json.loads(sys.argv[2]))
    answer = await tool.run(ToolCall(call_id=CallId("c1"), vendor_id="", tool=tool.name, content=directive))
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says begins with what the parent had
        print(int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

asyncio.run(main())
"""


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
    import json

    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), json.dumps(directive)], capture_output=True, check=True
    )
    return int(done.stdout), time.monotonic() - started


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
