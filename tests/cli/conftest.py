"""What all tests of the command line start from."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from typing_extensions import override

from sagent.cli.app import run
from sagent.providers.cards import CARDS
from sagent.testing import Served
from tests.cli.command import Ended, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty directory to work in, and a home without any session."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    return Place(home=home, work=work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside(Place):
    """A place whose commands run in the process of the test, where nothing has to be loaded for each."""

    patch: pytest.MonkeyPatch
    written: pytest.CaptureFixture[str]

    @override
    def run(self, served: Served | None, *arguments: str, stdin: str = "", **others: str) -> Ended:
        assert not stdin
        with self.patch.context() as patch:
            known = [name for card in CARDS.values() for name in (*card.keys, card.place)]
            for name in ("XDG_CONFIG_HOME", *known):
                patch.delenv(name, raising=False)
            for name, value in self.environ(served, **others).items():
                patch.setenv(name, value)
            patch.chdir(self.work)
            code = run(arguments)
        out, err = self.written.readouterr()
        return Ended(code=code, out=out, err=err)


@pytest.fixture
def inside(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    """The same, for many commands in a row."""
    return Inside(home=place.home, work=place.work, patch=monkeypatch, written=capsys)
