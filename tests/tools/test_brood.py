"""What commands leave running ends with their agent, wherever it has gone, and however that ends."""

import asyncio
import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sagent.tools import Bash
from sagent.tools.brood import Brood
from sagent.tools.progeny import found
from tests.tools.calls import Desk, said

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc")


PATIENCE = 10.0
"""For how many seconds a test waits for what must come."""


def alive(number: int) -> bool:
    """Whether a process still runs; a dead one that nobody has buried does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def ends(number: int) -> bool:
    """Whether a process that was killed ends: the kernel takes its time for that where much is going on."""
    try:
        death = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([death], [], [], PATIENCE)[0])
    finally:
        os.close(death)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def children() -> int:
    return len(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.fixture
def bash(tmp_path: Path) -> Bash:
    return Bash().hosted_by(Desk(tmp_path))


@pytest.fixture
def stray() -> Iterator[list[int]]:
    """Processes that are to be ended in any case."""
    numbers: list[int] = []
    yield numbers
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


LEAVING = {
    "in the background": "sleep 600 & echo $! > pid",
    "in a session of its own": "setsid sleep 600 & echo $! > pid",
    "under job control": "set -m; sleep 600 & echo $! > pid",
    "without an environment": "env -i sleep 600 & echo $! > pid",
    "deaf to a polite end": "(trap '' TERM; exec sleep 600) & echo $! > pid",
    "as a daemon": "(setsid sh -c 'echo $$ > pid; exec sleep 600' > /dev/null 2>&1 &)",
}


@pytest.mark.parametrize("command", LEAVING.values(), ids=LEAVING.keys())
async def test_what_is_left_running_goes_on_until_the_agent_ends(
    bash: Bash, tmp_path: Path, command: str, stray: list[int]
) -> None:
    await said(bash, command=command)
    await said(bash, command="until [ -s pid ]; do sleep 0.01; done")
    number = int((tmp_path / "pid").read_text())
    stray.append(number)
    before = alive(number)

    await bash.sweep()

    assert (before, ends(number)) == (True, True)


async def test_what_is_meant_to_stay_outlives_the_agent(bash: Bash, tmp_path: Path, stray: list[int]) -> None:
    await said(bash, command="sleep 600 & echo $! > pid", keep_running=True)
    number = int((tmp_path / "pid").read_text())
    stray.append(number)

    await bash.sweep()

    assert alive(number)


async def test_an_agent_ends_only_what_is_its_own(tmp_path: Path, stray: list[int]) -> None:
    one, other = (Bash().hosted_by(Desk(tmp_path)) for _ in range(2))
    await said(one, command="sleep 600 & echo $! > one")
    await said(other, command="sleep 600 & echo $! > other")
    numbers = [int((tmp_path / name).read_text()) for name in ("one", "other")]
    stray.extend(numbers)

    await one.sweep()

    assert (ends(numbers[0]), alive(numbers[1])) == (True, True)


async def test_a_call_that_is_cancelled_ends_also_what_has_left_its_group(
    bash: Bash, tmp_path: Path, stray: list[int]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    command = "setsid sh -c 'echo $$ > pipe; exec sleep 600' & wait"
    task = asyncio.create_task(said(bash, command=command))
    number = int(await asyncio.to_thread((tmp_path / "pipe").read_text))
    stray.append(number)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert ends(number)


def test_one_mark_is_never_the_beginning_of_another() -> None:
    broods = [Brood() for _ in range(12)]

    marks = [brood.mark() for brood in broods for _ in range(12)]

    assert not any(one != other and one.startswith(other) for one in marks for other in marks)


MORTAL = """
import asyncio, os, sys
from pathlib import Path
from sagent.tools import Bash
from tests.tools.calls import Desk, said

async def main():
    bash = Bash().hosted_by(Desk(Path(sys.argv[1])))
    await said(bash, command="setsid sleep 600 & sleep 600 & echo $! > pid")
    mark = (Path("/proc") / (Path(sys.argv[1]) / "pid").read_text().strip() / "environ").read_bytes()
    [mark] = [word for word in mark.decode().split("\\0") if word.startswith("SAGENT_CALL=")]
    print(mark.partition("=")[2], flush=True)
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), 9)

asyncio.run(main())
"""


@pytest.mark.parametrize("end", ["dies", "returns"])
async def test_a_guard_ends_what_a_process_leaves_however_it_ends(tmp_path: Path, end: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        MORTAL,
        str(tmp_path),
        end,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    output, _ = await process.communicate()
    mark = output.decode().strip()

    with contextlib.ExitStack() as stack:
        deaths = [os.pidfd_open(number) for number in found(mark) if alive(number)]
        for death in deaths:
            stack.callback(os.close, death)
            assert await asyncio.to_thread(select.select, [death], [], [], 20.0) != ([], [], [])
    assert (process.returncode, mark.count("."), found(mark)) == (-9 if end == "dies" else 0, 4, set())


async def test_many_calls_leave_no_descriptor_thread_or_process(bash: Bash) -> None:
    await said(bash, command="true")  # the guard of the process, and what is loaded at first
    before = descriptors(), children()
    waiting = set(threading.enumerate())

    for _ in range(20):
        await asyncio.gather(*(said(bash, command="echo one; (exit 3)") for _ in range(10)))

    left = set(threading.enumerate()) - waiting
    for thread in left:
        thread.join(10.0)  # one that has waited for a process ends just after it
    assert not any(thread.is_alive() for thread in left)
    assert (descriptors(), children()) == before
