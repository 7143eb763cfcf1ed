"""What a server refuses about the functions that its model is offered."""

from collections.abc import Iterator, Mapping, Sequence

from sagent.lib.json import is_object
from sagent.providers.openai_chat.shapes import bad_name, unknown_keys
from sagent.schema.wire import openai_chat as wire


def bad_tools(tools: object, where: str = "tools") -> Iterator[str]:
    """Say what would be refused about the tools."""
    if not isinstance(tools, Sequence) or isinstance(tools, str) or not tools:
        yield f"{where}: Invalid '{where}': empty array. Expected an array with minimum length 1"
        return
    names: set[object] = set()
    for index, tool in enumerate(tools):
        place = f"{where}[{index}]"
        kind, function = (tool.get("type"), tool.get("function")) if is_object(tool) else (None, None)
        if isinstance(kind, str) and kind != "function":
            continue  # one of the server's own, with a shape of its own
        if not is_object(tool) or kind != "function" or not is_object(function):
            yield f"{place}: 'type' is a required property, and so is 'function'"
            continue
        yield from unknown_keys(tool, wire.Tool, place)
        yield from _function(function, f"{place}.function")
        name = function.get("name")
        if isinstance(name, str) and name in names:
            yield f"{place}.function.name: Duplicate function name {name!r}"
        names.add(name)


def _function(function: Mapping[str, object], place: str) -> Iterator[str]:
    yield from unknown_keys(function, wire.FunctionDeclaration, place)
    yield from bad_name(function.get("name"), f"{place}.name")
    if not isinstance(function.get("description", ""), str):
        yield f"{place}.description: must be a string"
    schema = function.get("parameters", {"type": "object", "properties": {}})
    if not is_object(schema) or schema.get("type") != "object":
        yield f'{place}.parameters: Invalid schema for function: type must be "object"'
    elif not isinstance(schema.get("properties"), Mapping):
        yield f"{place}.parameters: Invalid schema for function: object schema missing properties"
