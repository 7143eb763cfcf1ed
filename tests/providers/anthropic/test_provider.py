"""Anthropic, as a user builds it."""

import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import pytest

from sagent.errors import BadAnswer, MissingKey, Overflow, Unauthorized, UsageError
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.protocols import Chunk, Model, ModelLimits, Provider
from sagent.providers import Anthropic
from sagent.providers.anthropic.manners import BINDING, EFFORTS, TOOLS, Manners
from sagent.providers.cards import ANTHROPIC, Card
from sagent.providers.catalog import user_file
from sagent.providers.faults import Refusal
from sagent.providers.transport import Call, HttpRefusal
from sagent.schema.values import ModelSpec
from tests.providers.conversation import prompt, request

KEY = "sk-ant-secret-secret"
WHOLE = json.dumps({"type": "message", "model": "m", "content": [], "stop_reason": "end_turn"})


@dataclass
class Pages:
    """A transport that gives the next page at each call."""

    pages: list[str | HttpRefusal]
    calls: list[Call] = field(default_factory=list)

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        self.calls.append(call)
        page = self.pages.pop(0)
        if isinstance(page, HttpRefusal):
            raise page
        yield [page]


def page_of(*names: str, more: bool = False) -> str:
    entries = [{"type": "model", "id": name} for name in names]
    return json.dumps({"data": entries, "has_more": more, "last_id": names[-1] if names else None})


async def asked(model: Model) -> Sequence[Chunk]:
    return [chunk async for chunk in model.stream(request(View([prompt("hi")])))]


def test_key_and_place_come_from_the_variables_of_the_vendors_own_sdk() -> None:
    plain = Anthropic.from_env({"ANTHROPIC_API_KEY": f" {KEY}\n"})
    placed = Anthropic.from_env({"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "http://127.0.0.1:1/"})

    assert repr(plain) == "<Anthropic at https://api.anthropic.com>"
    assert placed.model().spec.endpoint == "http://127.0.0.1:1"


def test_a_missing_key_is_said_with_the_name_of_the_variable() -> None:
    with pytest.raises(MissingKey, match="ANTHROPIC_API_KEY"):
        Anthropic.from_env({})


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        (None, "https://api.anthropic.com/v1/messages"),
        ("http://h/", "http://h/v1/messages"),
        ("http://h/v1", "http://h/v1/messages"),
        ("http://h/anthropic", "http://h/anthropic/v1/messages"),
    ],
)
async def test_requests_go_where_the_sdk_would_send_them_with_its_headers(
    base_url: str | None, url: str
) -> None:
    pages = Pages([WHOLE])

    await asked(Anthropic.from_key(KEY, base_url=base_url, transport=pages).model(stream=False))

    (call,) = pages.calls
    assert call.url == url
    assert call.headers == {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "x-api-key": KEY,
        "anthropic-version": "2023-06-01",
        "anthropic-beta": f"{BINDING},{TOOLS},{EFFORTS}",
    }


async def test_betas_of_the_users_are_asked_for_beside_our_own() -> None:
    pages = Pages([WHOLE])
    provider = Anthropic.from_key(KEY, headers={"Anthropic-Beta": "x-1,y-2", "x-mine": "1"}, transport=pages)

    await asked(provider.model())

    headers = pages.calls[0].headers
    assert (headers["anthropic-beta"], headers["x-mine"]) == (f"{BINDING},{TOOLS},{EFFORTS},x-1,y-2", "1")
    assert "Anthropic-Beta" not in headers


async def test_the_head_says_what_the_model_was_asked_for() -> None:
    pages = Pages([WHOLE, WHOLE])
    provider = Anthropic.from_key(KEY, transport=pages)

    await asked(provider.model("claude-haiku-4-5", effort="low", max_output_tokens=9_000_000))
    await asked(provider.model("unheard-of", extra_body=freeze_object({"top_k": 3})))

    known, unknown = (json.loads(call.body or b"") for call in pages.calls)
    assert (known["max_tokens"], known["thinking"]) == (64_000, {"type": "enabled", "budget_tokens": 2_048})
    assert (known["stream"], "output_config" in known) == (True, False)
    assert (unknown["max_tokens"], unknown["top_k"], "thinking" in unknown) == (8_192, 3, False)


def test_a_model_keeps_in_its_spec_what_is_needed_to_build_it_again() -> None:
    provider = Anthropic.from_key(KEY)

    model = provider.model("claude-opus-4-8", stream=False, effort="low", max_output_tokens=99)

    assert model.spec == ModelSpec(
        provider="Anthropic",
        dialect="anthropic",
        endpoint="https://api.anthropic.com",
        model="claude-opus-4-8",
        options=freeze_object({"stream": False, "effort": "low", "max_output_tokens": 99}),
    )
    assert provider.restored(model.spec).spec == model.spec


