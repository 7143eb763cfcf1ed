"""The documents of this folder, and who decodes, encodes and judges their kinds."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sagent.schema import catalog, codec
from sagent.validation import Decoder, Schema

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document that somebody wrote down, and the kind that it is, or is not, of."""

    name: str
    kind: str
    document: object


def examples(folder: str) -> Sequence[Example]:
    """The documents of `valid` or of `invalid`."""
    return [
        Example(
            name=path.stem,
            kind=path.stem.split("-")[0],
            document=json.loads(path.read_text(encoding="utf-8")),
        )
        for path in sorted((FOLDER / folder).glob("*.json"))
    ]


def kinds() -> frozenset[str]:
    """Every kind that the codec reads, such as `ToolCall`."""
    loud = {name for name in codec.__all__ if name.startswith("decode_")}
    return frozenset("".join(word.capitalize() for word in name.split("_")[1:]) for name in loud)


def decoder(kind: str) -> Decoder[object]:
    """Who reads a kind."""
    found: object = getattr(codec, f"decode_{_snake(kind)}")
    assert isinstance(found, Decoder)
    return found


def schema(kind: str) -> Schema[object]:
    """Who judges a kind."""
    found: object = getattr(catalog, _snake(kind).upper())
    assert isinstance(found, Schema)
    return found


def encoder(kind: str) -> Callable[[object], Mapping[str, object]]:
    """Who writes a kind; a word is written as it is."""
    found: Callable[[object], Mapping[str, object]] = getattr(codec, f"encode_{_snake(kind)}")
    return found


def is_written(kind: str) -> bool:
    """Whether a kind has a form of its own in JSON, not just a word."""
    return f"encode_{_snake(kind)}" in codec.__all__


def _snake(kind: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
