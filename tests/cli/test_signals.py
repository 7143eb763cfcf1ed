"""Ctrl-C in each phase of a headless run: a quick end, and a log that goes on."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from sagent.errors import Overloaded
from sagent.lib.json import JsonObject
from sagent.schema.codec import decode_result
from sagent.testing import Stall, call, serve
from tests.cli.command import PATIENCE, Place, interrupted


def goes_on(place: Place, *script: str) -> None:
    """The session is there, and every request that follows is one that the provider takes."""
    with serve(*script) as served:
        again = place.run(served, "--continue", "go on")

        assert (again.code, again.out, served.complaints) == (0, f"{script[-1]}\n", ())


def test_while_the_model_speaks_its_words_so_far_are_kept(place: Place) -> None:
    primary, secondary = pty.openpty()
    with serve(["Half an answer ", Stall()]) as served:
        command = subprocess.Popen(
            [sys.executable, "-m", "sagent", "hello"],
            cwd=place.work,
            env=place.environ(served),
            stdin=subprocess.DEVNULL,
            stdout=secondary,
            stderr=subprocess.PIPE,
        )
        seen = b""
        while b"Half an" not in seen:
            seen += os.read(primary, 1000)
        command.send_signal(signal.SIGINT)
        _, err = command.communicate()
    os.close(secondary)
    os.close(primary)

    assert command.returncode == 130
    assert err.decode().splitlines()[0] == "interrupted"
    assert "Half an" in place.logs()[0].read_text()
    goes_on(place, "Gladly.")


def test_what_a_terminal_has_echoed_of_control_c_is_written_over(place: Place) -> None:
    primary, secondary = pty.openpty()
    asked = threading.Event()

    def silent(request: JsonObject) -> Stall:
        asked.set()
        return Stall()

    with serve(silent) as served:
        command = subprocess.Popen(
            [sys.executable, "-m", "sagent", "hello"],
            cwd=place.work,
            env=place.environ(served),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=secondary,
        )
        assert asked.wait(PATIENCE)
        command.send_signal(signal.SIGINT)
        command.wait(PATIENCE)
    os.close(secondary)
    told = os.read(primary, 100_000).decode()
    os.close(primary)

    assert told.startswith("\rinterrupted\r\n")


def test_while_the_model_is_silent_it_ends_at_once(place: Place) -> None:
    asked = threading.Event()

    def silent(request: JsonObject) -> Stall:
        asked.set()
        return Stall()

    with serve(call("List", path="."), silent) as served:
        command = place.start(served, "--output-format", "json", "hello")
        asked.wait()
        ended = interrupted(command)

    result = decode_result(json.loads(ended.out))
    assert ended.code == 130
    assert result.error is not None
    assert result.error.kind == "AgentHalted"
    assert result.cost_usd is None
    goes_on(place, "Gladly.")


def test_while_a_command_runs_it_is_ended_with_all_that_it_started(place: Place) -> None:
    ready = place.work / "ready"
    os.mkfifo(ready)
    with serve([call("Bash", command="sleep 600 & echo $! > ready; wait")]) as served:
        command = place.start(served, "hello")
        child = int(ready.read_text())
        ended = interrupted(command)

    assert ended.code == 130
    assert not is_alive(child)
    goes_on(place, "Gladly.")


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that nobody has buried yet does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(") ")[2][0] != "Z"


def test_while_it_waits_to_try_again_it_does_not_wait_any_longer(place: Place) -> None:
    with serve(Overloaded("come back later", retry_after=60)) as served:
        command = place.start(served, "hello")
        assert command.stderr is not None
        announced = command.stderr.readline()
        ended = interrupted(command)

    assert announced.startswith("attempt 1 failed, next in 60 s: ")
    assert ended.code == 130
    goes_on(place, "Gladly.")


def test_while_it_reads_the_prompt_nothing_is_begun_and_programs_are_told(place: Place) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "sagent", "--output-format", "json"],
        cwd=place.work,
        env=place.environ(None),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdin is not None
    with closing(command.stdin):
        # More than a pipe holds: when this returns, it is being read.
        command.stdin.write("x" * 200_000)
        command.stdin.flush()
        command.send_signal(signal.SIGINT)
        code = command.wait()
    assert command.stderr is not None
    assert command.stdout is not None
    err = command.stderr.read()
    result = decode_result(json.loads(command.stdout.read()))
    command.stderr.close()
    command.stdout.close()

    assert (code, err, place.logs()) == (130, "interrupted\n", [])
    assert result.error is not None
    assert (result.error.kind, result.error.message) == ("AgentHalted", "interrupted")


def test_a_supervisor_that_ends_it_is_told_by_which_signal(place: Place) -> None:
    with serve(Overloaded("come back later", retry_after=60)) as served:
        command = place.start(served, "hello")
        assert command.stderr is not None
        command.stderr.readline()
        ended = interrupted(command, signal.SIGTERM)

    assert ended.code == 143
    assert ended.err.startswith("ended by signal 15\ngo on with: sagent --session ")


def test_a_second_signal_does_not_wait_for_a_tool_that_will_not_end(place: Place) -> None:
    ready = place.work / "ready"
    os.mkfifo(ready)
    stubborn = "trap '' TERM; echo $$ > ready; while true; do sleep 0.05; done"
    with serve([call("Bash", command=stubborn)]) as served:
        command = place.start(served, "hello")
        shell = int(ready.read_text())
        command.send_signal(signal.SIGINT)
        ended = interrupted(command)

    os.killpg(shell, signal.SIGKILL) if is_alive(shell) else None
    assert ended.code == 130
