"""What the price of an answer depends on besides its sums of tokens."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from sagent.lib.json import JsonObject, is_object
from sagent.lib.value import frozen

Counted: TypeAlias = Literal[
    "input_audio", "cache_audio_read", "output_audio", "output_image", "web_searches"
]
"""What has a price of its own: tokens that are in the sums too, and searches."""

TERMS: Final = ("service_tier", "speed", "inference_geo")
"""What a request says of how it is to be served, by its name in genai-prices or on the wire."""


@frozen(kw_only=True)
class Metering:
    """How an answer was served, and how much of it has a price of its own."""

    terms: Mapping[str, str]
    """How it was served: `service_tier`, `speed`, `processing`, `inference_geo`, in the provider's words."""
    counts: Mapping[Counted, int]
    """How many there were, of those that came at all."""


def metering(terms: Mapping[str, object], counts: Mapping[Counted, int] | None = None) -> Metering:
    """The words and figures that came; what is no word is as if it had not come."""
    return Metering(
        terms={name: word.lower() for name, word in terms.items() if isinstance(word, str)},
        counts={kind: count for kind, count in (counts or {}).items() if count > 0},
    )


def asked(body: JsonObject) -> Mapping[str, str]:
    """How a request asks to be served, by what a user adds to it."""
    return {name: word for name in TERMS if isinstance(word := body.get(name), str)}


def is_kept_an_hour(body: JsonObject) -> bool:
    """Whether a user asks for what is cached to be kept for an hour."""
    kept = body.get("cache_control")
    return is_object(kept) and kept.get("ttl") == "1h"
