"""`sagent agents`, `send` and `attach`, against agents of other processes."""

import getpass
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sagent.cli.arguments import name_of
from sagent.errors import UsageError
from tests.cli.command import Ended, Place, interrupted
from tests.exchange.conftest import elsewhere
from tests.exchange.settlement import settled

__all__ = ["elsewhere"]  # each test has a meeting place of its own


def attached(place: Place, name: str) -> "subprocess.Popen[str]":
    """The command that follows an agent, its input a pipe; what it says of the agent has been read."""
    command = subprocess.Popen(
        [sys.executable, "-m", "sagent", "attach", name],
        cwd=place.work,
        env=place.environ(None),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stderr is not None
    assert "Ctrl-C leaves it running" in command.stderr.readline()
    return command


def line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_running_agents_are_listed_for_people_and_for_programs(place: Place, tmp_path: Path) -> None:
    with settled("Ada", tmp_path / "a.jsonl"), settled("Bob", tmp_path / "b.jsonl") as bob:
        table, listed = place.run(None, "agents"), place.run(None, "agents", "--json")

    rows = sorted(line.split() for line in table.out.splitlines())
    assert [row[:6] for row in rows] == [
        ["Ada", "a", "idle", "Scripted/scripted", "now", str(Path.cwd())],
        ["Bob", "b", "idle", "Scripted/scripted", "now", str(Path.cwd())],
    ]
    (entry,) = [entry for entry in json.loads(listed.out) if entry["name"] == "Bob"]
    assert (entry["session_id"], entry["pid"], entry["persistent"]) == ("b", bob.pid, True)


def test_where_nothing_runs_that_is_said_and_is_no_error_of_a_list(place: Place) -> None:
    table, listed, sent = (
        place.run(None, "agents"),
        place.run(None, "agents", "--json"),
        place.run(None, "send", "Bob", "hello"),
    )

    words = "no agent is running that can be reached: talk to one (`sagent`), or `run_forever` one\n"
    assert table == Ended(code=0, out="", err=words)
    assert listed == Ended(code=0, out="[]\n", err="")
    assert sent == Ended(code=2, out="", err=f"sagent: {words}")


def test_a_letter_from_the_command_line_is_a_peers_and_its_receipt_is_printed(
    place: Place, tmp_path: Path
) -> None:
    with settled("Bob", tmp_path / "b.jsonl") as bob:
        sent = place.run(None, "send", "Bob", "look", "here")
        heard = line_of(bob)
        planned = place.run(None, "send", "b", "later", "--delay", "3600")

    assert sent == Ended(code=0, out="Bob (b): accepted\n", err="")
    assert heard == f"peer {getpass.getuser()} by `sagent send` look here"
    assert (planned.code, planned.out.startswith("Bob (b): accepted, planned as m")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("send", "Eve", "hello"), "no agent is called 'Eve'; there are Bob"),
        (("send", "Bob"), "there is nothing to send"),
        (("send", "Bob", "x", "--delay", "-1"), "--delay is -1: it must be more than 0"),
        (("attach", "Eve"), "no agent is called 'Eve'; there are Bob"),
    ],
)
def test_what_cannot_be_sent_is_a_usage_error(
    place: Place, tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    with settled("Bob", tmp_path / "b.jsonl"):
        refused = place.run(None, *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert why in refused.err


def test_a_name_that_two_have_is_told_apart_by_their_ids(place: Place, tmp_path: Path) -> None:
    with settled("Bob", tmp_path / "one.jsonl"), settled("Bob", tmp_path / "other.jsonl"):
        refused, sent = place.run(None, "send", "Bob", "hello"), place.run(None, "send", "oth", "hello")

    head, _, ids = refused.err.strip().rpartition(": ")
    assert (refused.code, head) == (2, "sagent: 2 agents are called 'Bob': give the id of one")
    assert sorted(ids.split(", ")) == ["one", "other"]
    assert sent.out == "Bob (other): accepted\n"


def test_an_agent_is_followed_until_ctrl_c_and_goes_on(place: Place, tmp_path: Path) -> None:
    with settled("Bob", tmp_path / "b.jsonl") as bob:
        following = attached(place, "Bob")
        assert following.stdin is not None
        following.stdin.write("are you there?\n")
        following.stdin.flush()
        answered = line_of(following)
        left = interrupted(following, signal.SIGINT)
        after = place.run(None, "send", "Bob", "still there?")
        alive = bob.poll() is None

    assert answered == "heard"
    assert left.code == 0
    assert f"[peer {getpass.getuser()} by `sagent send`] are you there?" in left.err
    assert "Bob goes on" in left.err
    assert (after.code, alive) == (0, True)


def test_whoever_follows_an_agent_is_told_of_its_end(place: Place, tmp_path: Path) -> None:
    with settled("Bob", tmp_path / "b.jsonl") as bob:
        following = attached(place, "Bob")
        bob.kill()
        _, err = following.communicate(timeout=20)

    assert (following.returncode, err) == (0, "Bob has ended\n")


def test_a_name_is_what_a_tool_could_be_called() -> None:
    assert name_of("reviewer-2") == "reviewer-2"
    with pytest.raises(UsageError, match="--name 'a b'"):
        name_of("a b")
