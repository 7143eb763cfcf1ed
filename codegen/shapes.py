"""The core schemas, understood: which records there are, what their fields hold, which unions they make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from codegen.models import NOMINAL, home_of
from codegen.shelf import Document, Fault, Shelf, definitions, is_core, mapping, sequence, target, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property of a record."""

    name: str
    node: Document
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An object with a fixed set of properties: a dataclass."""

    name: str
    file: str
    module: str
    fields: Sequence[Field]

    @property
    def tags(self) -> Sequence[str]:
        """The descriptors that a record of this kind may have; none where it has no descriptor."""
        for field in self.fields:
            match field:
                case Field(name="descriptor", node={"const": str(tag)}):
                    return (tag,)
                case Field(name="descriptor", node={"enum": list() as tags}):
                    return tuple(text(tag) for tag in tags)
                case _:
                    pass
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """One of several tagged kinds: a type alias."""

    name: str
    file: str
    module: str
    branches: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of some known words: an alias of a Literal."""

    name: str
    file: str
    module: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A string of a certain form, with a type of its own."""

    name: str
    file: str
    module: str
    pattern: str


Shape: TypeAlias = Record | Union | Choice | Word
"""Whatever the codec has a function for."""

Shapes: TypeAlias = Mapping[tuple[str, str], Shape]
"""Every shape by its file and its name, lowest first."""


def shapes(shelf: Shelf) -> Shapes:
    """What the core schemas define, but for free JSON and for the envelope, which only others extend."""
    found = {
        (file, name): shape
        for file, name, node in _definitions(shelf)
        if (shape := _shape(file, name, node, shelf))
    }
    names = [name for _, name in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Fault(f"two core schemas define {twice[0]}: their readers would have one name")
    return found


def leaves(union: Union, known: Shapes) -> Iterator[Record]:
    """The records that a union comes down to, through any unions inside it."""
    for branch in union.branches:
        match known[branch]:
            case Record() as record:
                yield record
            case Union() as inner:
                yield from leaves(inner, known)
            case Choice() | Word():
                raise Fault(f"{union.file}: {union.name} has the branch {branch[1]}, which has no descriptor")


def inside(node: Document) -> Document | None:
    """What a node is when it is not null, where it may be null."""
    match node:
        case {"oneOf": [dict() as inner, {"type": "null"}]}:
            return inner
        case {"type": [str(kind), "null"]}:
            return {**node, "type": kind}
        case _:
            return None


def _definitions(shelf: Shelf) -> Iterator[tuple[str, str, Document]]:
    for file, document in shelf.items():
        if is_core(file):
            for name, node in definitions(document).items():
                yield file, name, node


def _shape(file: str, name: str, node: Document, shelf: Shelf) -> Shape | None:
    module, _ = home_of(f"#/$defs/{name}", file)
    match node:
        case {"oneOf": list() as branches}:
            kinds = tuple(target(text(mapping(branch)["$ref"]), file) for branch in branches)
            return Union(name=name, file=file, module=module, branches=kinds)
        case {"type": "string", "enum": list() as words}:
            return Choice(name=name, file=file, module=module, words=tuple(text(word) for word in words))
        case {"type": "string", "pattern": str(pattern)}:
            return Word(name=name, file=file, module=module, pattern=pattern)
        case {"type": "object", "additionalProperties": False} | {
            "type": "object",
            "unevaluatedProperties": False,
        }:
            return Record(name=name, file=file, module=module, fields=fields_of(node, file, shelf))
        case {"type": "object", "properties": _}:
            return None
        case _ if file == "atoms.json" and name in NOMINAL:
            return None
        case _:
            raise Fault(f"{file}: {name} has a form that the codec cannot read")


def fields_of(node: Document, file: str, shelf: Shelf) -> Sequence[Field]:
    """The fields of an object, those of what it extends first."""
    return tuple(_fields(node, file, shelf))


def _fields(node: Document, file: str, shelf: Shelf) -> Iterator[Field]:
    for base in sequence(node.get("allOf", [])):
        home, name = target(text(mapping(base)["$ref"]), file)
        yield from _fields(definitions(shelf[home])[name], home, shelf)
    required = sequence(node.get("required", []))
    for name, inner in mapping(node["properties"]).items():
        yield Field(name=name, node=_absolute(mapping(inner), file), required=name in required)


def _absolute(node: Document, file: str) -> Document:
    """The node with the file of each `$ref` spelt out, since a field may be inherited by another file."""
    return mapping(_spelt(node, file))


def _spelt(node: object, file: str) -> object:
    match node:
        case {"$ref": str(reference), **others}:
            home, name = target(reference, file)
            return {**others, "$ref": f"{home}#/$defs/{name}"}
        case dict():
            return {key: _spelt(inner, file) for key, inner in node.items()}
        case list():
            return [_spelt(inner, file) for inner in node]
        case _:
            return node
