"""What servers of Chat Completions tell of a model's size, each in words of its own. Pure.

Sources: docs.vllm.ai (OpenAI-compatible server), github.com/ggml-org/llama.cpp (tools/server/README.md),
docs.ollama.com/api, lmstudio.ai/docs (REST API v0), openrouter.ai/docs (models), console.groq.com/docs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.protocols import ModelLimits

WINDOWS: Final = ("max_model_len", "context_length", "context_window", "max_context_length")
"""What vLLM and SGLang, OpenRouter and Together and Moonshot, Groq, and Mistral call a window."""

OUTPUTS: Final = ("max_completion_tokens", "max_output_length")
"""What some call the longest answer."""

OLLAMA: Final = 4_096
"""The window of a model that Ollama loads without being told one, at least."""


def entry_of(listing: object, model: str) -> Mapping[str, object]:
    """What a list of models says of one; of the only one, where none has its name."""
    entries = [*_entries(listing, "data")]
    named = [entry for entry in entries if model in _names(entry)]
    found = named or (entries if len(entries) == 1 else [])
    return found[0] if found else {}


def listed(entry: Mapping[str, object]) -> ModelLimits:
    """What the entry itself tells: the smallest window that is true of every machine behind it."""
    top, meta = _object(entry.get("top_provider")), _object(entry.get("meta"))
    windows = [number for name in WINDOWS for place in (entry, top) if (number := _number(place.get(name)))]
    outputs = [number for name in OUTPUTS for place in (entry, top) if (number := _number(place.get(name)))]
    return ModelLimits(
        context_window=min(windows, default=None) or _number(meta.get("n_ctx")),
        max_output=min(outputs, default=None),
    )


def of_props(props: object) -> ModelLimits:
    """What llama.cpp's `/props` tells: the window of one slot."""
    settings = _object(_object(props).get("default_generation_settings"))
    return ModelLimits(context_window=_number(settings.get("n_ctx")))


def of_loaded(running: object, model: str) -> ModelLimits:
    """What Ollama's `/api/ps` tells of a model that is loaded: its real window."""
    entries = [entry for entry in _entries(running, "models") if model in _names(entry)]
    return ModelLimits(context_window=_number(entries[0].get("context_length")) if entries else None)


def of_stored(shown: object) -> tuple[ModelLimits, bool]:
    """What Ollama's `/api/show` tells of one that is not, and whether that will hold once it is."""
    said = _object(shown)
    parameters = said.get("parameters")
    if isinstance(parameters, str) and (chosen := re.search(r"(?m)^\s*num_ctx\s+(\d+)", parameters)):
        return ModelLimits(context_window=int(chosen[1]) or None), True
    info = _object(said.get("model_info"))
    trained = [_number(value) for name, value in info.items() if name.endswith(".context_length")]
    return ModelLimits(context_window=min(OLLAMA, *(number for number in trained if number), OLLAMA)), False


def of_studio(listing: object, model: str) -> tuple[ModelLimits, bool]:
    """What LM Studio's `/api/v0/models` tells, and whether the model is loaded: else it may be less."""
    entry = entry_of(listing, model)
    loaded = _number(entry.get("loaded_context_length"))
    return ModelLimits(context_window=loaded or _number(entry.get("max_context_length"))), loaded is not None


def _entries(listing: object, name: str) -> Iterator[Mapping[str, object]]:
    values = listing if isinstance(listing, list) else _object(listing).get(name)
    if isinstance(values, Sequence) and not isinstance(values, str):
        yield from (value for value in values if is_object(value))


def _names(entry: Mapping[str, object]) -> Sequence[object]:
    names = [entry.get(key) for key in ("id", "name", "model")]
    # Ollama's ids end with a tag, which need not be said if it is this one.
    return [*names, *(name.removesuffix(":latest") for name in names if isinstance(name, str))]


def _object(value: object) -> Mapping[str, object]:
    return value if is_object(value) else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
