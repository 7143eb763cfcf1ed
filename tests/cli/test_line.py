"""The prompt line of a conversation."""

from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text, to_formatted_text
from prompt_toolkit.output import DummyOutput

from sagent.cli.line import Mentions, prompt_line, rows_of


def completed(typed: str) -> list[str]:
    found = Mentions().get_completions(Document(typed, len(typed)), CompleteEvent())
    return sorted(typed + completion.text for completion in found)


def test_only_a_path_behind_an_at_sign_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").touch()
    (tmp_path / "setup.py").touch()
    monkeypatch.chdir(tmp_path)

    assert completed("see @s") == ["see @setup.py", "see @src"]
    assert completed("see @src/a") == ["see @src/app.py"]
    assert completed("s") == completed("bob@s") == []


def above(begun: str) -> str:
    """The prompt on a terminal of 80 columns and 40 rows, with what is being written above it."""
    with create_app_session(output=DummyOutput()):
        line = prompt_line(lambda _: None, lambda: None, lambda: begun, str)
        return fragment_list_to_text(to_formatted_text(line.message))


def test_a_line_is_broken_where_a_terminal_would_break_it() -> None:
    assert rows_of("", 4) == [""]
    assert rows_of("abcd", 4) == ["abcd"]
    assert rows_of("abcdef", 4) == ["abcd", "ef"]
    assert rows_of("a漢字b", 4) == ["a漢", "字b"]
    assert rows_of("a\tb", 8) == ["a       ", "b"]


def test_the_line_that_is_being_written_grows_above_the_prompt() -> None:
    assert above("") == "> "
    assert above("Once upon") == "Once upon\n> "
    assert above("a" * 80 + "b") == "a" * 80 + "\nb\n> "


def test_a_line_longer_than_the_terminal_shows_its_end_and_leaves_half_of_the_rows() -> None:
    assert above("a" * 80 * 30 + "b") == ("a" * 80 + "\n") * 19 + "b\n> "
