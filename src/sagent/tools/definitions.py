"""Reading the files that define external tools; what is wrong with one is said with its place."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from sagent.atoms import ToolName
from sagent.errors import Malformed, UsageError
from sagent.lib.json import freeze_object
from sagent.tools.external_tool import TIMEOUT, ExternalTool


def external(path: Path | str) -> ExternalTool:
    """The tool that a file defines.

    Raises:
        UsageError: the file cannot be read, or defines none; the message names the place.
    """
    from sagent.schema import catalog
    from sagent.validation import schema_complaint

    file = Path(path).absolute()
    try:
        document: object = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} holds no JSON: {error}") from error
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key != "$schema"}
    try:
        definition = catalog.EXTERNAL_DEFINITION.check(document)
    except Malformed as error:
        raise UsageError(f"{file}: at {error.path}: {error.complaint}") from error
    schema = freeze_object(definition["directive_schema"])
    if schema.get("type") != "object":
        raise UsageError(f'{file}: at $.directive_schema: a directive is an object: say "type": "object"')
    if complaint := schema_complaint(schema):
        raise UsageError(f"{file}: $.directive_schema is no JSON Schema: {complaint}")
    return ExternalTool(
        name=ToolName(definition["name"]),
        description=definition["description"],
        directive_schema=schema,
        command=_command(file, definition["command"]),
        file=file,
        timeout=definition.get("timeout", TIMEOUT),
        environment=tuple(definition.get("environment", ())),
        detachable=definition.get("detachable", False),
    )


def external_tools(folder: Path | str) -> tuple[ExternalTool, ...]:
    """The tools that the `*.json` files of a directory define, by the names of the files.

    Raises:
        UsageError: there are none, one is wrong, or two have one name.
    """
    try:
        files = sorted(path for path in Path(folder).iterdir() if path.suffix == ".json")
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from error
    if not files:
        raise UsageError(f"{folder} has no *.json that could define a tool")
    return distinct([external(file) for file in files])


def distinct(tools: Sequence[ExternalTool]) -> tuple[ExternalTool, ...]:
    """The tools themselves, if each has a name of its own, whatever the capitals.

    Raises:
        UsageError: two have one name.
    """
    known: dict[str, ExternalTool] = {}
    for tool in tools:
        other = known.setdefault(tool.name.lower(), tool)
        if other is not tool:
            raise UsageError(f"{tool.file}: at $.name: {other.file} calls its tool {other.name}, too")
    return tuple(tools)


def _command(file: Path, words: Sequence[str]) -> Sequence[str]:
    command = tuple(str(file.parent / word) if word.startswith(("./", "../")) else word for word in words)
    if command[0] != words[0] and not (Path(command[0]).is_file() and os.access(command[0], os.X_OK)):
        raise UsageError(f"{file}: at $.command[0]: {command[0]} is no file that can be executed")
    return command
