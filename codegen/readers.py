"""Writes schema/reading.py: for every core type, the function that reads one out of JSON."""

import json
from collections.abc import Iterator, Sequence

from codegen.naming import article, loud, python_pattern, snake
from codegen.pages import Page, literal, quoted
from codegen.shapes import Choice, Field, Record, Shape, Shapes, Union, Word, inside
from codegen.shelf import Document, Fault, target, text

FREE = {"Json": "json_freeze", "JsonObject": "freeze_object"}
"""Who reads the definitions that allow any JSON."""

KNOWN = frozenset(
    (
        "$ref",
        "const",
        "default",
        "description",
        "enum",
        "items",
        "minimum",
        "minLength",
        "oneOf",
        "pattern",
        "type",
    )
)
"""The keywords that a field of a core schema may use."""


def module(known: Shapes) -> str:
    """The text of schema/reading.py."""
    page = Page(
        "Reads every core type out of JSON, strictly; `codec` has the doors that say what went wrong."
    )
    functions = [line for shape in known.values() for line in _reader(shape, page)]
    words = [line for shape in known.values() for line in _words(shape, page)]
    unions = [line for shape in known.values() for line in _union(shape, known, page)]
    return page.text([*words, *functions, "", *unions])


def _reader(shape: Shape, page: Page) -> Iterator[str]:
    page.use(shape.module, shape.name)
    yield from ("", "", f"def read_{snake(shape.name)}(value: object) -> {shape.name}:")
    yield f'    """Read {article(shape.name)}."""'
    match shape:
        case Word():
            yield f"    return {shape.name}({_use(page, 'matching')}(value, {loud(shape.name)}_PATTERN))"
        case Choice():
            yield f"    return {_use(page, 'one_of')}(value, {loud(shape.name)}_WORDS)"
        case Union():
            yield f"    return {loud(shape.name)}_READERS[{_use(page, 'descriptor_of')}(value)](value)"
        case Record():
            yield from _record(shape, page)


def _use(page: Page, reader: str) -> str:
    page.use("sagent.lib.reading", reader)
    return reader


def _record(record: Record, page: Page) -> Iterator[str]:
    yield f"    document = {_opened(record, page)}"
    yield f"    return {record.name}("
    for field in record.fields:
        if "const" not in field.node:
            yield f"        {field.name}={_field(field, record, page)},"
    yield "    )"


def _opened(record: Record, page: Page) -> str:
    count = len(record.fields)
    match record:
        case Record(tags=(tag,)) if all(field.required for field in record.fields):
            return f"{_use(page, 'tagged')}(value, {quoted(tag)}, {count})"
        case Record(tags=(tag,)):
            return f"{_use(page, 'tagged_among')}(value, {quoted(tag)}, {loud(record.name)}_FIELDS)"
        case _ if all(field.required for field in record.fields):
            return f"{_use(page, 'closed')}(value, {count})"
        case _:
            raise Fault(
                f"{record.file}: {record.name} has no single descriptor, so all of it must be required"
            )


def _field(field: Field, record: Record, page: Page) -> str:
    if field.required:
        return _read(field.node, f'document["{field.name}"]', f"{record.name}.{field.name}", page)
    match field.node:
        case {"default": str() | int() | float() | None as default}:
            value = f'document.get("{field.name}", {quoted(default)})'
            return _read(field.node, value, f"{record.name}.{field.name}", page)
        case _:
            raise Fault(
                f"{record.file}: {record.name}.{field.name} may be missing, so it needs a plain default"
            )


def _read(node: Document, value: str, place: str, page: Page) -> str:
    """The expression that reads a value as what the node says."""
    if strange := node.keys() - KNOWN:
        raise Fault(f"{place}: the codec does not know {', '.join(sorted(strange))}")
    if (held := inside(node)) is not None:
        return f"None if {value} is None else {_read(held, value, place, page)}"
    match node:
        case {"$ref": str()} | {"type": "boolean"} | {"type": "string"} if not _limits(node):
            return f"{_function(node, place, page)}({value})"
        case {"type": "string", "pattern": str()}:
            return f"{_use(page, 'matching')}({value}, {_table_of(place, 'PATTERN')})"
        case {"type": "string", "minLength": 1}:
            return f"{_use(page, 'filled')}({value})"
        case {"enum": list()}:
            return f"{_use(page, 'one_of')}({value}, {_table_of(place, 'WORDS')})"
        case {"type": "array", "items": dict() as items}:
            return f"{_use(page, 'each')}({value}, {_function(items, place, page)})"
        case {"type": "integer", "minimum": int() as minimum}:
            return f"{_use(page, 'whole')}({value}, {minimum})"
        case {"type": "number", "minimum": int() | float() as minimum}:
            return f"{_use(page, 'amount')}({value}, {minimum})"
        case {"type": "number"}:
            return f"{_use(page, 'number')}({value})"
        case _:
            raise Fault(f"{place}: the codec cannot read {json.dumps(node)}")