def test_a_spec_of_another_provider_is_refused() -> None:
    spec = ModelSpec(provider="Google", dialect="google", endpoint="e", model="m", options=freeze_object({}))

    with pytest.raises(UsageError):
        Anthropic.from_key(KEY).restored(spec)


def test_the_limits_of_known_models_are_known_and_of_others_cautious() -> None:
    provider = Anthropic.from_key(KEY)

    assert provider.model().limits == ModelLimits(context_window=1_000_000, max_output=128_000)
    assert provider.model("claude-haiku-4-5-20251001").limits == ModelLimits(
        context_window=200_000, max_output=64_000
    )
    assert provider.model("claude-opus-9").limits == ModelLimits(context_window=128_000)


def test_the_model_for_side_work_is_a_small_one() -> None:
    assert Anthropic.from_key(KEY).utility_model().spec.model == "claude-haiku-5-5"


def test_no_representation_of_anything_shows_the_key() -> None:
    provider = Anthropic.from_key(KEY)
    model = provider.model()

    assert KEY not in f"{provider!r} {model!r} {model.spec!r} {model._endpoint!r}"


async def test_the_models_on_offer_are_listed_over_all_pages() -> None:
    pages = Pages([page_of("a", "b", more=True), page_of("c")])

    names = await Anthropic.from_key(KEY, base_url="http://h", transport=pages).models()

    assert names == ("a", "b", "c")
    assert [call.url for call in pages.calls] == [
        "http://h/v1/models?limit=1000",
        "http://h/v1/models?limit=1000&after_id=b",
    ]


async def test_a_list_that_is_refused_is_refused_without_showing_the_key() -> None:
    body = b'{"type":"error","error":{"type":"authentication_error","message":"bad %s"}}' % KEY.encode()
    pages = Pages([HttpRefusal(Refusal(status=401, headers={}, body=body, host="h"))])

    with pytest.raises(Unauthorized, match="Check ANTHROPIC_API_KEY") as caught:
        await Anthropic.from_key(KEY, transport=pages).models()

    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "page", ["", "<html>", "[]", "{}", '{"data": [{}]}', '{"data": {}}', '{"data": [], "last_id": 1}']
)
async def test_a_list_that_cannot_be_read_is_an_error(page: str) -> None:
    with pytest.raises(BadAnswer, match="list of models"):
        await Anthropic.from_key(KEY, transport=Pages([page])).models()


class Local(Anthropic):
    """A server of one's own that speaks this wire: all that a provider needs to be another one."""

    card: ClassVar[Card] = replace(ANTHROPIC, name="Local", base_url="http://h", keys=(), keyless=True)
    manners: ClassVar[Manners] = Manners()


async def test_another_provider_on_this_wire_is_a_card_and_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    row = {"provider": "Local", "model": "small-.*", "context_window": 4_096, "max_output": 512}
    user_file().parent.mkdir(parents=True)
    user_file().write_text(json.dumps({"models": [row]}))
    error = b'{"error": {"code": 400, "message": "no", "type": "exceed_context_size_error"}}'
    refusal = HttpRefusal(Refusal(status=400, headers={}, body=error, host="h"))
    pages = Pages([WHOLE, WHOLE, refusal])
    local = Local.from_key("", transport=pages)

    await asked(local.model("small-1"))
    await asked(local.model("large"))
    with pytest.raises(Overflow, match=r"^Local large at h: no \(HTTP 400"):
        await asked(local.model("large"))

    small, large = (json.loads(call.body or b"") for call in pages.calls[:2])
    assert (small["max_tokens"], large["max_tokens"]) == (512, 8_192)
    assert sorted(small) == ["max_tokens", "messages", "model", "stream"]
    assert pages.calls[0].headers.keys() & {"x-api-key", "anthropic-beta"} == set()
    assert local.model("small-1").limits == ModelLimits(context_window=4_096, max_output=512)
    assert repr(local) == "<Local at http://h>"


def test_anthropic_keeps_both_protocols() -> None:
    provider: Provider = Anthropic.from_key(KEY)
    model: Model = provider.model()

    assert (provider.name, model.spec.model) == ("Anthropic", "claude-sonnet-5-5")


def test_importing_anthropic_imports_neither_the_http_client_nor_the_vendors_package() -> None:
    program = "import sys; from sagent.providers import Anthropic; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert {"httpx2", "genai_prices", "pydantic", "anthropic"} & set(loaded.split()) == set()
