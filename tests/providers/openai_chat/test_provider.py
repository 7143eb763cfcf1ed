"""Compatible servers, as a user builds them."""

import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest

from sagent.errors import BadAnswer, Illegal, MissingKey, Unauthorized, UsageError
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.protocols import Model, ModelLimits, Provider, Reply
from sagent.providers import OpenAICompat
from sagent.providers.cards import Card
from sagent.providers.faults import Refusal
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.tolerance import Tolerance
from sagent.providers.transport import Call, HttpRefusal
from sagent.schema.part import Text
from sagent.schema.values import ModelSpec, Origin
from sagent.testing import WireServer
from tests.providers.conversation import answered, prompt, request
from tests.testing.asking import chunks

KEY = "sk-SecretSecret"
PLACE = "http://127.0.0.1:8080/v1"


class DeepSeek(OpenAICompat):
    """A provider of its own, as somebody would write it."""

    card: ClassVar[Card] = Card(
        name="DeepSeek",
        keys=("DEEPSEEK_API_KEY",),
        place="DEEPSEEK_BASE_URL",
        base_url="https://api.deepseek.com",
        dialects=("openai_chat",),
        default="deepseek-v4-pro",
        utility="deepseek-flash",
        prices="deepseek",
    )
    manners: ClassVar[Manners] = Manners(
        effort="thinking", efforts=("high", "max"), files=Tolerance(pictures=()), reasoning_filler=" "
    )
    model_limits: ClassVar[Mapping[str, ModelLimits]] = {
        "deepseek-v4-pro": ModelLimits(context_window=1_000_000, max_output=384_000)
    }


class Rude(DeepSeek):
    """The same without the manners, and of a name that the catalog does not know."""

    card: ClassVar[Card] = replace(DeepSeek.card, name="Rude")
    manners: ClassVar[Manners] = Manners()


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


def test_without_a_place_there_is_no_server_and_the_error_says_how_to_name_one() -> None:
    with pytest.raises(UsageError) as by_variable:
        OpenAICompat.from_env({"OPENAI_COMPAT_API_KEY": KEY})
    with pytest.raises(UsageError) as by_parameter:
        OpenAICompat.from_key(KEY)

    assert str(by_variable.value) == str(by_parameter.value)
    assert "OPENAI_COMPAT_BASE_URL" in str(by_variable.value)
    assert "OpenAICompat.from_key(..., base_url=...)" in str(by_variable.value)


def test_a_server_needs_no_key_and_is_then_sent_none() -> None:
    keyless = OpenAICompat.from_env({"OPENAI_COMPAT_BASE_URL": f"{PLACE}/"})
    locked = OpenAICompat.from_env({"OPENAI_COMPAT_BASE_URL": PLACE, "OPENAI_COMPAT_API_KEY": KEY})

    assert repr(keyless) == f"<OpenAICompat at {PLACE}>"
    assert "authorization" not in keyless.model("m")._endpoint.headers
    assert locked.model("m")._endpoint.headers["authorization"] == f"Bearer {KEY}"


def test_requests_go_to_the_place_with_the_headers_that_were_given() -> None:
    provider = OpenAICompat.from_key("", base_url=PLACE, headers={"x-title": "sagent"})

    endpoint = provider.model("m")._endpoint

    assert endpoint.url == f"{PLACE}/chat/completions"
    assert endpoint.headers == {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "x-title": "sagent",
    }


def test_a_model_must_be_named_by_the_caller_or_the_environment() -> None:
    named = OpenAICompat.from_env({"OPENAI_COMPAT_BASE_URL": PLACE, "OPENAI_COMPAT_MODEL": "qwen3"})

    with pytest.raises(
        UsageError, match=r"no default model: name one \(`sagent models .*set OPENAI_COMPAT_MODEL"
    ):
        OpenAICompat.from_key("", base_url=PLACE).model()
    assert named.model().spec.model == "qwen3"
    assert named.model("other").spec.model == "other"
    assert named.utility_model().spec == ModelSpec(
        provider="OpenAICompat",
        dialect="openai_chat",
        endpoint=PLACE,
        model="qwen3",
        options=freeze_object({"effort": "none"}),
    )


def test_a_model_keeps_in_its_spec_what_is_needed_to_build_it_again() -> None:
    provider = OpenAICompat.from_key("", base_url=PLACE)

    model = provider.model(
        "org/model:free", stream=False, effort="low", max_output_tokens=99, extra_body={"top_k": 1}
    )

    assert model.spec.options == {
        "stream": False,
        "effort": "low",
        "max_output_tokens": 99,
        "extra_body": {"top_k": 1},
    }
    assert provider.restored(model.spec).spec == model.spec
    assert model.limits == ModelLimits()


@pytest.mark.parametrize("name", ["a b", "ключ"])
def test_an_id_that_no_model_can_have_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no model of OpenAICompat can be called"):
        OpenAICompat.from_key("", base_url=PLACE).model(name)


