"""The prompt line of a conversation."""

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from sagent.cli.line import Mentions


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
