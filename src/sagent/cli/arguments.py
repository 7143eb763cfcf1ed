"""What stands behind flags: headers, numbers, JSON objects and schemas, read and checked."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.errors import UsageError
from sagent.lib.json import EMPTY, JsonObject, freeze_object

if TYPE_CHECKING:
    from sagent.agent.output import Output

HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]+)")
"""A header on one line (RFC 9110, 5.1 and 5.5), in ASCII."""


def check_words(named: Mapping[str, str | None]) -> None:
    """Refuse a flag that is empty.

    Raises:
        UsageError: one is.
    """
    for flag, value in named.items():
        if value is not None and not value.strip():
            raise UsageError(f"{flag} is empty: give it a value, or leave it out")


def check_numbers(named: Mapping[str, float | None]) -> None:
    """Refuse a number that is not more than 0.

    Raises:
        UsageError: one is not.
    """
    for flag, value in named.items():
        if value is not None and not (value > 0 and math.isfinite(value)):
            raise UsageError(f"{flag} is {value:g}: it must be more than 0")


def name_of(written: str | None) -> str | None:
    """What an agent is called.

    Raises:
        UsageError: nobody can be called so.
    """
    from sagent.messages.words import TOOL_NAME

    if written is None or re.fullmatch(TOOL_NAME, written):
        return written
    raise UsageError(
        f"--name {written!r}: a name has up to 64 letters, digits, '-' and '_', and begins with a letter"
    )


def headers_of(written: Sequence[str]) -> Mapping[str, str]:
    """The headers by name; one that is none is not repeated, as it may be a secret.

    Raises:
        UsageError: one is none.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(written, start=1):
        match = HEADER.fullmatch(line.strip())
        if match is None:
            raise UsageError(f"--header number {number} is no header: write it as 'Name: value', in ASCII")
        found[match[1]] = match[2].strip()
    return found


def form_in(path: Path) -> "Output":
    """The output that a file with a JSON Schema asks for.

    Raises:
        UsageError: it is none, or not of that form.
    """
    from sagent.agent.output import output_of

    try:
        schema = freeze_object(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError(f"--output-schema: {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError, TypeError) as error:
        raise UsageError(f"--output-schema: {path} holds no JSON object: {error}") from error
    try:
        return output_of(schema)
    except UsageError as error:
        raise UsageError(f"--output-schema: {path}: {error}") from error


def object_of(written: str | None) -> JsonObject:
    """A JSON object; nothing is an empty one.

    Raises:
        UsageError: it is none, or not of that form.
    """
    if written is None:
        return EMPTY
    try:
        return freeze_object(json.loads(written))
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"--extra-body is no JSON object: {error}") from error
