# Generated from schemas/external.json by `python -m codegen`. Change the schema and run that again.
"""What an external tool writes: news while it works, and in the last line its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.lib.value import frozen
from sagent.schema.event import Progress
from sagent.schema.part import Data, ErrorText, Text

ExternalPart: TypeAlias = Text | Data | ErrorText
"""What a result can be made of."""


@frozen(kw_only=True)
class ExternalResult:
    """A result of several parts, or one that says whether it failed."""

    descriptor: Literal["multipart/x-external-result"] = "multipart/x-external-result"
    content: Sequence[ExternalPart]
    """What the tool says."""
    failed: bool = False
    """Whether the call failed."""


ExternalLine: TypeAlias = ExternalPart | ExternalResult | Progress
"""One line of an external tool's output."""
