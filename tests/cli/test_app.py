"""What can be typed, and what is refused before anything is asked."""

import json
import os
from pathlib import Path

import pytest

from sagent.cli.app import run
from sagent.cli.commands import is_command, mistaken
from sagent.schema.codec import decode_result


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory and a home of the test's own, and some key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GOOGLE_API_KEY", "some-key")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--tools", "Raed", "hello"], "sagent: there is no tool 'Raed'; there are Read, "),
        (["--session", "nothing", "hello"], "sagent: no session begins with 'nothing'"),
        (["--continue", "hello"], "sagent: there is no session for "),
        (["--continue", "--session", "x", "hello"], "sagent: --session and --continue each name a session"),
        (["-c", "--no-session-persistence", "hello"], "sagent: --no-session-persistence goes with neither"),
        (["--model", "a b", "hello"], "sagent: no model of Google can be called 'a b'; one is"),
        (
            ["--model", "a/b", "hello"],
            "sagent: no model of Google can be called 'a/b', nor is there a provider 'a'",
        ),
        (["--output-format", "xml", "hello"], 'sagent: Invalid value "xml" for --output-format.'),
        (["--colour", "hello"], "sagent: Unknown option: --colour."),
        (["tools", "--bogus"], "sagent: Unknown option: --bogus."),
        (["--session", "", "hello"], "sagent: --session is empty: give it a value, or leave it out"),
        (["--model", " ", "hello"], "sagent: --model is empty: give it a value, or leave it out"),
        (["--provider", "", "hello"], "sagent: --provider is empty: give it a value, or leave it out"),
        (["--tools=", "hello"], "sagent: --tools is empty: give it a value, or leave it out"),
        (["models", "--provider", ""], "sagent: --provider is empty: give it a value, or leave it out"),
        (["--provider", "Google", "demo"], 'sagent: "demo" is a command: put it first, as in `sagent demo`;'),
        (["-c", "tools"], 'sagent: "tools" is a command: put it first, as in `sagent tools`; to ask it as'),
        (["modles"], 'sagent: "modles" is no command: did you mean `sagent models`? Else, to ask it as a'),
        (["seessions"], 'sagent: "seessions" is no command: did you mean `sagent sessions`? Else, to ask'),
        (["help"], 'sagent: "help" is no command: did you mean `sagent --help`? Else, to ask it as'),
        (
            ["--max-response-tokens", "0", "hello"],
            "sagent: --max-response-tokens is 0: it must be more than 0",
        ),
        (
            ["--max-tool-call-rounds", "-1", "hi"],
            "sagent: --max-tool-call-rounds is -1: it must be more than",
        ),
        (["--max-budget-usd", "nan", "hello"], "sagent: --max-budget-usd is nan: it must be more than 0"),
        (["--max-budget-tokens", "0", "hello"], "sagent: --max-budget-tokens is 0: it must be more than 0"),
        (["--effort", "hard", "hello"], 'sagent: Invalid value "hard" for --effort.'),
        (["--header", "my-secret", "hello"], "sagent: --header number 1 is no header: write it as 'Name: v"),
        (["--header", "A: b", "--header", "A b: c", "hi"], "sagent: --header number 2 is no header"),
        (["--extra-body", "{", "hello"], "sagent: --extra-body is no JSON object: Expecting property"),
        (["--extra-body", "[]", "hello"], "sagent: --extra-body is no JSON object: at $: expected an object"),
        (["--image", "none.png", "hello"], "sagent: none.png cannot be read: No such file or directory"),
        (["what is @src/none.py?"], "sagent: @src/none.py: there is no such file; a space behind the @"),
        (["--ask", "hello"], "sagent: --ask needs somebody to ask: add --input-format stream-json"),
        (["--input-format", "stream-json"], "sagent: --input-format stream-json goes with --output-format s"),
        (["completion", "tcsh"], 'sagent: Invalid value "tcsh" for SHELL.'),
        (
            ["sessions", "frob"],
            "sagent: sessions has no command 'frob'; there are list, show, search, export",
        ),
        (
            ["sessions", "show", "--bogus"],
            "sagent: Unknown option: --bogus. See `sagent sessions show --help`.",
        ),
        (["undo", "--bogus"], "sagent: Unknown option: --bogus. See `sagent undo --help`."),
        (["tools", "now"], "sagent: There is no place for 'now' here. See `sagent tools --help`."),
        (["send"], 'sagent: Command "send" parameter NAME requires an argument. See `sagent send --help`.'),
        (["schemas"], 'sagent: Command "schemas" parameter --out requires an argument.'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_flag_is_refused_in_a_line_before_anything_is_asked(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(arguments)

    written = capsys.readouterr()
    assert (code, written.out) == (2, "")
    assert written.err.startswith(complaint)
    assert written.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["--bogus", "hello"], ["--model"], ["tools"], [], ["--tools", "Raed", "hello"]],
    ids=" ".join,
)
@pytest.mark.parametrize("form", ["json", "stream-json"])
def test_programs_get_one_object_whatever_is_wrong(
    arguments: list[str], form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        code = run(["--output-format", form, *arguments])

    written = capsys.readouterr()
    result = decode_result(json.loads(written.out))
    assert (code, result.answer, result.session_id) == (2, None, None)
    assert result.error is not None
    assert written.err == f"sagent: {result.error.message}\n"
    assert result.error.kind == "UsageError"


def test_a_command_is_told_from_a_prompt() -> None:
    assert is_command(["tools"])
    assert is_command(["--debug", "demo"])
    assert not is_command(["tools please"])
    assert not is_command(["--", "tools"])
    assert not is_command(["-p", "tools"])
    assert is_command(["tools", "--", "-p"])
    assert not is_command([])


def test_only_what_is_a_slip_of_the_keys_away_from_a_command_is_taken_for_one() -> None:
    slips = ["sesions", "sessoins", "agnts", "modles", "session", "completoin", "Undoo"]
    prompts = ["second", "secnod", "hello", "why?", "fix", "explain", "complete", "obsessions", "to send"]

    taken = [word for word in [*slips, *prompts] if mistaken(word)]

    assert taken == slips
