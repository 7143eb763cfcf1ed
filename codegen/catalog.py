"""Writes schema/bundle.json, every schema as it is checked, and schema/catalog.py, their names."""

import json
from collections.abc import Iterator, Sequence

from codegen.models import module_of
from codegen.naming import loud, python_pattern
from codegen.pages import Page
from codegen.rules import ADDRESS, tag_of
from codegen.shapes import fields_of
from codegen.shelf import Document, Shelf, definitions, is_core, mapping, nodes, target, text


def bundle(shelf: Shelf) -> str:
    """The text of schema/bundle.json."""
    lowered = {name: _checked(name, document, shelf) for name, document in shelf.items()}
    return json.dumps(lowered, ensure_ascii=False, separators=(",", ":")) + "\n"


def module(shelf: Shelf) -> str:
    """The text of schema/catalog.py."""
    page = Page("The name of every schema that something can be held against.")
    page.use("__future__", "annotations")
    page.use("typing", "TYPE_CHECKING", "Final")
    page.use("sagent.validation", "Schema")
    names = [line for name, document in shelf.items() for line in _names(name, document, page)]
    return page.text([*page.checked_imports(), "", *names])


def _names(name: str, document: Document, page: Page) -> Iterator[str]:
    if is_core(name):
        for key, node in definitions(document).items():
            held = "str" if node.get("type") == "string" else "JsonValue" if key == "Json" else "JsonObject"
            if held != "str":
                page.use_checked("sagent.lib.json", held)
            yield f'{loud(key)}: Final[Schema[{held}]] = Schema("{name}#/$defs/{key}")'
    elif "properties" in document:
        title = text(document["title"])
        page.use_checked(module_of(name), title)
        yield f'{loud(title)}: Final[Schema[{title}]] = Schema("{name}")'
    else:
        package, _, stem = module_of(name).rpartition(".")
        page.use_checked(package, stem)
        for key in _wholes(name, document):
            yield f'{stem.upper()}_{loud(key)}: Final[Schema[{stem}.{key}]] = Schema("{name}#/$defs/{key}")'


def _wholes(name: str, document: Document) -> Sequence[str]:
    """The definitions that are no part of another one: what travels by itself."""
    parts = {
        target(text(node["$ref"]), name)[1]
        for key, definition in definitions(document).items()
        for _, node in nodes(definition, "")
        if "$ref" in node and target(text(node["$ref"]), name) != (name, key)
    }
    return [key for key in definitions(document) if key not in parts]


def _checked(name: str, document: Document, shelf: Shelf) -> Document:
    """The schema in the form in which a validator complains best; a tool's stays as models are shown it."""
    if name.startswith("tools/"):
        return document
    return mapping(_lowered(document, name, shelf))


def _lowered(node: object, name: str, shelf: Shelf) -> object:
    match node:
        case {"oneOf": [dict() as held, {"type": "null"}], **others}:
            ready = _lowered(held, name, shelf)
            return {**others, "if": {"not": {"type": "null"}}, "then": ready}
        case {"oneOf": list()}:
            return _asked(mapping(node), name, shelf)
        case {"allOf": [_], "unevaluatedProperties": False}:
            return _flat(mapping(node), name, shelf)
        case {"pattern": str(pattern), **others}:
            return {**others, "pattern": python_pattern(pattern)}
        case dict() as members:
            return {key: _lowered(inner, name, shelf) for key, inner in members.items()}
        case list():
            return [_lowered(inner, name, shelf) for inner in node]
        case _:
            return node


def _asked(union: Document, name: str, shelf: Shelf) -> Document:
    """A union asked by its tag.

    A `oneOf` tries every branch and can only say that none fits. Asked for the tag first, a validator
    tries one branch, and its complaint names the field.
    """
    found = tag_of(union, name, shelf)
    if found is None:
        return union
    tag, kinds = found
    cases = [
        {
            "if": {"type": "object", "required": [tag], "properties": {tag: {"enum": [*words]}}},
            "then": {"$ref": f"{ADDRESS}{file}#/$defs/{kind}"},
        }
        for (file, kind), words in kinds.items()
    ]
    every = [word for words in kinds.values() for word in words]
    others = {key: inner for key, inner in union.items() if key != "oneOf"}
    return {
        **others,
        "type": "object",
        "required": [tag],
        "properties": {tag: {"enum": every}},
        "allOf": cases,
    }


def _flat(node: Document, name: str, shelf: Shelf) -> Document:
    """A kind with the fields of what it extends among its own."""
    fields = fields_of(node, name, shelf)
    others = {key: inner for key, inner in node.items() if key not in {"allOf", "unevaluatedProperties"}}
    return {
        **others,
        "additionalProperties": False,
        "required": [field.name for field in fields if field.required],
        "properties": {field.name: _lowered(field.node, name, shelf) for field in fields},
    }
