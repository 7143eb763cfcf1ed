# Generated from schemas/tool.json by `python -m codegen`. Change the schema and run that again.
"""A tool, as models and other programs are shown it."""

from __future__ import annotations


from sagent.atoms import ToolName
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen


@frozen(kw_only=True)
class ToolDefinition:
    """What a model must know to call a tool."""

    name: ToolName
    """The tool's name."""
    description: str
    """What it does and when to use it, for the model to read."""
    directive_schema: JsonObject
    """The JSON Schema that the call's content is held to."""
