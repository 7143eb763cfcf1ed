"""The generator as a whole: what it writes, what it finds changed, and what it will not take."""

import json
import shutil
from pathlib import Path

import pytest

from codegen.__main__ import ROOT, main

PACKAGE = Path("src/sagent/schema")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the generator reads and writes."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copytree(ROOT / PACKAGE, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_committed_package_is_what_the_schemas_make() -> None:
    assert main(["--check"]) == 0


def test_a_changed_schema_is_found_and_the_command_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(project / "schemas" / "part.json", "Plain text.", "Text without any form.")

    code = main(["--check"], project)

    shown = capsys.readouterr()
    assert code == 1
    assert '-    """Plain text."""\n+    """Text without any form."""\n' in shown.out
    assert shown.err == "src/sagent/schema/ is not what schemas/ makes: run `python -m codegen`\n"


def test_an_edited_generated_file_is_found_and_written_anew(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(project / PACKAGE / "part.py", "class Text:", "class Words:")

    codes = [main(["--check"], project), main([], project), main(["--check"], project)]

    assert codes == [1, 0, 0]
    assert "+class Text:\n" in capsys.readouterr().out


def test_a_file_that_nobody_generates_is_found_and_removed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stray = project / PACKAGE / "wire" / "old.py"
    stray.write_text("gone = True\n", encoding="utf-8")

    codes = [main(["--check"], project), main([], project)]

    assert codes == [1, 0]
    assert "--- wire/old.py (on disk)\n+++ wire/old.py (not generated)\n" in capsys.readouterr().out
    assert not stray.exists()


def test_a_schema_that_breaks_a_house_rule_is_refused_and_nothing_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(project / "schemas" / "part.json", '"description": "The text.",', "")
    before = (project / PACKAGE / "part.py").read_text(encoding="utf-8")

    code = main([], project)

    assert code == 1
    assert capsys.readouterr().err == "codegen: part.json: /$defs/Text: content: it needs a description\n"
    assert (project / PACKAGE / "part.py").read_text(encoding="utf-8") == before


def test_a_new_kind_of_message_reaches_types_codec_and_catalogue(project: Path) -> None:
    _replace(
        project / "schemas" / "message.json",
        '"$defs": {',
        """"$defs": {
    "Renamed": {
      "description": "The agent has another name.",
      "allOf": [{"$ref": "#/$defs/Envelope"}],
      "type": "object",
      "unevaluatedProperties": false,
      "required": ["descriptor", "content"],
      "properties": {
        "descriptor": {"const": "application/x-renamed"},
        "content": {"description": "The name.", "type": "string", "minLength": 1}
      }
    },""",
    )
    _replace(
        project / "schemas" / "message.json",
        'must survive it.",\n      "oneOf": [',
        'must survive it.",\n      "oneOf": [{"$ref": "#/$defs/Renamed"},',
    )

    code = main([], project)

    written = {path.name: path.read_text(encoding="utf-8") for path in (project / PACKAGE).glob("*.py")}
    assert code == 0
    assert "class Renamed(Envelope):\n" in written["message.py"]
    assert 'content=filled(document["content"]),\n' in written["reading.py"]
    assert '    "application/x-renamed": read_renamed,\n' in written["reading.py"]
    assert "        case Renamed():\n            return encode_renamed(value)\n" in written["writing.py"]
    assert "decode_renamed: Final = Decoder(reading.read_renamed, catalog.RENAMED)\n" in written["codec.py"]


def test_a_schema_file_in_no_known_place_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(project / "schemas" / "tool.json", project / "schemas" / "gadget.json")

    code = main([], project)

    assert code == 1
    assert capsys.readouterr().err.startswith("codegen: gadget.json: belongs to no profile; ")


def test_the_wire_of_another_provider_becomes_read_only_dicts_and_is_asked_by_its_tag(project: Path) -> None:
    wire = """{
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "https://sagent.dev/schemas/wire/other.json",
      "title": "Other",
      "description": "What another provider sends.",
      "$ref": "#/$defs/StreamEvent",
      "$defs": {
        "Start": {
          "description": "It begins.",
          "type": "object",
          "required": ["type", "from"],
          "properties": {"type": {"const": "start"}, "from": {"type": "string"}}
        },
        "Stop": {
          "description": "It ends.",
          "type": "object",
          "required": ["type"],
          "properties": {"type": {"const": "stop"}, "reason": {"$ref": "../atoms.json#/$defs/StopReason"}}
        },
        "StreamEvent": {
          "description": "What a stream is made of.",
          "oneOf": [{"$ref": "#/$defs/Start"}, {"$ref": "#/$defs/Stop"}]
        }
      }
    }"""
    (project / "schemas" / "wire" / "other.json").write_text(wire, encoding="utf-8")

    code = main([], project)

    written = (project / PACKAGE / "wire" / "other.py").read_text(encoding="utf-8")
    bundle = json.loads((project / PACKAGE / "bundle.json").read_text(encoding="utf-8"))
    names = (project / PACKAGE / "catalog.py").read_text(encoding="utf-8")
    assert code == 0
    assert '    type: ReadOnly[Literal["stop"]]\n    reason: NotRequired[ReadOnly[StopReason]]\n' in written
    assert '"from": ReadOnly[str]' in written
    assert "StreamEvent: TypeAlias = Start | Stop\n" in written
    assert bundle["wire/other.json"]["$defs"]["StreamEvent"]["properties"] == {
        "type": {"enum": ["start", "stop"]}
    }
    assert "OTHER_STREAM_EVENT: Final[Schema[other.StreamEvent]]" in names


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
