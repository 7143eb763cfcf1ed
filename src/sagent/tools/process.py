"""A command with all that it starts: one process group, which ends as one."""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from asyncio.subprocess import Process

GRACE: Final = 0.5
"""How many seconds a group has to end by itself after SIGTERM."""

QUIET: Final[Mapping[str, str]] = {
    "CI": "1",
    "DEBIAN_FRONTEND": "noninteractive",
    "GIT_EDITOR": "true",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "MANPAGER": "cat",
    "NO_COLOR": "1",
    "PAGER": "cat",
    "PIP_NO_INPUT": "1",
    "PYTHONUNBUFFERED": "1",
    "SYSTEMD_PAGER": "cat",
    "TERM": "dumb",
    "npm_config_yes": "true",
}
"""What keeps programs from asking, paging and painting."""


class Group:
    """A running process group."""

    def __init__(self, leader: "Process") -> None:
        from asyncio import ensure_future

        self.number: int = leader.pid
        self._end = ensure_future(leader.wait())

    async def ended(self, seconds: float) -> int | None:
        """Wait so long for the leader; its exit code, or None while it runs. Others may go on."""
        from asyncio import wait

        await wait((self._end,), timeout=seconds)
        return self._end.result() if self._end.done() else None

    async def gone(self, seconds: float) -> bool:
        """Wait so long for everybody of the group to be dead."""
        from asyncio import sleep

        pause = 0.0005
        while not self._end.done() or self.alive:
            if seconds <= 0:
                return False
            await sleep(pause)
            seconds -= pause
            pause = min(pause * 1.2, 0.01)
        return True

    @property
    def work(self) -> int | None:
        """How much processor time those who live have used, in ticks; None where the system does not tell."""
        return _sum(self.number)

    @property
    def alive(self) -> bool:
        """Whether anybody of the group still runs."""
        if not _signalled(self.number, 0):
            return False
        # Those that nobody has buried yet can still be signalled, so we ask what they are where that is told.
        states = _states(self.number)
        return states is None or any(state not in {b"Z", b"X"} for state in states)

    async def kill(self, grace: float = GRACE) -> None:
        """End everybody of the group, politely and after the grace by force; return when they are dead."""
        try:
            _signalled(self.number, signal.SIGTERM)
            await self.gone(grace)
        finally:
            # Also when nobody has the patience to wait any longer.
            _signalled(self.number, signal.SIGKILL)
        await self.gone(1.0)


async def start(
    command: Sequence[str],
    *,
    folder: Path,
    output: int,
    environment: Mapping[str, str],
    errors: int | None = None,
    given: int | None = None,
) -> Group:
    """Start a command in a session of its own, writing to file descriptors, and reading only what is given.

    Raises:
        OSError: it cannot be started.
        ValueError: it contains a NUL.
    """
    import asyncio

    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL if given is None else given,
            stdout=output,
            stderr=output if errors is None else errors,
            start_new_session=True,
        )
    )
    try:
        return Group(await asyncio.shield(starting))
    except asyncio.CancelledError:
        # It may run already, and others of its group with it, though nobody here has heard of it yet.
        with suppress(OSError, ValueError):
            await Group(await starting).kill()
        raise


def _signalled(group: int, number: int) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


def _states(group: int) -> Sequence[bytes] | None:
    """The states of the processes of a group; None where the system does not tell."""
    members = _members(group)
    return None if members is None else [fields[0] for fields in members]


def _sum(group: int) -> int | None:
    members = _members(group)
    return None if members is None else sum(int(fields[11]) + int(fields[12]) for fields in members)


def _members(group: int) -> Sequence[Sequence[bytes]] | None:
    """What the system says of each process of a group, from its state on; None where it does not."""
    try:
        # Not pathlib: this is asked while somebody waits for a kill, and costs a fifth so.
        numbers = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return None
    members: list[Sequence[bytes]] = []
    for number in numbers:
        with suppress(OSError):
            if os.getpgid(int(number)) == group:
                with open(f"/proc/{number}/stat", "rb") as status:  # noqa: PTH123
                    # proc(5): the name in parentheses, then the state.
                    members.append(status.read().rpartition(b") ")[2].split())
    return members
