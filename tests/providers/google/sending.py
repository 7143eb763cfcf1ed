"""What was sent, taken apart again, and held against both judges: our validator and Google's own types."""

import json
from collections.abc import Sequence

from google.genai import types

from sagent.providers.google.encode import GoogleWording
from sagent.providers.google.validator import complaints
from sagent.providers.scribe import Scribe
from sagent.providers.tolerance import GOOGLE
from sagent.schema.values import Origin
from sagent.schema.wire import google as wire


def scribe_for(origin: Origin, config: wire.GenerationConfig | None = None) -> Scribe:
    """A writer of requests to a model of Google's."""
    return Scribe(origin, GoogleWording(origin.model, config or {}), GOOGLE)


def contents(body: bytes) -> Sequence[wire.Content]:
    """The turns of a request."""
    request: wire.Request = json.loads(body)
    return request["contents"]


def strict(body: bytes, model: str, *, served: bool = False) -> Sequence[str]:
    """What our validator says, after Google's own types have taken every turn and every tool.

    Parts that Google served may hold more than is known here; then only they are let through.
    """
    value = json.loads(body)
    for turn in value["contents"]:
        types.Content.model_validate(turn)
    for tool in value.get("tools", ()):
        types.Tool.model_validate(tool)
    types.GenerationConfig.model_validate(value.get("generationConfig", {}))
    return tuple(
        complaint for complaint in complaints(value, model) if not (served and "Unknown name" in complaint)
    )
