"""What OpenAI refuses about the functions that its models are offered."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.form_rules import bad_schema
from sagent.providers.forms import OPENAI
from sagent.providers.openai_responses.pieces import bad_text

MOST_TOOLS: Final = 128

FUNCTION: Final = frozenset(
    (
        *("type", "name", "description", "parameters", "strict"),
        *("defer_loading", "allowed_callers", "output_schema", "async"),
    )
)
TOP: Final = ("oneOf", "anyOf", "allOf", "enum", "not")
"""Keywords that may not stand at the top of the schema of a function."""

NAME: Final = re.compile(r"[a-zA-Z0-9_-]+")
"""What a function may be called, in up to 64 letters."""

LONGEST: Final = 64
"""How long ids and names may be."""


def names(tools: object) -> Set[str]:
    """What the functions among some tools are called."""
    listed = tools if isinstance(tools, Sequence) and not isinstance(tools, str) else ()
    return {str(tool["name"]) for tool in listed if is_object(tool) and "name" in tool}


def bad_tools(tools: object, where: str = "tools") -> Iterator[str]:
    """Say what OpenAI would refuse about the tools."""
    if tools is None:
        return
    if not isinstance(tools, Sequence) or isinstance(tools, str):
        yield f"{where}: Invalid type: expected an array of objects."
        return
    if len(tools) > MOST_TOOLS:
        yield (
            f"{where}: array too long. Expected an array with maximum length {MOST_TOOLS}, "
            f"but got an array with length {len(tools)} instead."
        )
    names: set[object] = set()
    for index, tool in enumerate(tools):
        place = f"{where}[{index}]"
        if not is_object(tool):
            yield f"{place}: Invalid type: expected an object."
            continue
        if not isinstance(tool.get("type"), str):
            yield f"{place}: Missing required parameter: '{place}.type'."
        elif tool["type"] == "function":
            yield from _function(tool, place)
            if tool.get("name") in names:
                yield f"{place}.name: Duplicate tool name: {tool.get('name')}"
            if isinstance(tool.get("name"), str):
                names.add(tool["name"])


def _function(tool: Mapping[str, object], place: str) -> Iterator[str]:
    for key in tool.keys() - FUNCTION:
        yield f"{place}: Unknown parameter: '{place}.{key}'."
    yield from bad_name(tool.get("name"), f"{place}.name")
    if tool.get("description") is not None:
        yield from bad_text(tool["description"], f"{place}.description")
    schema, name = tool.get("parameters"), tool.get("name")
    if schema is None:
        return
    wrong = f"{place}.parameters: Invalid schema for function '{name}': schema must"
    if not is_object(schema):
        yield f"{place}.parameters: Invalid type: expected an object."
    elif schema.get("type") != "object":
        yield f"{wrong} be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    elif any(key in schema for key in TOP):
        yield f"{wrong} have type 'object' and not have {'/'.join(map(repr, TOP))} at the top level."
    elif tool.get("strict") is True:
        yield from bad_schema(schema, OPENAI, f"{place}.parameters")
    elif "properties" not in schema:
        yield f"{wrong.removesuffix(' schema must')} In context=(), object schema missing properties."


def bad_name(name: object, place: str) -> Iterator[str]:
    """Say whether a function may not be called this."""
    if not isinstance(name, str):
        yield f"{place}: Missing required parameter: '{place}'."
    elif not NAME.fullmatch(name):
        yield (
            f"{place}: string does not match pattern. "
            "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        )
    else:
        yield from too_long(name, place)


def too_long(word: str, place: str) -> Iterator[str]:
    """Say whether an id or a name is too long."""
    if len(word) > LONGEST:
        yield (
            f"{place}: string too long. Expected a string with maximum length {LONGEST}, "
            f"but got a string with length {len(word)} instead."
        )
