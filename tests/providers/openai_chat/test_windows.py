"""What servers tell of a model's size, in the words of each."""

import pytest

from sagent.protocols import ModelLimits
from sagent.providers.openai_chat.windows import entry_of, listed, of_loaded, of_props, of_stored, of_studio

OPENROUTER = {
    "id": "moonshotai/kimi-k3",
    "context_length": 1_048_576,
    "top_provider": {"context_length": 262_144, "max_completion_tokens": 32_768, "is_moderated": False},
}


@pytest.mark.parametrize(
    ("entry", "window", "output"),
    [
        ({"id": "m", "owned_by": "vllm", "max_model_len": 32_768}, 32_768, None),
        ({"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx": 4_096, "n_ctx_train": 65_536}}, 4_096, None),
        ({"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx_train": 65_536}}, None, None),
        (OPENROUTER, 262_144, 32_768),
        ({"id": "m", "context_window": 131_072, "max_completion_tokens": 65_536}, 131_072, 65_536),
        ({"id": "m", "max_context_length": 131_072}, 131_072, None),
        ({"id": "m", "context_length": "much", "max_completion_tokens": True}, None, None),
        ({"id": "m", "context_length": 0, "top_provider": None, "meta": []}, None, None),
    ],
    ids=["vllm", "llama.cpp", "older llama.cpp", "OpenRouter", "Groq", "Mistral", "nonsense", "nothing"],
)
def test_an_entry_of_the_list_tells_the_window_and_the_longest_answer(
    entry: dict[str, object], window: int | None, output: int | None
) -> None:
    assert listed(entry) == ModelLimits(context_window=window, max_output=output)


def test_the_entry_of_a_model_is_found_by_its_name_or_because_there_is_no_other() -> None:
    mine, other = {"id": "mine:latest"}, {"id": "other"}

    assert entry_of({"data": [other, mine]}, "mine") == mine
    assert entry_of([other, mine], "other") == other
    assert entry_of({"data": [other]}, "/models/whatever.gguf") == other
    assert [entry_of(odd, "mine") for odd in ({"data": [other, other]}, {"data": "no"}, None, 5)] == [{}] * 4


def test_llama_cpp_tells_the_window_of_a_slot() -> None:
    told = of_props({"default_generation_settings": {"n_ctx": 2_048}, "total_slots": 4})

    assert told == ModelLimits(context_window=2_048)
    assert of_props([]) == ModelLimits()


def test_ollama_tells_the_real_window_of_a_model_that_is_loaded() -> None:
    running = {"models": [{"name": "qwen3:latest", "model": "qwen3:latest", "context_length": 16_384}]}

    assert of_loaded(running, "qwen3") == ModelLimits(context_window=16_384)
    assert of_loaded(running, "other") == ModelLimits()


@pytest.mark.parametrize(
    ("shown", "window", "holds"),
    [
        ({"parameters": 'stop "<end>"\nnum_ctx                        8192'}, 8_192, True),
        ({"model_info": {"qwen3.context_length": 40_960}}, 4_096, False),
        ({"model_info": {"gpt2.context_length": 1_024}, "parameters": None}, 1_024, False),
        ({}, 4_096, False),
    ],
)
def test_of_one_that_is_not_loaded_it_tells_what_was_chosen_and_else_the_least_is_supposed(
    shown: dict[str, object], window: int, holds: bool
) -> None:
    assert of_stored(shown) == (ModelLimits(context_window=window), holds)


def test_lm_studio_tells_the_loaded_window_and_else_the_largest() -> None:
    entry = {"id": "qwen3", "max_context_length": 40_960}

    assert of_studio({"data": [{**entry, "loaded_context_length": 8_192}]}, "qwen3") == (
        ModelLimits(context_window=8_192),
        True,
    )
    assert of_studio({"data": [entry]}, "qwen3") == (ModelLimits(context_window=40_960), False)
