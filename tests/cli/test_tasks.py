"""The command with something in its background: real processes, a provider of the test's own (scene 23)."""

import json
import os
import signal
import socket
import sys
from contextlib import suppress

import pytest

from sagent.schema.codec import decode_kept, decode_result
from sagent.schema.message import JobStarted, ToolCall, ToolResult
from sagent.testing import call, serve
from tests.cli.command import Place


def starts(command: str, **more: object) -> ToolCall:
    """A command in the background."""
    return call("BackgroundTask", action="start", tool="Bash", directive={"command": command}, **more)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether a server listens there."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def serving(port: int) -> tuple[str, str]:
    """A command that serves, and one that returns when it does."""
    server = f"exec {sys.executable} -m http.server {port} --bind 127.0.0.1"
    until = f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.05; done"
    return server, until


def test_a_dev_server_is_started_and_the_command_returns_ends_it_and_says_so(place: Place) -> None:
    port = free_port()
    server, until = serving(port)
    script = starts(server, promises=False), call("Bash", command=until), "It serves."
    with serve(*script) as served:
        ended = place.run(served, "-p", "start the dev server")

        assert (ended.code, ended.out, served.complaints) == (0, "It serves.\n", ())
    assert not answers(port)
    last = ended.err.splitlines()[-1]
    assert last.startswith("ended with the agent: Bash call c")
    assert f"http.server {port}" in last


def test_programs_are_told_what_ends_with_the_agent_before_the_result(place: Place) -> None:
    port = free_port()
    server, until = serving(port)
    script = starts(server, promises=False), call("Bash", command=until), "It serves."
    with serve(*script) as served:
        ended = place.run(served, "--output-format", "stream-json", "start the dev server")

    *_, notice, result = map(json.loads, ended.out.splitlines())
    assert notice["descriptor"] == "application/x-notice"
    assert notice["content"].startswith("ended with the agent: Bash call c")
    assert decode_result(result).answer == "It serves."
    assert not answers(port)


def test_an_answer_waits_for_what_was_promised_and_tells_it(place: Place) -> None:
    with serve(starts("sleep 0.2; echo $((6*7))", delay=0.1), "It is planned.", "42.") as served:
        ended = place.run(served, "compute it later")

        told = str(served.requests[-1].body)
    assert (ended.code, ended.out) == (0, "42.\n")
    assert "in the background, finished after 0." in told
    assert "42" in told


def test_what_is_planned_for_much_later_stays_in_the_session_and_is_said(place: Place) -> None:
    with serve(starts("date", delay=86_400), "Tomorrow, then.", "Still tomorrow.") as served:
        first = place.run(served, "do it tomorrow")
        second = place.run(served, "--continue", "and now?")

    assert (first.out, second.out) == ("Tomorrow, then.\n", "Still tomorrow.\n")
    for ended in (first, second):
        assert ended.err.splitlines()[-1].startswith("planned, and not begun: Bash call c")
    assert first.err.splitlines()[-1] == second.err.splitlines()[-1]


@pytest.mark.parametrize("ended", [False, True], ids=["while it runs", "before its outcome is heard"])
def test_a_command_killed_with_a_task_in_its_background_tells_of_it_once_in_the_next(
    place: Place, ended: bool
) -> None:
    for name in ("begun", "gate", "ready"):
        os.mkfifo(place.work / name)
    build = starts("echo $$ > begun; cat gate; echo built")
    waits = call("Bash", command="echo $$ > ready; exec sleep 600")  # until then no outcome is heard
    with serve(build, waits, "I know.", "Nothing new.") as served:
        with place.start(served, "--output-format", "stream-json", "build it") as command:
            groups = [int((place.work / name).read_text()) for name in ("begun", "ready")]
            if ended:
                (place.work / "gate").write_text("")
                assert command.stdout is not None
                next(line for line in command.stdout if "x-tool-result" in line and "built" in line)
            command.kill()
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)  # nobody was left to end it
        first = place.run(served, "--continue", "what became of it?")
        heard = str(served.requests[-1].body)
        second = place.run(served, "--continue", "and now?")

    (log,) = place.logs()
    kept = [decode_kept(json.loads(line)) for line in log.read_text().splitlines()[1:]]
    (job,) = [message.content.content.call_id for message in kept if isinstance(message, JobStarted)]
    assert (first.out, second.out) == ("I know.\n", "Nothing new.\n")
    assert f"in the background, {'finished' if ended else 'failed'}" in heard
    assert heard.count("the process ended before this finished") == (1 if ended else 2)
    assert len([m for m in kept if isinstance(m, ToolResult) and m.call_id == job]) == 1
