"""Providers by name, and by the names of their models."""

from collections.abc import Mapping

import pytest

from sagent.errors import MissingKey, UsageError
from sagent.providers import catalog
from sagent.providers.cards import CARDS, Card
from sagent.providers.table import Meant, default_provider, model_named, provider_meant, provider_named

KEYED = [card for card in CARDS.values() if not card.keyless]


def key_of(card: Card) -> Mapping[str, str]:
    return {card.keys[0]: "a-key"}


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_whoever_sets_one_key_alone_gets_the_default_model_of_that_provider(card: Card) -> None:
    provider = default_provider(key_of(card))

    model, small = provider.model(), provider.utility_model()

    assert provider.name == card.name
    assert (model.spec.provider, model.spec.model) == (card.name, card.default)
    assert (model.spec.dialect, model.spec.endpoint) == (card.dialects[0], card.base_url)
    assert small.spec.model == card.utility


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_a_provider_without_its_key_names_the_variable(card: Card) -> None:
    with pytest.raises(MissingKey, match=card.keys[0]):
        provider_named(card.name.upper(), {})


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_another_place_is_named_by_the_providers_own_variable(card: Card) -> None:
    provider = provider_named(card.name, {**key_of(card), card.place: "https://proxy.example/v1"})

    assert provider.model().spec.endpoint == "https://proxy.example/v1"


@pytest.mark.parametrize(
    ("words", "provider"),
    [
        ("claude-sonnet-5-5", "Anthropic"),
        ("gemini-2.5-flash", "Google"),
        ("models/gemini-2.5-flash", "Google"),
        ("gpt-6.1-sol", "OpenAI"),
        ("ft:gpt-4.1:org", "OpenAI"),
        ("o3-pro", "OpenAI"),
        ("o1", "OpenAI"),
        ("codex-mini-latest", "OpenAI"),
        ("chatgpt-4o-latest", "OpenAI"),
        ("kimi-k3", "Moonshot"),
        ("moonshot-v1-8k", "Moonshot"),
        ("qwen3.8-max", "DashScope"),
        ("Qwen-plus", "DashScope"),
        ("qwq-32b", "DashScope"),
        ("MiniMax-M3", "MiniMax"),
        ("minimax-m3", "MiniMax"),
        ("deepseek-v4-pro", "DeepSeek"),
        ("devstral-medium", "Mistral"),
        ("ministral-8b", "Mistral"),
        ("./x.gguf", "LlamaCpp"),
        ("/m/my models/Qwen3-8B.GGUF", "LlamaCpp"),
        ("~/gemini-3.gguf", "LlamaCpp"),
        ("claude-copy.gguf", "LlamaCpp"),
        ("mistral/m.gguf", "LlamaCpp"),
        ("./sha256-abc", "LlamaCpp"),
        ("../models", "LlamaCpp"),
        ("/usr/share/ollama/blobs/sha256-abc", "LlamaCpp"),
        ("~/claude-3", "LlamaCpp"),
        ("~other/m", "LlamaCpp"),
        (".", "LlamaCpp"),
        ("..", "LlamaCpp"),
        ("C:\\models\\m", "LlamaCpp"),
        (".\\m", "LlamaCpp"),
        ("gpt-oss-120b", None),
        ("llama-3.3-70b", None),
        ("moonshotai/kimi-k3", None),
        ("my-claude-copy", None),
        ("hf.co/unsloth/Qwen3-8B-GGUF", None),
        ("accounts/fireworks/models/kimi-k3", None),
        (".hidden", None),
    ],
)
def test_the_id_of_a_model_tells_whose_it_is(words: str, provider: str | None) -> None:
    meant = model_named(words)

    assert (meant.model, meant.provider) == (words, provider)
    assert bool(meant.why) is (provider is not None)


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_the_default_models_of_a_provider_are_taken_for_nobody_elses(card: Card) -> None:
    told = {
        model_named(model, here=card.name if card.routes else None).provider
        for model in (card.default, card.utility)
    }

    assert told == {card.name}


def test_a_provider_can_stand_before_its_model() -> None:
    assert model_named("google/gemini-2.5-flash") == Meant(
        model="gemini-2.5-flash", provider="Google", why="'google/gemini-2.5-flash' begins with it"
    )
    assert model_named("OpenRouter/anthropic/claude-sonnet-5.5").model == "anthropic/claude-sonnet-5.5"
    assert model_named("OpenAICompat/qwen3-coder").provider == "OpenAICompat"
    assert model_named("Google/").provider is None
    assert model_named("LlamaCpp/x.gguf") == Meant(
        model="x.gguf", provider="LlamaCpp", why="'LlamaCpp/x.gguf' begins with it"
    )
    assert model_named("llamacpp//m/x.bin").model == "/m/x.bin"
    assert model_named("openaicompat/x.gguf") == Meant(
        model="x.gguf", provider="OpenAICompat", why="'openaicompat/x.gguf' begins with it"
    )


def test_a_provider_can_be_named_alone_and_its_default_model_is_meant() -> None:
    assert model_named("openai") == Meant(model="", provider="OpenAI", why="'openai' is its name")
    assert model_named("Google@Work", here="Anthropic").provider == "Google@work"
    assert model_named("Mistral", here="OpenAICompat").provider == "Mistral"
    assert model_named("mistral", here="OpenAICompat") == Meant(model="mistral", provider="OpenAICompat")


