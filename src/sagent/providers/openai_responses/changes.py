"""What a model can be told of in the midst of a conversation, and how this wire says it."""

from collections.abc import Iterator, Mapping

from sagent.lib.json import is_object
from sagent.providers.effort import EFFORTS
from sagent.providers.inline import Carries, Told
from sagent.providers.openai_responses import declarations
from sagent.providers.openai_responses.catalog import OPENAI, nearest
from sagent.providers.openai_responses.catalog import told as told_of
from sagent.providers.sendable import sendable


def carries(model: str, reasoning: object, provider: str = OPENAI) -> Carries:
    """What a model can be told of that reasons in this way from the beginning.

    Tools can be added; they cannot be taken away or exchanged.
    """
    known = told_of(model, provider)
    efforts: dict[str, str] = {}
    if is_object(reasoning) and reasoning.get("effort") is not None and "effort" in known:
        efforts = {effort: level for effort in EFFORTS if (level := nearest(model, effort, provider))}
    return Carries(system="system" in known, additions="tools" in known, efforts=efforts)


def items(told: Told) -> Iterator[Mapping[str, object]]:
    """A change as items, which hold from where they stand."""
    if told.words:
        yield {"type": "message", "role": "developer", "content": sendable(told.words)}
    if told.added:
        yield {"type": "additional_tools", "role": "developer", "tools": declarations.tools(told.added)}
    if told.effort:
        yield {"type": "configuration_update", "reasoning": {"effort": told.effort}}
