"""What the nodes of a JSON Schema say; what cannot be told of one is a `LookupError`."""

from collections.abc import Iterator, Mapping, Sequence

from sagent.lib.json import JsonObject, JsonValue, is_object


def takes_null(schema: JsonObject) -> bool:
    """Whether a schema says that a value may be null."""
    kind, branches = schema.get("type"), schema.get("anyOf", ())
    if kind == "null" or (isinstance(kind, Sequence) and not isinstance(kind, str) and "null" in kind):
        return True
    return isinstance(branches, Sequence) and any(
        is_object(branch) and takes_null(branch) for branch in branches
    )


def object_of(schema: JsonValue) -> JsonObject:
    """A node that demands anything at all."""
    if is_object(schema) and schema:
        return schema
    raise LookupError  # a value of any kind


def referred(schema: JsonObject) -> str:
    """The name of the definition that a node refers to."""
    reference = str(schema["$ref"])
    if not reference.startswith("#/$defs/"):
        raise LookupError
    return reference.removeprefix("#/$defs/")


def references(node: JsonValue) -> Iterator[str]:
    """The names of all definitions that a node refers to, wherever in it."""
    if is_object(node):
        if isinstance(node.get("$ref"), str):
            yield referred(node)
        for each in node.values():
            yield from references(each)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for each in node:
            yield from references(each)


def kinds_of(schema: JsonObject) -> Sequence[str]:
    """The types that a node says it has, or those of the values that it allows."""
    said, choices = schema.get("type"), schema.get("enum")
    if isinstance(said, str):
        return (said,)
    if isinstance(said, Sequence):
        return tuple(map(str, said))
    if isinstance(choices, Sequence) and not isinstance(choices, str) and choices:
        return tuple(dict.fromkeys(map(type_of, choices)))
    raise LookupError


def of_kind(schema: JsonObject, kind: str) -> JsonObject:
    """What a node of several types says of one of them."""
    choices = schema.get("enum")
    if isinstance(choices, Sequence) and not isinstance(choices, str):
        fitting = {kind, "integer"} if kind == "number" else {kind}
        return {**schema, "type": kind, "enum": tuple(each for each in choices if type_of(each) in fitting)}
    return {**schema, "type": kind}


def type_of(value: JsonValue) -> str:
    """What JSON Schema calls the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "object"
        case Sequence():
            return "array"
