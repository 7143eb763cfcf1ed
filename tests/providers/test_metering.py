"""How answers were served, and what of them has a price of its own: as each wire says it."""

import json
from collections.abc import Mapping
from typing import Protocol

import pytest

from sagent.lib.json import json_freeze
from sagent.providers.anthropic.decode import Draft as Messages
from sagent.providers.google.decode import Draft as Gemini
from sagent.providers.metering import Metering, asked, is_kept_an_hour
from sagent.providers.openai_chat.decode import Draft as Chat
from sagent.providers.openai_responses.decode import Draft as Responses


class Metered(Protocol):
    @property
    def metering(self) -> Metering: ...

    def absorb(self, data: str, /) -> object: ...


def messages(usage: Mapping[str, object]) -> tuple[Metered, object]:
    return Messages("m"), {"type": "message", "content": [], "stop_reason": "end_turn", "usage": usage}


def responses(tier: object) -> tuple[Metered, object]:
    answer = {"status": "completed", "output": [], "service_tier": tier}
    return Responses("m"), {"type": "response.completed", "response": answer}


def chat(tier: object, usage: Mapping[str, object]) -> tuple[Metered, object]:
    choice = {"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}
    event = {"choices": [choice], "service_tier": tier, "usage": usage}
    return Chat("m", vendor="OpenAI", whole=False), event


def gemini(usage: Mapping[str, object]) -> tuple[Metered, object]:
    return Gemini("m", whole=False), {"usageMetadata": {"promptTokenCount": 9, **usage}}


@pytest.mark.parametrize(
    ("draft", "event", "expected"),
    [
        (
            *messages({"service_tier": "priority", "speed": "fast", "inference_geo": "us"}),
            Metering(terms={"speed": "fast", "inference_geo": "us"}, counts={}),
        ),
        (
            *messages({"service_tier": "batch", "server_tool_use": {"web_search_requests": 3}}),
            Metering(terms={"processing": "batch"}, counts={"web_searches": 3}),
        ),
        (*messages({"server_tool_use": None, "speed": None}), Metering(terms={}, counts={})),
        (*responses("priority"), Metering(terms={"service_tier": "priority"}, counts={})),
        (*responses(None), Metering(terms={}, counts={})),
        (
            *chat("flex", {"prompt_tokens_details": {"audio_tokens": 7}}),
            Metering(terms={"service_tier": "flex"}, counts={"input_audio": 7}),
        ),
        (
            *chat(None, {"completion_tokens_details": {"audio_tokens": 2}}),
            Metering(terms={}, counts={"output_audio": 2}),
        ),
        (
            *gemini(
                {
                    "trafficType": "ON_DEMAND_PRIORITY",
                    "promptTokensDetails": [
                        {"modality": "TEXT", "tokenCount": 4},
                        {"modality": "AUDIO", "tokenCount": 5},
                    ],
                    "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}],
                    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1290}, "?"],
                }
            ),
            Metering(
                terms={"service_tier": "priority"},
                counts={"input_audio": 3, "cache_audio_read": 2, "output_image": 1290},
            ),
        ),
        (*gemini({"serviceTier": "FLEX"}), Metering(terms={"service_tier": "flex"}, counts={})),
        (*gemini({}), Metering(terms={}, counts={})),
    ],
)
def test_each_wire_says_how_it_served(draft: Metered, event: object, expected: Metering) -> None:
    draft.absorb(json.dumps(event))

    assert draft.metering == expected


def test_a_request_says_how_it_asks_to_be_served() -> None:
    body = json_freeze({"service_tier": "flex", "speed": 3, "cache_control": {"ttl": "1h"}, "x": "y"})

    assert (asked(body), is_kept_an_hour(body)) == ({"service_tier": "flex"}, True)
    assert not is_kept_an_hour(json_freeze({"cache_control": {"type": "ephemeral"}}))
