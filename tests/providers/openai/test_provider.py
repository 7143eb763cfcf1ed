"""OpenAI, as a user builds it."""

import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import pytest

from sagent.errors import BadAnswer, Illegal, MissingKey, Overloaded, Unauthorized, UsageError
from sagent.lib.json import freeze_object
from sagent.messages.view import View
from sagent.protocols import Chunk, Model, ModelLimits, Provider, Reply
from sagent.providers import OpenAI
from sagent.providers.faults import Refusal
from sagent.providers.transport import Call, HttpRefusal
from sagent.schema.event import TextDelta
from sagent.schema.values import ModelSpec
from tests.providers.conversation import prompt, request

KEY = "sk-proj-SecretSecret"


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


@dataclass
class Lines:
    """A transport that gives these events."""

    events: Sequence[str]

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        assert json.loads(call.body or b"")["stream"] is True
        for event in self.events:
            yield [event]


def answer(text: str, **more: object) -> str:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}
    usage = {"input_tokens": 1_000_000, "output_tokens": 1_000_000, "total_tokens": 2_000_000}
    return json.dumps(
        {"object": "response", "status": "completed", "output": [item], "usage": usage, "model": "gpt-5.4"}
        | more
    )


def page_of(*names: str, **more: object) -> str:
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names], **more})


async def chunks(model: Model) -> Sequence[Chunk]:
    return [chunk async for chunk in model.stream(request(View([prompt("hi")])))]


