"""Files that define external tools, and what is said of those that do not."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sagent.errors import UsageError
from sagent.lib.json import freeze_object
from sagent.tools import ExternalTool, external, external_tools

GOOD = {
    "name": "Tried",
    "description": "Is tried.",
    "directive_schema": {"type": "object"},
    "command": ["./run.sh", "-x", "../data"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory with a program."""
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    return tmp_path


def defined(folder: Path, file: str = "tool.json", /, **others: object) -> Path:
    (folder / file).write_text(json.dumps({**GOOD, **others}))
    return folder / file


def test_a_definition_becomes_a_tool_whose_paths_are_those_of_the_file(folder: Path) -> None:
    file = defined(folder, timeout=2.5, environment=["TOKEN"], detachable=True)

    tool = external(file)

    assert tool == ExternalTool(
        name=tool.name,
        description="Is tried.",
        directive_schema=freeze_object({"type": "object"}),
        command=(str(folder / "run.sh"), "-x", str(folder / "../data")),
        file=file,
        timeout=2.5,
        environment=("TOKEN",),
        detachable=True,
        workspace=tool.workspace,
    )
    assert (tool.name, tool.tool_id) == ("Tried", "application/x-tool-Tried")


def test_what_is_left_out_has_a_default_and_the_schema_may_be_named(folder: Path) -> None:
    tool = external(defined(folder, **{"$schema": "https://example.org/schema.json"}))

    assert (tool.timeout, tool.environment, tool.detachable) == (120.0, (), False)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"name": "two words"}, r"at \$\.name: 'two words' does not match"),
        ({"name": None}, r"at \$\.name: None is not of type 'string'"),
        ({"description": ""}, r"at \$\.description: '' should be non-empty"),
        ({"command": []}, r"at \$\.command: \[\] should be non-empty"),
        ({"command": "./run.sh"}, r"at \$\.command: './run\.sh' is not of type 'array'"),
        ({"command": ["./none.sh"]}, r"at \$\.command\[0\]: .*none\.sh is no file that can be executed"),
        ({"command": ["./tool.json"]}, r"at \$\.command\[0\]: .*tool\.json is no file that can be executed"),
        ({"timeout": 0}, r"at \$\.timeout: 0 is less than or equal to the minimum of 0"),
        ({"environment": ["A=B"]}, r"at \$\.environment\[0\]: 'A=B' does not match"),
        ({"shell": True}, r"at \$: Additional properties are not allowed \('shell' was unexpected\)"),
        ({"directive_schema": []}, r"at \$\.directive_schema: \[\] is not of type 'object'"),
        ({"directive_schema": {"type": "array"}}, r"at \$\.directive_schema: a directive is an object"),
        (
            {"directive_schema": {"type": "object", "properties": {"a": {"type": "int"}}}},
            r"\$\.directive_schema is no JSON Schema: at \$\.properties\.a\.type: 'int' is not valid",
        ),
        (
            {"directive_schema": {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}},
            r"\$\.directive_schema is no JSON Schema: it refers to",
        ),
    ],
)
def test_a_wrong_definition_is_refused_with_its_file_and_place(
    folder: Path, wrong: Mapping[str, object], complaint: str
) -> None:
    file = defined(folder, **wrong)

    with pytest.raises(UsageError, match=complaint) as caught:
        external(file)

    assert str(caught.value).startswith(f"{file}: ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"{", "tool.json holds no JSON: Expecting property name"),
        (b"\xff", "tool.json holds no JSON: 'utf-8' codec can't decode"),
        (b"[]", r"tool\.json: at \$: \[\] is not of type 'object'"),
        (b"[" * 100_000, "tool.json holds no JSON: "),
    ],
)
def test_a_file_that_is_no_definition_at_all_is_named(folder: Path, text: bytes, complaint: str) -> None:
    (folder / "tool.json").write_bytes(text)

    with pytest.raises(UsageError, match=complaint):
        external(folder / "tool.json")


def test_a_directory_defines_one_tool_a_file_in_the_order_of_their_names(folder: Path) -> None:
    defined(folder, "b.json", name="First")
    defined(folder, "a.json", name="Second")
    (folder / "notes.txt").write_text("not a tool")

    assert [tool.name for tool in external_tools(folder)] == ["Second", "First"]


def test_two_tools_of_one_name_are_refused_with_both_files(folder: Path) -> None:
    first, second = defined(folder, "a.json"), defined(folder, "b.json", name="TRIED")

    with pytest.raises(UsageError) as caught:
        external_tools(folder)

    assert str(caught.value) == f"{second}: at $.name: {first} calls its tool Tried, too"


@pytest.mark.parametrize(
    ("place", "complaint"),
    [("none", "none cannot be read: No such file"), ("run.sh", "Not a directory"), (".", r"has no \*\.json")],
)
def test_a_directory_without_tools_is_refused(folder: Path, place: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        external_tools(folder / place)
