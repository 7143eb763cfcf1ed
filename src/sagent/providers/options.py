"""How a model is asked to answer, and how a log keeps that."""

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Self

from sagent.errors import UsageError
from sagent.lib.json import EMPTY, FrozenObject, JsonObject, JsonValue, freeze_object
from sagent.lib.value import frozen
from sagent.providers.effort import Effort, effort_of

HISTORY: Final = ("messages", "input", "contents")
"""What the wires call the conversation."""


@frozen(kw_only=True)
class Options:
    """How a model is to answer; what is None is left to the provider."""

    stream: bool = True
    effort: Effort | None = None
    max_output_tokens: int | None = None
    extra_body: JsonObject = field(default_factory=FrozenObject)
    """What is laid over every request, but for its history and the limit that a budget sets."""

    def written(self) -> JsonObject:
        """The options as a log keeps them: only what was chosen."""
        chosen = {
            "stream": None if self.stream else False,
            "effort": self.effort,
            "max_output_tokens": self.max_output_tokens,
            "extra_body": self.extra_body or None,
        }
        return freeze_object({key: value for key, value in chosen.items() if value is not None})

    @classmethod
    def read(cls, options: JsonObject) -> Self:
        """The options that a log holds.

        Raises:
            UsageError: they are none of this version's.
        """
        stream, tokens = options.get("stream", True), options.get("max_output_tokens")
        effort, extra = options.get("effort"), options.get("extra_body", EMPTY)
        if not (
            isinstance(stream, bool) and isinstance(tokens, int | None) and isinstance(extra, FrozenObject)
        ):
            raise UsageError(f"no model can be built with {options}")
        return cls(
            stream=stream,
            effort=None if effort is None else effort_of(effort),
            max_output_tokens=tokens,
            extra_body=extra,
        )


def added(extra_body: Mapping[str, JsonValue]) -> JsonObject:
    """What is laid over every request.

    Raises:
        UsageError: it is the conversation, which nobody else writes.
    """
    for name in HISTORY:
        if name in extra_body:
            raise UsageError(f"extra_body: {name} is the conversation, which the agent itself writes")
    return freeze_object(extra_body)
