"""A program that is begun, heard and ended, whatever it is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select

import pytest

from sagent.providers.llama_cpp.process import Process

PATIENCE = 20.0


@contextmanager
def running(*command: str) -> Iterator[Process]:
    process = Process(command, os.environ)
    try:
        yield process
    finally:
        process.end()


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("0.00.025 I srv init: listening on http://127.0.0.1:38421", 38421),
        ("main: server is listening on http://127.0.0.1:8080 - starting the main loop", 8080),
        ("main: HTTP server is listening, hostname: 127.0.0.1, port: 43210, http threads: 3", 43210),
        ("main: loading model", None),
    ],
)
def test_the_port_is_the_one_that_the_server_says_it_was_given(line: str, port: int | None) -> None:
    with running("echo", line) as process:
        process.wait(PATIENCE)

        assert (process.port, process.ended) == (port, "exited with status 0")


def test_a_program_that_fails_leaves_its_last_words_also_when_it_is_put_away() -> None:
    with running("sh", "-c", "echo one; echo; echo two >&2; echo three; exit 7") as process:
        process.wait(PATIENCE)
        said = process.said(2)

    assert (said, process.said(2), process.ended) == ("two\nthree", "two\nthree", "exited with status 7")


def test_a_program_that_runs_is_ended_with_all_that_waits_for_it() -> None:
    with running("sh", "-c", "echo up; exec sleep 600") as process:
        while not process.said(1):
            pass
        before = process.ended

        process.end()

    assert (before, process.ended) == ("", "was ended by SIGTERM")


def test_a_program_that_does_not_heed_the_request_to_end_is_ended_all_the_same() -> None:
    with running("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done") as process:
        while not process.said(1):
            pass

        process.end()

    assert process.ended == "was ended by SIGKILL"


def test_a_program_that_cannot_be_run_says_so_in_its_log() -> None:
    with running("/nowhere/llama-server") as process:
        process.wait(PATIENCE)

        assert process.ended == "exited with status 126"
        assert process.said(1) == "/nowhere/llama-server: No such file or directory"


def guard_of(process: Process) -> int:
    """The number of the guard, once the program has said it."""
    while not (said := process.said(1)):
        pass
    return int(said)


@contextmanager
def held(path: Path) -> Iterator[int]:
    """A pipe that a program writes to as long as it lives."""
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield reader
    finally:
        os.close(reader)


def is_let_go(reader: int) -> bool:
    """Whether all who held the pipe have ended, in good time."""
    return bool(select([reader], [], [], PATIENCE)[0]) and os.read(reader, 1) == b""


HOLDS = 'exec 3>"$0"; echo $PPID; exec sleep 600'
HAS_A_CHILD = 'exec 3>"$0"; sleep 600 & echo $PPID; wait'


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tie a process to its parent")
def test_a_guard_that_is_killed_takes_its_program_with_it(tmp_path: Path) -> None:
    with held(tmp_path / "pipe") as pipe, running("sh", "-c", HOLDS, str(tmp_path / "pipe")) as process:
        os.kill(guard_of(process), signal.SIGKILL)

        assert is_let_go(pipe)
        process.wait(PATIENCE)
        assert process.ended == "was ended by SIGKILL"


def test_what_a_guard_that_is_killed_leaves_behind_is_ended_when_that_is_seen(tmp_path: Path) -> None:
    with held(tmp_path / "pipe") as pipe, running("sh", "-c", HAS_A_CHILD, str(tmp_path / "pipe")) as process:
        os.kill(guard_of(process), signal.SIGKILL)
        process.wait(PATIENCE)

        assert is_let_go(pipe)


def test_what_a_guard_that_is_killed_leaves_behind_is_ended_with_the_process(tmp_path: Path) -> None:
    with held(tmp_path / "pipe") as pipe:
        with running("sh", "-c", HAS_A_CHILD, str(tmp_path / "pipe")) as process:
            os.kill(guard_of(process), signal.SIGKILL)

        assert is_let_go(pipe)


BEGINS = """
import os, sys
from sagent.providers.llama_cpp.process import Process

process = Process(sys.argv[1:], os.environ)
while not process.said(1):
    pass
print(process.said(1), flush=True)
process.wait(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tie a process to its parent")
def test_a_program_ends_where_who_began_it_and_the_guard_are_killed_at_once(tmp_path: Path) -> None:
    command = ("sh", "-c", HOLDS, str(tmp_path / "pipe"))
    with (
        held(tmp_path / "pipe") as pipe,
        subprocess.Popen([sys.executable, "-c", BEGINS, *command], stdout=subprocess.PIPE) as owner,
    ):
        assert owner.stdout is not None
        guard = int(owner.stdout.readline())
        owner.send_signal(signal.SIGSTOP)  # so that it sees nothing of the guard's end
        os.kill(guard, signal.SIGKILL)
        owner.kill()

        assert is_let_go(pipe)
