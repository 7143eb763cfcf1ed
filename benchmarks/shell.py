"""Thousands of Bash calls in one process: what they cost, and what they leave behind."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sagent.atoms import CallId, ToolName
from sagent.lib.json import freeze_object
from sagent.schema.message import ToolCall
from sagent.tools import Bash
from sagent.tools.process import start

CALLS = 10_000
AT_ONCE = 4
KILLS = 50


def report() -> Sequence[tuple[str, str, str]]:
    """The rows: what, figure, goal."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> Sequence[tuple[str, str, str]]:
    bash = Bash(folder)
    await _many(bash, 200)
    before, memory = _counts(), _memory()
    began, processor = time.perf_counter(), time.process_time()
    await _many(bash, CALLS)
    wall, processor = time.perf_counter() - began, time.process_time() - processor
    left = [after - earlier for after, earlier in zip(_counts(), before, strict=True)]
    grown = _memory() - memory
    kills = [await _kill(folder) for _ in range(KILLS)]
    return [
        (f"{CALLS:,} calls of `echo hi`, {AT_ONCE} at once", f"{CALLS / wall:.0f}/s", ""),
        ("CPU of this process a call", f"{processor / CALLS * 1000:.2f} ms", ""),
        ("descriptors, threads, children left", ", ".join(map(str, left)), "0, 0, 0"),
        ("memory grown by them", f"{grown / 1024:.1f} MB", "flat"),
        (
            f"SIGKILL until a group of 3 is dead, median of {KILLS}",
            f"{median(kills) * 1000:.1f} ms",
            "<= 10 ms",
        ),
        ("the same, at most", f"{max(kills) * 1000:.1f} ms", ""),
    ]


async def _many(bash: Bash, calls: int) -> None:
    async def some() -> None:
        for _ in range(calls // AT_ONCE):
            call = ToolCall(
                call_id=CallId("c1"),
                vendor_id="",
                tool=ToolName("Bash"),
                content=freeze_object({"command": "echo hi"}),
            )
            async for _ in bash.run(call):
                pass

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def _kill(folder: Path) -> float:
    reading, writing = os.pipe()
    command = ("bash", "-c", "sleep 600 & sleep 600 & echo begun; wait")
    group = await start(command, folder=folder, output=writing, environment=dict(os.environ))
    await asyncio.to_thread(os.read, reading, 100)
    os.close(reading)
    os.close(writing)
    began = time.perf_counter()
    os.killpg(group.number, signal.SIGKILL)
    await group.gone(10.0)
    return time.perf_counter() - began


def _counts() -> tuple[int, int, int]:
    """Descriptors, threads and children of this process."""
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(0.2)  # one that has waited for a process ends just after it
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(children)


def _memory() -> int:
    """What this process keeps in memory, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
