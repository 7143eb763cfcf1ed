"""Permission modes, rules and hooks, from flags and settings to what the model is told."""

import json
import os
import sys
from collections.abc import Mapping, Sequence

import pytest

from sagent.cli.permissions import policy_for, told
from sagent.cli.settings import Settings
from sagent.permissions.policy import Policy
from sagent.schema.codec import decode_after_tool, decode_before_tool
from sagent.testing import Served, call, serve
from tests.cli.command import Place

NOBODY = "nobody can be asked here"
KEEP = "json.dump(message, open('seen.json', 'w')); tool = message['content']['tool']"


def settle(place: Place, settings: object, *, project: bool = False) -> None:
    """Write a settings file."""
    path = place.work / ".sagent" if project else place.home / ".config" / "sagent"
    path.mkdir(parents=True)
    (path / "settings.json").write_text(json.dumps(settings))


def hook(place: Place, body: str) -> str:
    """A hook that is a Python program."""
    script = place.home / f"hook{len(list(place.home.iterdir()))}.py"
    script.write_text(f"import json, sys\nmessage = json.load(sys.stdin)\n{body}\n")
    return f"{sys.executable} {script}"


def asked(served: Served) -> str:
    """All that the model was told."""
    return json.dumps([request.body for request in served.requests])


@pytest.mark.parametrize(
    ("flags", "settings", "runs", "why"),
    [
        ((), {}, True, ""),
        (("--permission-mode", "default"), {}, False, NOBODY),
        (("--permission-mode", "read-only"), {}, False, "the mode read-only runs no such command"),
        (("--permission-mode", "full"), {}, True, ""),
        ((), {"default_mode": "default"}, False, NOBODY),
        (("--yes",), {"default_mode": "default", "ask": ["Bash"]}, True, ""),
        ((), {"default_mode": "default", "allow": ["Bash(test:*)"]}, True, ""),
        ((), {"deny": ["Bash(test:*)"]}, False, "the rule Bash(test:*) denies it"),
        (("--yes",), {"deny": ["Bash(test:*)"]}, False, "the rule Bash(test:*) denies it"),
        ((), {"ask": ["Bash(test:*)"]}, False, NOBODY),
    ],
)
def test_a_headless_run_never_waits_for_leave_and_says_what_would_give_it(
    inside: Place, flags: Sequence[str], settings: Mapping[str, object], runs: bool, why: str
) -> None:
    settle(inside, {"permissions": settings})

    with serve(call("Bash", command="test 1 = 1"), "Done.") as served:
        ended = inside.run(served, *flags, "go")
        sent = asked(served)

    assert (ended.code, ended.out) == (0, "Done.\n")
    assert ("not run" not in sent) == runs
    assert why in sent


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--yes", "--permission-mode", "read-only"), "--yes allows everything"),
        (("--permission-mode", "yolo"), "--permission-mode"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(
    inside: Place, flags: Sequence[str], message: str
) -> None:
    ended = inside.run(None, *flags, "go")

    assert ended.code == 2
    assert message in ended.err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"permissions": {"allow": ["Bash"]}},
            "permissions.allow: a project cannot say this, as it could run",
        ),
        ({"permissions": {"default_mode": "full"}}, "permissions.default_mode: a project cannot say this"),
        (
            {"hooks": {"before_tool": []}},
            "hooks: a project cannot say this, as it could run what came with it",
        ),
        ({"permissions": {"deny": ["Bash("]}}, "permissions.deny: 'Bash(' is no permission rule"),
        ({"permissions": {"forbid": []}}, "permissions"),
    ],
)
def test_a_project_can_forbid_and_nothing_else(inside: Place, settings: object, message: str) -> None:
    settle(inside, settings, project=True)

    ended = inside.run(None, "go")

    assert ended.code == 2
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1


def test_what_a_project_denies_is_added_to_what_its_user_allows(inside: Place) -> None:
    settle(inside, {"permissions": {"deny": ["Bash(test:*)"]}}, project=True)
    settle(inside, {"permissions": {"allow": ["Bash(test:*)"], "deny": ["Write"]}})

    calls = [call("Bash", command="test 1 = 1"), call("Write", file_path="a", content="b")]
    with serve(calls, "Done.") as served:
        inside.run(served, "--yes", "go")
        sent = asked(served)

    assert "the rule Bash(test:*) denies it" in sent
    assert "the rule Write denies it" in sent


def test_a_policy_is_made_of_flags_before_settings_before_the_surface() -> None:
    said = Settings(permissions={"default_mode": "read-only", "allow": ["Read"], "ask": ["Bash"]})

    assert policy_for(Settings(), "full") is None
    assert policy_for(Settings(), "default") == Policy()
    assert policy_for(Settings(), "full", asks_all=True) == Policy(mode="full", ask=["*"])
    assert policy_for(said, "default") == Policy(mode="read-only", allow=["Read"], ask=["Bash"])
    assert policy_for(Settings(yes=True, permissions=said.permissions), "default") is None


