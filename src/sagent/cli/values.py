"""Values of flags that have a form of their own: headers, a JSON object, a file with a schema."""

import json
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


def headers(written: Sequence[str]) -> Mapping[str, str]:
    """The headers by name; one that is none is not repeated, as it may be a secret.

    Raises:
        UsageError: one of them is none.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(written, start=1):
        match = HEADER.fullmatch(line.strip())
        if match is None:
            raise UsageError(f"--header number {number} is no header: write it as 'Name: value', in ASCII")
        found[match[1]] = match[2].strip()
    return found


def form_in(path: Path) -> "Output":
    """The form that the JSON Schema in a file asks for.

    Raises:
        UsageError: there is no such file, or no such schema in it.
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


def json_object(written: str | None) -> JsonObject:
    """What is added to each request.

    Raises:
        UsageError: it is no JSON object.
    """
    if written is None:
        return EMPTY
    try:
        return freeze_object(json.loads(written))
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"--extra-body is no JSON object: {error}") from error
