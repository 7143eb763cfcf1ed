"""What is known of models beside sizes and prices: what comes along, and what a user says instead."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sagent.errors import UsageError
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.providers import Anthropic, DashScope, Google, MiniMax, Moonshot, OpenAI, OpenAICompat
from sagent.providers.anthropic.catalog import Traits
from sagent.providers.anthropic.manners import ANTHROPIC, known
from sagent.providers.catalog import known as row_of
from sagent.providers.catalog import user_file
from sagent.providers.effort import Effort
from sagent.providers.google.catalog import formed
from sagent.providers.openai_chat.suited import efforts
from sagent.providers.openai_responses.validator import complaints
from sagent.providers.others import DeepSeek
from sagent.providers.platforms.amazon import AnthropicBedrock
from sagent.providers.platforms.azure import AzureOpenAI
from sagent.providers.vendor import Vendor
from tests.providers.conversation import prompt, request

FULL = ["low", "medium", "high", "xhigh", "max"]
NEW: Mapping[str, object] = {
    "model": "new-.*",
    "thinking": "adaptive",
    "thinking_off": "never",
    "efforts": ["max", "low"],
    "structured_output": "always",
    "mid_conversation": ["system"],
}
ASKS = (
    *("thinking", "output_config", "thinkingConfig", "thinking_budget", "reasoning", "reasoning_effort"),
    "enable_thinking",
)
FORM = freeze_object(
    {
        "type": "object",
        "properties": {"zebra": {"type": "string"}},
        "required": ["zebra"],
        "additionalProperties": False,
    }
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def write(*rows: object) -> None:
    path = user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"models": rows}))


def asked(provider: Vendor, model: str, effort: Effort, dialect: str | None = None) -> Mapping[str, object]:
    """What a request says of thinking."""
    scribe = provider.model(model, effort=effort, dialect=dialect).dialect.scribe()
    body: dict[str, object] = json.loads(scribe.body(request(View([prompt("hi")]))))
    config = body.get("generationConfig")
    said = {**body, **config} if isinstance(config, dict) else body
    names = (
        "thinking",
        "output_config",
        "thinkingConfig",
        "reasoning",
        "reasoning_effort",
        "enable_thinking",
    )
    return {name: said[name] for name in (*names, "thinking_budget") if name in said}


@pytest.mark.parametrize(
    ("provider", "model", "row"),
    [
        (
            "Anthropic",
            "us.anthropic.claude-sonnet-5-5-20260101-v1:0",
            {
                "context_window": 1_000_000,
                "max_output": 128_000,
                "thinking": "adaptive",
                "thinking_by_default": True,
                "thinking_off": "between_tools",
                "thinking_bound": True,
                "efforts": FULL,
                "sampling": False,
                "structured_output": "always",
                "mid_conversation": ["system", "tools", "effort"],
            },
        ),
        (
            "Anthropic",
            "claude-sonnet-4-6",
            {
                "context_window": 1_000_000,
                "max_output": 128_000,
                "thinking": "adaptive",
                "thinking_by_default": False,
                "thinking_off": "disabled",
                "efforts": ["low", "medium", "high", "max"],
                "structured_output": "always",
                "thinking_bound": False,
            },
        ),
        (
            "Anthropic",
            "anthropic/claude-haiku-4-5@20251001",
            {
                "context_window": 200_000,
                "max_output": 64_000,
                "thinking": "budget",
                "structured_output": "always",
                "thinking_bound": False,
            },
        ),
        (
            "Anthropic",
            "claude-opus-7-1",
            {
                "thinking": "adaptive",
                "thinking_by_default": True,
                "thinking_off": "never",
                "efforts": FULL,
                "sampling": False,
                "structured_output": "always",
            },
        ),
        ("Anthropic", "qwen", {}),
        (
            "OpenAI",
            "ft:gpt-5.4-mini-2026-01-01",
            {
                "context_window": 272_000,
                "max_output": 128_000,
                "efforts": ["none", "low", "medium", "high", "xhigh"],
                "structured_output": "always",
                "mid_conversation": ["system"],
            },
        ),
        (
            "OpenAI",
            "gpt-6-luna",
            {
                "context_window": 922_000,
                "max_output": 128_000,
                "efforts": ["none", *FULL],
                "structured_output": "always",
                "mid_conversation": ["system", "tools", "effort"],
            },
        ),
        ("OpenAI", "gpt-4-turbo", {"efforts": [], "structured_output": "never"}),
        (
            "Google",
            "gemini-2.5-pro",
            {
                "context_window": 1_048_576,
                "max_output": 65_536,
                "thinking_by_default": True,
                "thinking_budget": {"minimum": 128, "maximum": 32_768},
                "structured_output": "without_tools",
            },
        ),
        (
            "Google",
            "gemini-3.1-flash-image",
            {
                "thinking": "adaptive",
                "efforts": ["minimal", "low", "medium", "high"],
                "thought_signatures": True,
                "structured_output": "always",
            },
        ),
        (
            "Moonshot",
            "kimi-k2.7",
            {
                "context_window": 262_144,
                "max_output": 131_072,
                "thinking": "adaptive",
                "thinking_off": "never",
                "thinking_required": True,
                "efforts": [],
                "mid_conversation": ["system"],
            },
        ),
        (
            "DashScope",
            "qwen3-coder",
            {"thinking": "never", "structured_output": "json_object"},
        ),
        ("MiniMax", "MiniMax-M2", {"thinking": "budget", "thinking_bound": False}),
    ],
)
def test_what_comes_along_is_known_of_each_model(
    provider: str, model: str, row: Mapping[str, object]
) -> None:
    assert {**row_of(model, provider)} == {"provider": provider, "model": model, **row}


@pytest.mark.parametrize(
    ("name", "provider", "dialect", "said"),
    [
        (
            "Anthropic",
            Anthropic,
            None,
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}},
        ),
        (
            "AnthropicBedrock",
            AnthropicBedrock,
            None,
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}},
        ),
        ("Google", Google, None, {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "LOW"}}),
        ("OpenAI", OpenAI, None, {"reasoning": {"effort": "max", "summary": "auto"}}),
        ("AzureOpenAI", AzureOpenAI, None, {"reasoning": {"effort": "max", "summary": "auto"}}),
        ("OpenAI", OpenAI, "openai_chat", {"reasoning_effort": "max"}),
        ("OpenAICompat", OpenAICompat, None, {"reasoning_effort": "max"}),
        ("Moonshot", Moonshot, None, {"reasoning_effort": "max"}),
        ("DashScope", DashScope, None, {"enable_thinking": True, "reasoning_effort": "max"}),
    ],
)
def test_a_users_own_model_is_asked_for_the_efforts_of_its_row_on_every_wire(
    name: str, provider: type[Vendor], dialect: str | None, said: Mapping[str, object]
) -> None:
    write({"provider": name, **NEW})

    served = provider.from_key("k", base_url="http://h/v1")

    assert asked(served, "new-1", "xhigh", dialect) == said


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        (Anthropic, "claude-3-haiku"),
        (AnthropicBedrock, "anthropic.claude-3-haiku-20240307-v1:0"),
        (Google, "gemini-1.5-pro"),
        (OpenAI, "gpt-4"),
        (OpenAICompat, "qwen3"),
        (DeepSeek, "deepseek-v4-pro"),
        (DashScope, "qwen3.8-max"),
    ],
)
def test_a_user_says_whether_answers_are_held_to_a_schema(provider: type[Vendor], model: str) -> None:
    write(
        {"provider": provider.card.name, "model": "never-1", "structured_output": "never"},
        {"provider": provider.card.name, "model": model, "structured_output": "always"},
    )
    served = provider.from_key("k", base_url="http://h/v1")

    def is_held(name: str) -> bool:
        asking = replace(request(View([prompt("hi")])), output=FORM)
        return b"zebra" in served.model(name).dialect.scribe().body(asking)

    assert (is_held(model), is_held("never-1")) == (True, False)


@pytest.mark.parametrize(
    ("provider", "model", "said"),
    [
        (Anthropic, "claude-sonnet-4-5", {"thinking": {"type": "enabled", "budget_tokens": 5_000}}),
        (MiniMax, "MiniMax-M2", {"thinking": {"type": "enabled", "budget_tokens": 5_000}}),
        (
            Google,
            "gemini-2.5-flash",
            {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 5_000}},
        ),
        (DashScope, "qwen3.7-plus", {"enable_thinking": True, "thinking_budget": 5_000}),
    ],
)
def test_a_budget_is_held_to_what_the_user_says_that_a_model_takes(
    provider: type[Vendor], model: str, said: Mapping[str, object]
) -> None:
    limits = {"minimum": 2_000, "maximum": 5_000}
    write({"provider": provider.card.name, "model": ".*", "thinking_budget": limits})

    assert asked(provider.from_key("k", base_url="http://h"), model, "max") == said


@pytest.mark.parametrize("provider", [Anthropic, Google, OpenAICompat, Moonshot, DashScope])
def test_a_model_that_never_thinks_is_not_asked_to(provider: type[Vendor]) -> None:
    write({"provider": provider.card.name, "model": "dull", "thinking": "never"})

    assert asked(provider.from_key("k", base_url="http://h"), "dull", "high") == {}


def test_what_the_user_says_comes_first_member_by_member() -> None:
    write(
        {"provider": "anthropic", "model": "claude-opus-4-8", "efforts": ["xhigh"], "sampling": True},
        {"provider": "Google", "model": "gemini-2.5-flash", "structured_output": "always"},
        {"provider": "OpenAICompat", "model": "gpt-oss-.*", "efforts": ["high", "low"]},
        {"provider": "OpenAI", "model": "gpt-6-luna", "sampling": True},
    )

    body = {"model": "gpt-6-luna", "input": "hi", "temperature": 1}

    assert known("claude-opus-4-8", ANTHROPIC) == Traits(
        window=1_000_000,
        output=128_000,
        thinks="adaptive",
        off="disabled",
        efforts=("xhigh",),
        bound=False,
        formed=True,
        sampled=True,
        told=frozenset(("system", "tools")),
    )
    assert formed("gemini-2.5-flash") == "always"
    assert efforts("gpt-oss-120b", "OpenAICompat") == ("low", "high")
    assert efforts("openai/gpt-oss-120b", "Groq") == ("low", "medium", "high")
    assert complaints(body, "gpt-6-luna") == ()


def test_an_effort_that_there_is_not_is_named() -> None:
    write({"provider": "OpenAI", "model": "x", "efforts": ["enormous"]})

    with pytest.raises(UsageError, match=r"models\.json: .*'enormous' is not one of"):
        row_of("x", "OpenAI")