def test_a_provider_of_its_own_is_a_card_and_its_manners() -> None:
    provider = DeepSeek.from_env({"DEEPSEEK_API_KEY": KEY})

    assert repr(provider) == "<DeepSeek at https://api.deepseek.com>"
    assert provider.model().spec.model == "deepseek-v4-pro"
    assert provider.utility_model().spec.model == "deepseek-flash"
    assert provider.model().limits == ModelLimits(context_window=1_000_000, max_output=384_000)
    with pytest.raises(MissingKey, match="DEEPSEEK_API_KEY"):
        DeepSeek.from_env({})


async def twice(model: Model) -> Reply:
    """What a model says to the second of two prompts."""
    view = View([prompt("hello")])
    first = (await chunks(model, request(view)))[-1]
    assert isinstance(first, Reply)
    spec = model.spec
    origin = Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)
    view.add(answered(first, origin))
    view.add(prompt("and?"))
    second = (await chunks(model, request(view)))[-1]
    assert isinstance(second, Reply)
    return second


async def test_manners_decide_whether_a_strict_server_takes_a_conversation_on() -> None:
    async with WireServer("hi", "hi", "fine", "hi", "well") as server:
        place = f"{server.base_url}/v1"
        rude = Rude.from_key(server.key, base_url=place).model()
        polite = DeepSeek.from_key(server.key, base_url=place).model(effort="low")

        with pytest.raises(Illegal, match="`reasoning_content` in the thinking mode must be passed back"):
            await twice(rude)
        answer = await twice(polite)
        unsaid = await twice(OpenAICompat.from_key(server.key, base_url=place).model("deepseek-flash"))

    sent = [request.body for request in server.requests if request.method == "POST"][-3]
    assert (answer.content, unsaid.content) == ((Text(content="fine"),), (Text(content="well"),))
    assert isinstance(sent, dict)
    assert (sent["thinking"], sent["reasoning_effort"]) == ({"type": "enabled"}, "high")


async def test_the_cost_of_what_nobody_knows_is_unknown_and_of_what_is_listed_known() -> None:
    async with WireServer("hi", "hi") as server:
        place = f"{server.base_url}/v1"
        models = (
            OpenAICompat.from_key(server.key, base_url=place).model("deepseek-flash"),
            DeepSeek.from_key(server.key, base_url=place).model("deepseek-flash"),
        )
        replies = [(await chunks(model, request([prompt("hello")])))[-1] for model in models]

    costs = [reply.cost_usd for reply in replies if isinstance(reply, Reply)]
    assert costs[0] is None
    assert costs[1] is not None


async def test_a_server_without_a_lock_is_talked_to_without_a_key() -> None:
    async with WireServer("hi") as server:
        model = OpenAICompat.from_key("", base_url=f"{server.base_url}/v1").model("local-model")

        with pytest.raises(Unauthorized, match="Check OPENAI_COMPAT_API_KEY"):
            await chunks(model, request([prompt("hello")]))


def listed(*names: str, **more: object) -> str:
    return json.dumps({"object": "list", "data": [{"id": name} for name in names], **more})


async def test_the_models_on_offer_are_listed_over_all_pages() -> None:
    pages = Pages([listed("a", "b/c", has_more=True, last_id="b/c"), listed("d", "d")])

    names = await OpenAICompat.from_key("", base_url=PLACE, transport=pages).models()

    assert names == ("a", "b/c", "d")
    assert [call.url for call in pages.calls] == [f"{PLACE}/models", f"{PLACE}/models?after=b/c"]


async def test_a_bare_list_is_a_list_of_models_too() -> None:
    pages = Pages(['[{"id": "a"}, {"id": "b"}]'])

    assert await OpenAICompat.from_key("", base_url=PLACE, transport=pages).models() == ("a", "b")


@pytest.mark.parametrize(
    "page", ["", "<html>", "{}", '{"data": [{}]}', '{"data": {}}', '{"data": [], "last_id": 1}']
)
async def test_a_list_that_cannot_be_read_is_an_error(page: str) -> None:
    with pytest.raises(BadAnswer, match="list of models"):
        await OpenAICompat.from_key("", base_url=PLACE, transport=Pages([page])).models()


async def test_a_list_that_is_refused_is_refused_without_showing_the_key() -> None:
    body = b'{"error": {"message": "no rights for %s"}}' % KEY.encode()
    pages = Pages([HttpRefusal(Refusal(status=401, headers={}, body=body, host="h"))])

    with pytest.raises(Unauthorized, match="Check OPENAI_COMPAT_API_KEY") as caught:
        await OpenAICompat.from_key(KEY, base_url=PLACE, transport=pages).models()

    assert KEY not in str(caught.value)


def test_no_representation_of_anything_shows_the_key() -> None:
    provider = OpenAICompat.from_key(KEY, base_url=PLACE)
    model = provider.model("m")

    assert KEY not in f"{provider!r} {model!r} {model.spec!r} {model._endpoint!r}"


def test_a_compatible_server_keeps_both_protocols() -> None:
    provider: Provider = OpenAICompat.from_key("", base_url=PLACE)
    model: Model = provider.model("m")

    assert (provider.name, model.spec.dialect) == ("OpenAICompat", "openai_chat")


def test_importing_it_imports_neither_the_http_client_nor_the_prices() -> None:
    program = "import sys; from sagent.providers import OpenAICompat; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert {"httpx2", "genai_prices", "pydantic", "openai", "jsonschema"} & set(loaded.split()) == set()