def test_with_a_provider_that_is_named_a_slash_belongs_to_the_id() -> None:
    meant = model_named("google/gemini-3.8-flash", provider="openrouter")

    assert meant == Meant(model="google/gemini-3.8-flash", provider="openrouter")


def test_where_others_models_are_served_ids_stay_there_unless_a_provider_is_named_as_it_is_written() -> None:
    assert model_named("google/gemini-3.8-flash", here="OpenRouter").provider == "OpenRouter"
    assert model_named("qwen3-coder", here="openaicompat").provider == "openaicompat"
    assert model_named("Google/gemini-3.8-flash", here="OpenRouter").provider == "Google"
    assert model_named("./qwen.gguf", here="OpenRouter").provider == "LlamaCpp"
    assert model_named("qwen.gguf", here="OpenAICompat").provider == "OpenAICompat"
    assert model_named("qwen.gguf", here="OpenRouter").provider == "LlamaCpp"
    assert model_named("/m/qwen", here="OpenRouter").provider == "LlamaCpp"


def test_elsewhere_the_id_of_another_providers_model_leads_to_that_one() -> None:
    assert model_named("claude-sonnet-5-5", here="Google").provider == "Anthropic"
    assert model_named("gemini-2.5-pro", here="Google").provider == "Google"
    assert model_named("something-new", here="Google") == Meant(model="something-new", provider="Google")


def test_a_key_that_is_missing_is_named_with_the_reason_why_it_was_wanted() -> None:
    with pytest.raises(MissingKey) as caught:
        provider_meant(model_named("kimi-k3"), {"GOOGLE_API_KEY": "a-key"})

    assert str(caught.value).startswith(
        "no key for Moonshot (meant since 'kimi-k3' looks like a model of it): set MOONSHOT_API_KEY, "
    )
    assert (caught.value.provider, caught.value.variables) == ("Moonshot", ("MOONSHOT_API_KEY",))


def test_a_provider_that_was_named_is_wanted_for_no_other_reason() -> None:
    with pytest.raises(MissingKey, match=r"^no key for Moonshot: set MOONSHOT_API_KEY"):
        provider_meant(model_named("x", provider="moonshot"), {})
    with pytest.raises(UsageError, match="there is no provider 'nobody'; there are Google, "):
        provider_meant(model_named("x", provider="nobody"), {})
    with pytest.raises(
        UsageError, match=r"no provider 'gogle' \(did you mean Google\?\); there are Google, "
    ):
        provider_meant(model_named("x", provider="gogle"), {})


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_no_provider_takes_a_path_for_a_model_of_its_own(card: Card) -> None:
    provider = provider_named(card.name, key_of(card))

    for words in ("./m", "/m/x.gguf", "~/m"):
        with pytest.raises(
            UsageError, match=f"no model of {card.name} can be called '{words}': that is a path"
        ):
            provider.model(words)


@pytest.mark.parametrize("card", KEYED, ids=lambda card: card.name)
def test_ids_have_slashes_only_where_others_models_are_served_and_at_other_places(card: Card) -> None:
    provider = provider_named(card.name, key_of(card))
    elsewhere = provider_named(card.name, {**key_of(card), card.place: "http://127.0.0.1:8000/v1"})

    if card.routes:
        assert provider.model("meta/llama").spec.model == "meta/llama"
    else:
        with pytest.raises(
            UsageError, match=r"can be called 'meta/llama', nor is there a provider 'meta'; one "
        ):
            provider.model("meta/llama")
        with pytest.raises(
            UsageError, match="can be called 'openrouter/x': OpenRouter is another provider; one "
        ):
            provider.model("openrouter/x")
        with pytest.raises(
            UsageError, match=f"can be called '{card.name}/x': leave the provider's name out; one "
        ):
            provider.model(f"{card.name}/x")
    if card.name != "Google":
        assert elsewhere.model("meta/llama").spec.model == "meta/llama"


def test_a_model_that_tells_nothing_is_asked_of_the_first_provider_with_a_key() -> None:
    provider = provider_meant(model_named("something-new"), {"MINIMAX_API_KEY": "a-key"})

    assert provider.name == "MiniMax"


def test_without_any_key_a_place_that_needs_none_is_enough() -> None:
    server = default_provider({"OPENAI_COMPAT_BASE_URL": "http://127.0.0.1:8000/v1"})
    file = default_provider({"LLAMA_ARG_MODEL": "/m/x.gguf"})
    keyed = default_provider({"LLAMA_ARG_MODEL": "/m/x.gguf", "MOONSHOT_API_KEY": "a-key"})

    assert (server.name, file.name, keyed.name) == ("OpenAICompat", "LlamaCpp", "Moonshot")


@pytest.mark.parametrize(
    "card", [card for card in KEYED if not card.routes and card.name != "Mistral"], ids=lambda card: card.name
)
def test_the_size_of_the_default_models_is_known(card: Card) -> None:
    limits = [catalog.limits(card.name, model) for model in (card.default, card.utility)]

    assert all(known.context_window and known.max_output for known in limits)
