"""`--tool-dir`: tools that a directory defines, beside the built-in ones."""

import json
from pathlib import Path

import pytest

from sagent.testing import call, serve
from tests.cli.command import Place

DEFINITION = {
    "name": "Greet",
    "description": "Greets.",
    "directive_schema": {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]},
    "command": ["sh", "./greet.sh"],
}

GREETING = """\
who=$(sed 's/.*"who": *"\\([^"]*\\)".*/\\1/')
echo "{\\"descriptor\\": \\"text/plain\\", \\"content\\": \\"Hello, $who, from $(pwd)\\"}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory with one tool."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "greet.json").write_text(json.dumps(DEFINITION))
    (folder / "greet.sh").write_text(GREETING)
    return folder


def test_a_model_calls_a_tool_of_the_directory(inside: Place, folder: Path) -> None:
    with serve(call("Greet", who="Ada"), "Greeted.") as server:
        done = inside.run(server, "--tool-dir", str(folder), "-p", "greet Ada")

        assert (done.code, done.out) == (0, "Greeted.\n")
        assert f"Hello, Ada, from {inside.work}" in str(server.requests[-1].body)


def test_a_directive_that_does_not_fit_is_refused_and_the_model_told(inside: Place, folder: Path) -> None:
    with serve(call("Greet", whom="Ada"), "Never mind.") as server:
        inside.run(server, "--tool-dir", str(folder), "-p", "greet Ada")

        assert "the directive does not fit the schema of Greet" in str(server.requests[-1].body)


def test_a_session_goes_on_with_the_tools_that_are_named_anew(inside: Place, folder: Path) -> None:
    with serve("Hm.", call("Greet", who="Bob"), "Greeted.") as server:
        inside.run(server, "--tools", "Read", "-p", "begin")
        inside.run(server, "--continue", "--tool-dir", str(folder), "-p", "greet Bob")

        offered = str(server.requests[-1].body)
        assert ("Hello, Bob" in offered, "ApplyPatch" in offered) == (True, False)


def test_only_some_of_all_tools_may_be_chosen(inside: Place, folder: Path) -> None:
    with serve("Hm.") as server:
        inside.run(server, "--tool-dir", str(folder), "--tools", "greet,Read", "-p", "hi")

        offered = str(server.requests[-1].body)
        assert ("Greets." in offered, "ApplyPatch" in offered) == (True, False)


@pytest.mark.parametrize(
    ("change", "arguments", "complaint"),
    [
        ({"name": "bash"}, (), "greet.json: at $.name: a built-in tool is called bash already"),
        ({"command": []}, (), "greet.json: at $.command: [] should be non-empty"),
        ({}, ("--tools", "Read"), "no tool of --tool-dir may be used: only Read; name them in --tools, too"),
        ({}, ("--tools", "Read,Greed"), "there is no tool 'Greed'; there are Read, "),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(
    inside: Place, folder: Path, change: dict[str, object], arguments: tuple[str, ...], complaint: str
) -> None:
    (folder / "greet.json").write_text(json.dumps({**DEFINITION, **change}))

    with serve("never asked") as server:
        done = inside.run(server, "--tool-dir", str(folder), *arguments, "-p", "hi")

        assert (done.code, len(server.requests)) == (2, 0)
    assert complaint in done.err


def test_two_directories_with_tools_of_one_name_are_refused(inside: Place, folder: Path) -> None:
    done = inside.run(None, "tools", "--tool-dir", str(folder), "--tool-dir", str(folder))

    assert done.code == 2
    assert "calls its tool Greet, too" in done.err


def test_a_tool_that_breaks_its_word_is_a_failed_call_and_nothing_more(inside: Place, folder: Path) -> None:
    (folder / "greet.sh").write_text("echo Hello")

    with serve(call("Greet", who="Ada"), "It is broken.") as server:
        done = inside.run(server, "--tool-dir", str(folder), "-p", "greet Ada")

        assert (done.code, done.out) == (0, "It is broken.\n")
        assert "line 1 of its output is no JSON" in str(server.requests[-1].body)
