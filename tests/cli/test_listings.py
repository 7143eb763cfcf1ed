"""The commands that only list something."""

import json
from pathlib import Path

import pytest

from sagent.cli.listings import schemas, tools
from sagent.errors import UsageError
from sagent.schema.codec import decode_tool_definition
from sagent.testing import serve
from tests.cli.command import Place


def test_tools_are_printed_as_models_are_shown_them(capsys: pytest.CaptureFixture[str]) -> None:
    code = tools()

    definitions = [decode_tool_definition(shown) for shown in json.loads(capsys.readouterr().out)]
    assert code == 0
    assert [shown.name for shown in definitions] == ["Read", "Write", "Edit", "Glob", "Grep", "List", "Bash"]


def test_schemas_are_written_as_they_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = schemas(out=tmp_path / "new" / "place")

    source = Path(__file__).parent.parent.parent / "schemas"
    written = {path.relative_to(tmp_path / "new" / "place"): path.read_text() for path in files(tmp_path)}
    assert (code, written) == (0, {path.relative_to(source): path.read_text() for path in files(source)})
    assert capsys.readouterr().out == f"{len(written)} schemas in {tmp_path / 'new' / 'place'}\n"


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(UsageError, match=r"file cannot be written: .*; name another directory"):
        schemas(out=tmp_path / "file")


def test_models_are_asked_of_the_provider(place: Place) -> None:
    with serve() as served:
        ended = place.run(served, "models", "--provider", "google")

    assert ended.code == 0
    assert ended.out.splitlines()[0] == "gemini-2.5-flash"
