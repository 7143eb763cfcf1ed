"""The schema files, read and narrowed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

Document: TypeAlias = Mapping[str, object]
"""A JSON object whose values are not yet known."""

Shelf: TypeAlias = Mapping[str, Document]
"""Every schema by its name below schemas/, such as `wire/google.json`."""

CORE = ("atoms", "part", "tool", "signal", "event", "message", "session", "post", "cli", "external")
"""The schemas whose documents become frozen dataclasses, lowest first."""


class Fault(Exception):
    """A schema says something that the generator does not do; the text names the place."""


def load(folder: Path) -> Shelf:
    """Read every schema below a folder; core schemas first, then by name."""
    paths = sorted(folder.rglob("*.json"))
    documents = {path.relative_to(folder).as_posix(): path for path in paths}
    order = [*(f"{name}.json" for name in CORE), *(name for name in documents if "/" in name)]
    if missing := sorted(set(order) - documents.keys()):
        raise Fault(f"{missing[0]}: there is no such file in {folder}")
    if strays := sorted(documents.keys() - set(order)):
        raise Fault(f"{strays[0]}: belongs to no profile; it goes in wire/ or tools/, or in codegen's CORE")
    return {name: mapping(json.loads(documents[name].read_text(encoding="utf-8"))) for name in order}


def mapping(value: object) -> Document:
    """The value as a JSON object, or a `Fault`."""
    if not isinstance(value, dict):
        raise Fault(f"expected a JSON object, got {value!r}")
    return value


def sequence(value: object) -> Sequence[object]:
    """The value as a JSON array, or a `Fault`."""
    if not isinstance(value, list):
        raise Fault(f"expected a JSON array, got {value!r}")
    return value


def text(value: object) -> str:
    """The value as a string, or a `Fault`."""
    if not isinstance(value, str):
        raise Fault(f"expected a string, got {value!r}")
    return value


def is_core(name: str) -> bool:
    """Whether the documents of a schema file become dataclasses; all others stay as they are."""
    return name.removesuffix(".json") in CORE


def definitions(document: Document) -> Mapping[str, Document]:
    """The named definitions of a schema, in their order."""
    return {name: mapping(node) for name, node in mapping(document.get("$defs", {})).items()}


def target(reference: str, home: str) -> tuple[str, str]:
    """The file and the definition that a `$ref` in the file `home` leads to.

    Schemas of one folder name each other by file name, those of another by `../`.
    """
    place, _, pointer = reference.partition("#")
    name = pointer.removeprefix("/$defs/")
    if not pointer.startswith("/$defs/") or "/" in name:
        raise Fault(f"{home}: $ref {reference!r} does not lead to an entry of $defs")
    return (_beside(home, place) if place else home), name


def resolve(shelf: Shelf, place: tuple[str, str]) -> Document:
    """The definition at a place, or a `Fault`."""
    file, name = place
    if file not in shelf or name not in definitions(shelf[file]):
        raise Fault(f"there is no {file}#/$defs/{name}")
    return definitions(shelf[file])[name]


def _beside(home: str, place: str) -> str:
    parts = home.split("/")[:-1]
    for step in place.split("/"):
        parts = parts[:-1] if step == ".." else [*parts, step]
    return "/".join(parts)


def nodes(value: object, path: str) -> Iterator[tuple[str, Document]]:
    """Every JSON object in a value, with the path that leads to it."""
    match value:
        case dict():
            yield path, value
            for key, inner in value.items():
                yield from nodes(inner, f"{path}/{key}")
        case list():
            for index, inner in enumerate(value):
                yield from nodes(inner, f"{path}/{index}")
        case _:
            return