def _function(node: Document, place: str, page: Page) -> str:
    """The name of the function that reads what the node says, where it takes nothing but the value."""
    match node:
        case {"$ref": str(reference)}:
            file, name = target(reference, "")
            if file == "atoms.json" and name in FREE:
                page.use("sagent.lib.json", FREE[name])
                return FREE[name]
            return f"read_{snake(name)}"
        case {"type": "boolean"}:
            return _use(page, "truth")
        case {"type": "string"} if not _limits(node):
            return _use(page, "string")
        case _:
            raise Fault(f"{place}: give {json.dumps(node)} a name of its own under $defs")


def _limits(node: Document) -> frozenset[str]:
    return frozenset(node) & {"enum", "pattern", "minLength"}


def _words(shape: Shape, page: Page) -> Iterator[str]:
    """The constants that the reader of a shape needs."""
    match shape:
        case Word():
            yield from _pattern(f"{loud(shape.name)}_PATTERN", shape.pattern, page)
        case Choice():
            yield from _table(f"{loud(shape.name)}_WORDS", shape.name, shape.words, page)
        case Record():
            yield from _record_words(shape, page)
        case Union():
            pass


def _record_words(record: Record, page: Page) -> Iterator[str]:
    for field in record.fields:
        place = f"{record.name}.{field.name}"
        match inside(field.node) or field.node:
            case {"enum": list() as words}:
                page.use("typing", "Literal")
                choices = tuple(text(word) for word in words)
                yield from _table(_table_of(place, "WORDS"), literal(choices), choices, page)
            case {"pattern": str(pattern)}:
                yield from _pattern(_table_of(place, "PATTERN"), pattern, page)
            case _:
                pass
    if not all(field.required for field in record.fields):
        page.use("typing", "Final")
        names = ", ".join(quoted(field.name) for field in record.fields)
        yield from ("", f"{loud(record.name)}_FIELDS: Final = frozenset(({names}))")


def _table_of(place: str, role: str) -> str:
    record, _, field = place.partition(".")
    return f"{loud(record)}_{field.upper()}_{role}"


def _pattern(name: str, pattern: str, page: Page) -> Iterator[str]:
    page.use("re")
    page.use("typing", "Final")
    if '"' in pattern:
        raise Fault(f"the pattern {pattern!r} has a quotation mark; say it as \\x22")
    yield from ("", f'{name}: Final = re.compile(r"{python_pattern(pattern)}")')


def _table(name: str, held: str, words: Sequence[str], page: Page) -> Iterator[str]:
    page.use("collections.abc", "Mapping")
    page.use("typing", "Final")
    yield from ("", f"{name}: Final[Mapping[str, {held}]] = {{")
    yield from (f"    {quoted(word)}: {quoted(word)}," for word in words)
    yield "}"


def _union(shape: Shape, known: Shapes, page: Page) -> Iterator[str]:
    """The table by which a union is read: its descriptors, and who reads each."""
    if isinstance(shape, Union):
        page.use("collections.abc", "Callable", "Mapping")
        page.use("typing", "Final")
        yield from (
            "",
            f"{loud(shape.name)}_READERS: Final[Mapping[str, Callable[[object], {shape.name}]]] = {{",
        )
        for branch in shape.branches:
            match known[branch]:
                case Union() as inner:
                    yield f"    **{loud(inner.name)}_READERS,"
                case Record() as record:
                    yield from (f"    {quoted(tag)}: read_{snake(record.name)}," for tag in record.tags)
                case Choice() | Word():
                    raise Fault(
                        f"{shape.file}: {shape.name} has the branch {branch[1]}, which has no descriptor"
                    )
        yield "}"
