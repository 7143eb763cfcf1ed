"""Processes that hold a published agent, for tests that reach them from outside."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def settled(name: str, file: Path, manner: str = "answers") -> Iterator["subprocess.Popen[str]"]:
    """A process with an agent of this name, which can be reached."""
    program = [sys.executable, "-m", "tests.exchange.settler", name, str(file), manner]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            while process.stdout.readline() != "ready\n":
                pass
            yield process
        finally:
            process.kill()


async def line_of(process: "subprocess.Popen[str]") -> str:
    """The next line that a process writes."""
    assert process.stdout is not None
    return (await asyncio.to_thread(process.stdout.readline)).strip()
