"""What can be left out of a history that a provider refuses (LOOP R10): pure."""

import re
from typing import Final, Literal, TypeAlias

from sagent.errors import Illegal
from sagent.loop.state import State
from sagent.schema.message import ModelResponse, Prompt, ToolResult
from sagent.schema.part import Audio, Document, Foreign, Image

Omission: TypeAlias = Literal["native", "files"]
"""The models' own items, with thoughts and signatures; or these, and all files besides."""

FILES: Final = re.compile(
    r"\b(images?|pictures?|documents?|pdf|media|audio|files?|base64|pixels?|dimensions?)\b", re.IGNORECASE
)
"""How providers speak of a file that they cannot use."""


def omission(state: State, error: Illegal) -> Omission | None:
    """What to leave out, going by what the provider says; None where nothing is left that could be."""
    files = any(
        isinstance(part, Image | Document | Audio | Foreign)
        for entry in state.view[state.unseen :]
        if isinstance(entry, Prompt | ToolResult | ModelResponse)
        for part in entry.content
    )
    if files and FILES.search(str(error)):
        return "files"
    native = any(isinstance(entry, ModelResponse) for entry in state.view[state.trusted :])
    return "native" if native else "files" if files else None