def test_a_policy_in_words_cannot_steer_a_terminal() -> None:
    assert told(Policy(allow=["Bash(\x1b[2J:*)"], deny=["Write"])) == "\n".join(
        ["mode: default", "deny: Write", "allow: Bash(␛[2J:*)"]
    )


def test_a_hook_reads_the_call_and_says_why_it_does_not_run(inside: Place) -> None:
    command = hook(inside, f"{KEEP}; print(json.dumps({{'allow': False, 'reason': 'no ' + tool}}))")
    settle(inside, {"hooks": {"before_tool": [{"match": "write|edit", "command": command}]}})

    with serve([call("Write", file_path="a", content="b"), call("List")], "Done.") as served:
        inside.run(served, "go")
        sent = asked(served)

    told_it = decode_before_tool(json.loads((inside.work / "seen.json").read_text()))
    assert (told_it.content.tool, told_it.workspace) == ("Write", str(inside.work))
    assert "not run: no Write" in sent
    assert "no List" not in sent
    assert not (inside.work / "a").exists()


def test_a_hook_runs_in_the_workspace_and_reads_where_the_call_starts(inside: Place) -> None:
    command = hook(inside, "json.dump(message, open(message['content']['tool'], 'w'))")
    settle(inside, {"hooks": {"before_tool": [{"command": command}], "after_tool": [{"command": command}]}})

    with serve(call("Bash", command="mkdir a; cd a"), call("List"), "Done.") as served:
        inside.run(served, "--yes", "go")

    told_it = [decode_after_tool(json.loads((inside.work / tool).read_text())) for tool in ("Bash", "List")]
    assert [each.cwd for each in told_it] == [str(inside.work), str(inside.work / "a")]
    assert [each.workspace for each in told_it] == [str(inside.work)] * 2


def test_a_hook_behind_a_call_reads_the_result_and_adds_words(inside: Place) -> None:
    command = hook(
        inside, "json.dump(message, open('seen.json', 'w')); print(json.dumps({'content': 'formatted'}))"
    )
    silent = hook(inside, "")
    settle(inside, {"hooks": {"after_tool": [{"command": silent}, {"command": command, "match": "Wr*"}]}})

    with serve(call("Write", file_path="a", content="b"), "Done.") as served:
        inside.run(served, "go")
        sent = asked(served)

    told_it = decode_after_tool(json.loads((inside.work / "seen.json").read_text()))
    assert (told_it.content.tool, told_it.result.failed) == ("Write", False)
    assert "Created a (1 line)." in sent
    assert "formatted" in sent


@pytest.mark.parametrize(
    ("command", "timeout", "why"),
    [
        ("echo out of order >&2; exit 3", 10, "failed with exit code 3 (out of order)"),
        ("echo yes", 10, "answered what is no verdict"),
        ('echo \'{"allow": "yes"}\'', 10, "answered what is no verdict"),
        ('echo \'{"content": "x", "allow": true}\'', 10, "answered what is no verdict"),
        ("sleep 60 & sleep 60", 0.2, "failed: stopped after the timeout of 0.2 s"),
        ("no-such-command-here", 10, "failed with exit code 127"),
    ],
)
def test_a_hook_that_cannot_be_understood_refuses_the_call_before_it_and_is_told_behind_it(
    inside: Place, command: str, timeout: float, why: str
) -> None:
    entry = {"command": command, "timeout": timeout}
    settle(
        inside,
        {"hooks": {"before_tool": [{**entry, "match": "Write"}], "after_tool": [{**entry, "match": "Read"}]}},
    )
    (inside.work / "poem.txt").write_text("roses\n")

    calls = call("Write", file_path="a", content="b"), call("Read", file_path="poem.txt")
    with serve([*calls], "Done.") as served:
        ended = inside.run(served, "go")
        sent = asked(served)

    assert (ended.code, (inside.work / "a").exists()) == (0, False)
    assert "roses" in sent
    assert sent.count(why) == 2
    assert f"Read: [the hook {command!r} {why}" in ended.err or command.startswith("echo")


def test_nothing_of_a_hook_is_left_when_the_run_is_stopped(place: Place) -> None:
    os.mkfifo(place.work / "pid")
    settle(place, {"hooks": {"before_tool": [{"command": "echo $$ > pid; sleep 60", "timeout": 60}]}})

    with serve(call("List"), "Done.") as served, place.start(served, "go") as command:
        group = int((place.work / "pid").read_text())
        command.terminate()
        command.communicate(timeout=20)

    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
