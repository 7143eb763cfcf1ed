"""Why an answer ended, in the words of all servers of this wire."""

from collections.abc import Mapping
from typing import Final

from sagent.schema.values import StopReason

STOPS: Final[Mapping[str, StopReason]] = {
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_length": "length",
    "content_filter": "filter",
    "sensitive": "filter",
    "safety": "filter",
    "recitation": "filter",
    "refusal": "refusal",
    "malformed_function_call": "malformed_call",
    "function_call_filter: malformed_function_call": "malformed_call",
}
"""Why an answer ended, where that is not simply its end; calls are known by being there."""

BROKEN: Final = frozenset(("error", "network_error", "insufficient_system_resource", "abort"))
"""Reasons that say that the server itself gave up (OpenRouter, GLM, DeepSeek, vLLM)."""
