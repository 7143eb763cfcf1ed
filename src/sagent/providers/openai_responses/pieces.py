"""What OpenAI refuses about the pieces of messages and of what calls bring."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.sendable import UNSENDABLE, sendable, sendable_arguments

SAID: Final = frozenset(("output_text", "refusal"))
"""What a message of the model may hold."""

SHOWN: Final = frozenset(("input_text", "input_image", "input_file"))
"""What anybody else's may."""

KEYS: Final[Mapping[str, frozenset[str]]] = {
    "output_text": frozenset(("type", "text", "annotations", "logprobs")),
    "refusal": frozenset(("type", "refusal")),
    "input_text": frozenset(("type", "text", "prompt_cache_breakpoint")),
    "input_image": frozenset(("type", "detail", "file_id", "image_url", "prompt_cache_breakpoint")),
    "input_file": frozenset(
        ("type", "detail", "file_data", "file_id", "file_url", "filename", "prompt_cache_breakpoint")
    ),
}

LONGEST_TEXT: Final = 10_485_760
"""How many characters one text may have."""

EMPTY: Final = "empty string. Expected a string with minimum length 1, but got an empty string instead."
NO_PIECE: Final = "empty array. Expected an array with minimum length 1, but got an empty array instead."

PICTURE: Final = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
FILE: Final = re.compile(r"data:[a-z]+/[A-Za-z0-9.+-]+;base64,[A-Za-z0-9+/]+={0,2}")


def bad_pieces(pieces: object, place: str, *, spoken: bool, verbatim: bool = False) -> Iterator[str]:
    """Say what OpenAI would refuse about the content of a message, the model's or anybody else's."""
    if not isinstance(pieces, Sequence) or isinstance(pieces, str):
        yield f"{place}: Invalid type: expected one of an array of objects or string."
        return
    if not pieces and not verbatim:
        yield f"{place}: {NO_PIECE}"
    for index, piece in enumerate(pieces):
        yield from _bad_piece(piece, f"{place}[{index}]", spoken=spoken, verbatim=verbatim)


def bad_text(text: object, place: str, *, empty: bool = True) -> Iterator[str]:
    """Say whether a text cannot be sent."""
    if not isinstance(text, str):
        yield f"{place}: Missing required parameter: '{place}'."
    elif not text and not empty:
        yield f"{place}: {EMPTY}"
    elif len(text) > LONGEST_TEXT:
        yield (
            f"{place}: string too long. Expected a string with maximum length {LONGEST_TEXT}, "
            f"but got a string with length {len(text)} instead."
        )
    elif UNSENDABLE.search(text):
        yield f"{place}: NUL and halves of surrogate pairs are not text."


def bad_arguments(arguments: object, place: str) -> Iterator[str]:
    """Say whether the arguments of a call cannot be sent."""
    yield from bad_text(arguments, place)
    if isinstance(arguments, str) and sendable_arguments(arguments) != sendable(arguments):
        yield f"{place}: NUL and halves of surrogate pairs are not text."


def _bad_piece(piece: object, place: str, *, spoken: bool, verbatim: bool) -> Iterator[str]:
    if not is_object(piece):
        yield f"{place}: Invalid type: expected an object."
        return
    kind = piece.get("type")
    allowed = SAID if spoken else SHOWN
    if not isinstance(kind, str) or kind not in allowed:
        if not verbatim:
            names = " and ".join(f"'{name}'" for name in sorted(allowed))
            yield f"{place}.type: Invalid value: '{kind}'. Supported values are: {names}."
        return
    if not verbatim:
        for key in piece.keys() - KEYS[kind]:
            yield f"{place}: Unknown parameter: '{place}.{key}'."
    match kind:
        case "output_text":
            yield from bad_text(piece.get("text"), f"{place}.text")
        case "input_text":
            yield from bad_text(piece.get("text"), f"{place}.text", empty=False)
        case "refusal":
            yield from bad_text(piece.get("refusal"), f"{place}.refusal")
        case "input_image":
            yield from _bad_file(piece, place, ("image_url", "file_id"), PICTURE)
        case _:
            yield from _bad_file(piece, place, ("file_data", "file_id", "file_url"), FILE)


def _bad_file(
    piece: Mapping[str, object], place: str, sources: Sequence[str], form: re.Pattern[str]
) -> Iterator[str]:
    given = [source for source in sources if piece.get(source) is not None]
    if len(given) != 1:
        yield f"{place}: Missing required parameter: '{place}.{sources[0]}'."
        return
    address = piece[given[0]]
    if not isinstance(address, str):
        yield f"{place}.{given[0]}: Invalid type: expected a string."
    elif (address.startswith("data:") or given[0] == "file_data") and not form.fullmatch(address):
        yield (
            f"{place}.{given[0]}: The data is no file that is read here. Expected a base64-encoded data URL "
            "with a MIME type that is supported (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')."
        )
    if given[0] == "file_data" and not isinstance(piece.get("filename"), str):
        yield f"{place}: Missing required parameter: '{place}.filename'."