def test_the_key_and_the_place_are_those_of_the_sdk() -> None:
    here = OpenAI.from_env({"OPENAI_API_KEY": f" {KEY}\n"})
    there = OpenAI.from_env({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://127.0.0.1:1/v1/"})

    assert repr(here) == "<OpenAI at https://api.openai.com/v1>"
    assert there.model().spec.endpoint == "http://127.0.0.1:1/v1"


def test_a_missing_key_is_said_with_the_name_of_the_variable() -> None:
    with pytest.raises(MissingKey, match="OPENAI_API_KEY"):
        OpenAI.from_env({"OPENAI_API_KEY": " "})


def test_a_model_keeps_in_its_spec_what_is_needed_to_build_it_again() -> None:
    openai = OpenAI.from_key(KEY)

    model = openai.model("gpt-5.5", stream=False, effort="low", max_output_tokens=99)

    assert model.spec == ModelSpec(
        provider="OpenAI",
        dialect="openai_responses",
        endpoint="https://api.openai.com/v1",
        model="gpt-5.5",
        options=freeze_object({"stream": False, "effort": "low", "max_output_tokens": 99}),
    )
    assert openai.restored(model.spec).spec == model.spec
    assert (openai.model().spec.model, openai.utility_model().spec.model) == ("gpt-6.1-sol", "gpt-6-luna")


def test_chat_completions_are_spoken_where_they_are_asked_for() -> None:
    openai = OpenAI.from_key(KEY)

    spec = openai.model(dialect="openai_chat").spec

    assert spec.dialect == "openai_chat"
    assert openai.restored(spec).spec == spec


def test_a_wire_that_openai_does_not_speak_is_refused() -> None:
    with pytest.raises(UsageError, match="openai_responses, openai_chat"):
        OpenAI.from_key(KEY).model(dialect="google")


def test_the_limits_of_known_models_are_known_and_of_others_cautious() -> None:
    openai = OpenAI.from_key(KEY)

    assert openai.model("gpt-6.1-sol").limits == ModelLimits(context_window=922_000, max_output=128_000)
    assert openai.model("ft:something").limits == ModelLimits(context_window=128_000)


async def test_a_request_goes_to_the_wire_that_was_chosen_with_key_and_accounts() -> None:
    pages = Pages([answer("x")])
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj_1"}
    headers = dict(OpenAI.from_env(environ, headers={"x-mine": "1"})._headers)
    openai = OpenAI.from_key(KEY, base_url="http://h/v1", headers=headers, transport=pages)

    await chunks(openai.model(stream=False, max_output_tokens=3))

    (call,) = pages.calls
    assert call.url == "http://h/v1/responses"
    assert dict(call.headers) == {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "authorization": f"Bearer {KEY}",
        "OpenAI-Organization": "org-1",
        "OpenAI-Project": "proj_1",
        "x-mine": "1",
    }
    body = json.loads(call.body or b"")
    assert (body["max_output_tokens"], body["store"], "stream" in body) == (16, False, False)


async def test_a_request_in_chat_completions_goes_to_their_address() -> None:
    message = {"role": "assistant", "content": "x"}
    chat = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "model": "m"}
    pages = Pages([json.dumps(chat)])
    openai = OpenAI.from_key(KEY, base_url="http://h/v1", transport=pages)

    await chunks(openai.model(dialect="openai_chat", stream=False))

    assert [call.url for call in pages.calls] == ["http://h/v1/chat/completions"]


async def test_an_answer_is_priced_by_the_model_that_gave_it() -> None:
    model = OpenAI.from_key(KEY, transport=Pages([answer("x")])).model(stream=False)

    (reply,) = await chunks(model)

    assert isinstance(reply, Reply)
    assert reply.model == "gpt-5.4"
    assert reply.cost_usd == pytest.approx(5 + 22.5)


async def test_a_stream_is_shown_while_it_comes() -> None:
    events = [
        {"type": "response.output_text.delta", "delta": "x"},
        {"type": "response.completed", "response": json.loads(answer("x"))},
    ]
    lines = Lines([json.dumps(event) for event in events])

    shown = await chunks(OpenAI.from_key(KEY, transport=lines).model())

    assert shown[0] == TextDelta(content="x")
    assert isinstance(shown[1], Reply)


async def test_the_models_on_offer_are_listed_over_all_pages_but_for_the_mute_ones() -> None:
    pages = Pages(
        [
            page_of("gpt-x", "text-embedding-3-small", "gpt-realtime-2", has_more=True, last_id="a/b"),
            page_of("o3", "whisper-1", "gpt-image-2"),
        ]
    )

    names = await OpenAI.from_key(KEY, base_url="http://h/v1", transport=pages).models()

    assert names == ("gpt-x", "o3")
    assert [call.url for call in pages.calls] == ["http://h/v1/models", "http://h/v1/models?after=a%2Fb"]


async def test_a_list_that_is_refused_is_refused_without_showing_the_key() -> None:
    body = b'{"error": {"code": "invalid_api_key", "message": "wrong key %s"}}' % KEY.encode()
    pages = Pages([HttpRefusal(Refusal(status=401, headers={}, body=body, host="h"))])

    with pytest.raises(Unauthorized, match="OPENAI_API_KEY") as caught:
        await OpenAI.from_key(KEY, transport=pages).models()

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("page", ["", "<html>", '{"data": [{}]}', '{"data": {}}', "{}"])
async def test_a_list_that_cannot_be_read_is_an_error(page: str) -> None:
    with pytest.raises(BadAnswer, match="list of models"):
        await OpenAI.from_key(KEY, transport=Pages([page])).models()


async def test_a_refusal_is_the_error_that_says_what_helps() -> None:
    slow = HttpRefusal(Refusal(status=429, headers={"retry-after": "7"}, body=b"", host="h"))
    bad = HttpRefusal(Refusal(status=400, headers={}, body=b'{"error": {"message": "bad"}}', host="h"))

    with pytest.raises(Overloaded) as caught:
        await chunks(OpenAI.from_key(KEY, transport=Pages([slow])).model())
    with pytest.raises(Illegal, match=r"^OpenAI gpt-6\.1-sol at api\.openai\.com: bad \(HTTP 400\)\. Check"):
        await chunks(OpenAI.from_key("another", transport=Pages([bad])).model())

    assert caught.value.retry_after == 7


def test_openai_keeps_both_protocols() -> None:
    provider: Provider = OpenAI.from_key(KEY)
    model: Model = provider.model()

    assert (provider.name, model.spec.model) == ("OpenAI", "gpt-6.1-sol")


def test_no_representation_of_anything_shows_the_key() -> None:
    openai = OpenAI.from_key(KEY)
    model = openai.model()

    assert KEY not in f"{openai!r} {model!r} {model.spec!r} {model._endpoint!r}"


def test_importing_openai_imports_neither_the_http_client_nor_the_prices() -> None:
    program = "import sys; from sagent.providers import OpenAI; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert {"httpx2", "genai_prices", "pydantic", "openai"} & set(loaded.split()) == set()
