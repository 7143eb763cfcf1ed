"""Writes schema/writing.py: for every core type, the function that makes JSON of one."""

from collections.abc import Iterator

from codegen.naming import article, snake
from codegen.pages import Page, quoted
from codegen.shapes import Choice, Record, Shape, Shapes, Union, Word, inside, leaves
from codegen.shelf import Document, target


def module(known: Shapes) -> str:
    """The text of schema/writing.py."""
    page = Page("Makes JSON of every core type; a field that has its default is left out.")
    return page.text([line for shape in known.values() for line in _writer(shape, known, page)])


def _writer(shape: Shape, known: Shapes, page: Page) -> Iterator[str]:
    match shape:
        case Word() | Choice():
            pass
        case Union():
            yield from _head(shape, page)
            yield "    match value:"
            for record in leaves(shape, known):
                page.use(record.module, record.name)
                yield f"        case {record.name}():"
                yield f"            return encode_{snake(record.name)}(value)"
        case Record():
            yield from _head(shape, page)
            yield from _record(shape, known)


def _head(shape: Union | Record, page: Page) -> Iterator[str]:
    page.use(shape.module, shape.name)
    page.use("sagent.lib.json", "JsonValue")
    yield from ("", "", f"def encode_{snake(shape.name)}(value: {shape.name}) -> dict[str, JsonValue]:")
    yield f'    """Make JSON of {article(shape.name)}."""'


def _record(record: Record, known: Shapes) -> Iterator[str]:
    optional = [field for field in record.fields if not field.required]
    yield "    document: dict[str, JsonValue] = {" if optional else "    return {"
    for field in record.fields:
        if field.required:
            yield f"        {quoted(field.name)}: {_write(field.node, f'value.{field.name}', known)},"
    yield "    }"
    for field in optional:
        place, node, default = f"value.{field.name}", field.node, field.node["default"]
        if default is None:
            node = inside(node) or node
        yield f"    if {place} is not None:" if default is None else f"    if {place} != {quoted(default)}:"
        yield f"        document[{quoted(field.name)}] = {_write(node, place, known)}"
    if optional:
        yield "    return document"


def _write(node: Document, value: str, known: Shapes) -> str:
    """The expression that makes JSON of what the node describes."""
    if (held := inside(node)) is not None:
        written = _write(held, value, known)
        return written if written == value else f"None if {value} is None else {written}"
    match node:
        case {"$ref": str(reference)}:
            file, name = target(reference, "")
            shape = known.get((file, name))
            return f"encode_{snake(name)}({value})" if isinstance(shape, Union | Record) else value
        case {"type": "array", "items": dict() as items}:
            written = _write(items, "each", known)
            return f"[*{value}]" if written == "each" else f"[{written} for each in {value}]"
        case _:
            return value
