"""GGUF, the file format of llama.cpp's models: as much of it as a model of a few tokens takes.

Source: github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from struct import pack
from typing import Final, TypeAlias

ALIGNMENT: Final = 32
"""Where tensors may begin, in bytes."""

Figure: TypeAlias = str | bool | int | float | Sequence[str] | Sequence[int]
"""What can be said of a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """Numbers in rows."""

    rows: int
    columns: int
    """How many numbers are in a row; a tensor of one row is a vector."""
    numbers: "array[float]"


def zeros(rows: int, columns: int) -> Tensor:
    """A tensor that does nothing."""
    return Tensor(rows=rows, columns=columns, numbers=array("f", bytes(4 * rows * columns)))


def gguf(figures: Mapping[str, Figure], tensors: Mapping[str, Tensor]) -> bytes:
    """A model as a file."""
    blocks = [_aligned(tensor.numbers.tobytes()) for tensor in tensors.values()]
    offsets = accumulate(map(len, blocks), initial=0)
    head = b"".join(
        (
            pack("<4sIQQ", b"GGUF", 3, len(tensors), len(figures)),
            *(_string(key) + _figure(value) for key, value in figures.items()),
            *(
                _entry(name, tensor, offset)
                for (name, tensor), offset in zip(tensors.items(), offsets, strict=False)
            ),
        )
    )
    return _aligned(head) + b"".join(blocks)


def _entry(name: str, tensor: Tensor, offset: int) -> bytes:
    """Where a tensor stands; the sizes come innermost first, and 0 is the type of 32-bit floats."""
    sizes = (tensor.columns,) if tensor.rows == 1 else (tensor.columns, tensor.rows)
    return _string(name) + pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, offset)


def _figure(value: Figure) -> bytes:
    """A value behind the number of its type; of the integers, a lone one is unsigned."""
    match value:
        case bool():
            return pack("<I?", 7, value)
        case int():
            return pack("<II", 4, value)
        case float():
            return pack("<If", 6, value)
        case str():
            return pack("<I", 8) + _string(value)
        case _:
            strings = [item for item in value if isinstance(item, str)]
            items = [_string(item) for item in strings] or [pack("<i", item) for item in value]
            return pack("<IIQ", 9, 8 if strings else 5, len(items)) + b"".join(items)


def _string(text: str) -> bytes:
    data = text.encode()
    return pack("<Q", len(data)) + data


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)
