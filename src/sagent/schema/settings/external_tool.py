# Generated from schemas/settings/external_tool.json by `python -m codegen`. Change the schema and run that again.
"""A tool in any language: a file of this form in a directory that --tool-dir names."""

from collections.abc import Sequence
from typing import NotRequired, TypeAlias, TypedDict

from sagent.lib.json import JsonObject
from typing_extensions import ReadOnly

CommandItem: TypeAlias = str


class ExternalDefinition(TypedDict):
    """A tool in any language: a file of this form in a directory that --tool-dir names."""

    name: ReadOnly[str]
    """What models call it by."""
    description: ReadOnly[str]
    """What it does and when to use it, for the model to read."""
    directive_schema: ReadOnly[JsonObject]
    """The JSON Schema of its directive, which is an object."""
    command: ReadOnly[Sequence[CommandItem]]
    """
    The program and its arguments; no shell sees them. A word that begins with ./ or ../ is a path,
    relative to this file.
    """
    timeout: NotRequired[ReadOnly[float]]
    """How many seconds a call may take; 120 where this is left out."""
    environment: NotRequired[ReadOnly[Sequence[str]]]
    """Variables that are passed on, besides those that every tool gets."""
    detachable: NotRequired[ReadOnly[bool]]
    """Whether a call may go on in the background when the user speaks; false where this is left out."""
