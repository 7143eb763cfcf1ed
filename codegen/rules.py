"""The house rules of schemas; with them the types need no touching up afterwards."""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence

from codegen.shelf import (
    Document,
    Fault,
    Shelf,
    definitions,
    is_core,
    mapping,
    nodes,
    resolve,
    sequence,
    target,
    text,
)

ADDRESS = "https://sagent.dev/schemas/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def uphold(shelf: Shelf) -> None:
    """Raise a `Fault` that lists every breach of the house rules."""
    breaches = [
        f"{name}: {breach}" for name, document in shelf.items() for breach in _breaches(name, document, shelf)
    ]
    if breaches:
        raise Fault("\n".join(breaches))


def tag_of(
    union: Document, home: str, shelf: Shelf
) -> tuple[str, Mapping[tuple[str, str], Sequence[str]]] | None:
    """The property by which a union's kinds are told apart, and its values for each kind.

    None where the union is of several JSON types, which tell themselves apart.
    """
    kinds = list(_kinds(union, home, shelf))
    if any(kind is None for kind in kinds):
        return None
    shapes = {kind: _constants(resolve(shelf, kind)) for kind in kinds if kind is not None}
    common = set.intersection(*(set(constants) for constants in shapes.values()))
    if len(common) != 1:
        raise Fault("its kinds need one property in common that is a const or an enum in each of them")
    (tag,) = common
    values = {kind: constants[tag] for kind, constants in shapes.items()}
    flat = [value for words in values.values() for value in words]
    if len(flat) != len(set(flat)) or len(kinds) != len(values):
        raise Fault(f"two of its kinds have the same {tag}")
    return tag, values


def _kinds(union: Document, home: str, shelf: Shelf) -> Iterator[tuple[str, str] | None]:
    for branch in sequence(union["oneOf"]):
        match branch:
            case {"$ref": str(reference)}:
                file, name = target(reference, home)
                node = resolve(shelf, (file, name))
                if "oneOf" in node:
                    yield from _kinds(node, file, shelf)
                else:
                    yield (file, name) if node.get("type") == "object" else None
            case _:
                yield None


def _constants(node: Document) -> Mapping[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    for name, inner in mapping(node.get("properties", {})).items():
        match inner:
            case {"const": str(word)}:
                found[name] = (word,)
            case {"enum": list() as words} if all(isinstance(word, str) for word in words):
                found[name] = tuple(text(word) for word in words)
            case _:
                pass
    return found


def _breaches(name: str, document: Document, shelf: Shelf) -> Iterator[str]:
    if document.get("$id") != ADDRESS + name or document.get("$schema") != DIALECT:
        yield f"$id must be {ADDRESS}{name}, and $schema {DIALECT}"
    if not isinstance(document.get("title"), str):
        yield "the file needs a title"
    for key in definitions(document):
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", key):
            yield f"$defs/{key}: definitions are CamelCase"
    bases = frozenset(_bases(shelf))
    for path, node in _schemas(document):
        is_base = (name, path.removeprefix("/$defs/")) in bases
        for breach in (*_node(node, name, shelf), *_shape(node, name, path, is_base=is_base)):
            yield f"{path or '/'}: {breach}"


def _bases(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """The definitions that others extend by allOf; these alone stay open."""
    for name, document in shelf.items():
        for _, node in nodes(document, ""):
            match node:
                case {"allOf": [{"$ref": str(reference)}]}:
                    yield target(reference, name)
                case _:
                    pass


def _schemas(document: Document) -> Iterator[tuple[str, Document]]:
    """Every node that is a schema, not a map of names to schemas."""
    for path, node in nodes(document, ""):
        if not path.endswith(("/properties", "/$defs")):
            yield path, node


def _node(node: Document, name: str, shelf: Shelf) -> Iterator[str]:
    """What is wrong with where a node leads."""
    try:
        match node:
            case {"$ref": str(reference)}:
                resolve(shelf, target(reference, name))
            case {"oneOf": list() as branches}:
                yield from _union(node, branches, name, shelf)
            case {"anyOf": _}:
                yield "say oneOf: the kinds of a union exclude each other"
            case _:
                pass
    except Fault as fault:
        yield str(fault)


def _shape(node: Document, name: str, path: str, *, is_base: bool) -> Iterator[str]:
    """What is wrong with how a node is written."""
    is_named = path == "" or path.count("/") == 2
    is_told = is_named or "oneOf" in node or "properties" in node
    if is_told and not _is_nullable(node) and not isinstance(node.get("description"), str):
        yield "it needs a description"
    match node:
        case {"properties": dict() as properties} if not name.startswith("wire/"):
            yield from _properties(node, mapping(properties), name)
            if not is_base and False not in (
                node.get("additionalProperties"),
                node.get("unevaluatedProperties"),
            ):
                yield "ours are closed: additionalProperties false, or unevaluatedProperties beside allOf"
        case _:
            pass


def _union(node: Document, branches: Sequence[object], name: str, shelf: Shelf) -> Iterator[str]:
    for branch in branches:
        match branch:
            case {"$ref": str()}:
                pass
            case {"type": str(kind)} if kind != "object":
                pass
            case _:
                yield "a branch of oneOf is a $ref to a definition, or of a simple type"
    if not _is_nullable(node):
        tag_of(node, name, shelf)


def _is_nullable(node: Document) -> bool:
    match node:
        case {"oneOf": [_, {"type": "null"}]}:
            return True
        case _:
            return False


def _properties(node: Document, properties: Document, name: str) -> Iterator[str]:
    required = sequence(node.get("required", []))
    for key, inner in properties.items():
        field = mapping(inner)
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", key) or keyword.iskeyword(key):
            yield f"{key}: properties are snake_case"
        if "description" not in field and "const" not in field and "enum" not in field:
            yield f"{key}: it needs a description"
        if is_core(name) and key not in required and "default" not in field:
            yield f"{key}: in a message every property is required or has a default"
