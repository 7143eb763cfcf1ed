"""What all tests of the command line start from."""

from pathlib import Path

import pytest

from tests.cli.command import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty directory to work in, and a home without any session."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    return Place(home=home, work=work)
