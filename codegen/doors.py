"""Writes schema/codec.py: the doors by which core types come in and go out."""

from codegen.naming import loud, snake
from codegen.pages import Page
from codegen.shapes import Record, Shapes, Union


def module(known: Shapes) -> str:
    """The text of schema/codec.py."""
    page = Page("The doors of the core types: decode_x takes JSON or raises Malformed, encode_x gives JSON.")
    page.use("typing", "Final")
    page.use("sagent.validation", "Decoder")
    page.use("sagent.schema", "catalog", "reading")
    doors = []
    for shape in known.values():
        name = snake(shape.name)
        doors.append(f"decode_{name}: Final = Decoder(reading.read_{name}, catalog.{loud(shape.name)})")
        if isinstance(shape, Record | Union):
            page.use("sagent.schema.writing", f"encode_{name}")
    encoders = [
        f"encode_{snake(shape.name)}" for shape in known.values() if isinstance(shape, Record | Union)
    ]
    decoders = [f"decode_{snake(shape.name)}" for shape in known.values()]
    public = [f'    "{name}",' for name in sorted([*decoders, *encoders])]
    return page.text(["", "__all__ = [", *public, "]", "", *doors])
