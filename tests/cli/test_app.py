"""What can be typed, and what is refused before anything is asked."""

from pathlib import Path

import pytest

from sagent.cli.app import is_command, run


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory and a home of the test's own, and some key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("GOOGLE_API_KEY", "some-key")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--tools", "Raed", "hello"], "sagent: there is no tool 'raed'; there are Read, "),
        (["--session", "nothing", "hello"], "sagent: no session begins with 'nothing'"),
        (["--continue", "hello"], "sagent: there is no session for "),
        (["--continue", "--session", "x", "hello"], "sagent: --session and --continue each name a session"),
        (["-c", "--no-session-persistence", "hello"], "sagent: --no-session-persistence goes with neither"),
        (["--model", "a b", "hello"], "sagent: no model of Google can be called 'a b'"),
        (["--output-format", "xml", "hello"], 'sagent: Invalid value "xml" for --output-format.'),
        (["--colour", "hello"], "sagent: Unknown option: --colour."),
        (["tools", "--bogus"], "sagent: Unknown option: --bogus."),
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


def test_a_command_is_told_from_a_prompt() -> None:
    assert is_command(["tools"])
    assert is_command(["--debug", "demo"])
    assert not is_command(["tools please"])
    assert not is_command([])
