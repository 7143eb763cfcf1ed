"""A model whose window only its server knows: asked once, beside the requests, and heeded by them."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest

from sagent.errors import Unreachable
from sagent.protocols import ModelLimits, Request
from sagent.providers import Groq, OpenAICompat, OpenRouter
from sagent.providers.catalog import user_file
from sagent.providers.faults import Refusal
from sagent.providers.remote import Remote
from sagent.providers.transport import Call, HttpRefusal
from tests.providers.conversation import prompt, request

CHAT = "/v1/chat/completions"
DONE = json.dumps({"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": "stop"}]})
VLLM = {"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 16_384}]}
OLLAMA = {"data": [{"id": "m", "owned_by": "library"}]}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


@dataclass
class Server:
    """A server in memory: what it says by path, and what was asked of it."""

    says: Mapping[str, object]
    asked: list[str] = field(default_factory=list)
    limits: list[object] = field(default_factory=list)
    silent: asyncio.Event | None = None
    """Where there is one, nothing but answers is said before it is set."""
    place: str = field(default_factory=lambda: f"http://{uuid4().hex}")
    """A name that no other server of the process has."""

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        path = call.url.removeprefix(self.place)
        self.asked.append(path)
        if path == CHAT:
            self.limits.append(json.loads(call.body or b"").get("max_tokens"))
            yield [DONE, "[DONE]"]
            return
        if self.silent is not None:
            await self.silent.wait()
        said = self.says.get(path, 404)
        if isinstance(said, Exception):
            raise said
        if isinstance(said, int):
            raise HttpRefusal(Refusal(status=said, headers={}, body=b"no", host="here"))
        yield [said if isinstance(said, str) else json.dumps(said)]

    def provider(self) -> OpenAICompat:
        return OpenAICompat.from_key("", base_url=f"{self.place}/v1", transport=self)


async def asks(model: Remote, wanted: Request | None = None, times: int = 1) -> None:
    """Ask for an answer, and let what runs beside it come to its end."""
    for _ in range(times):
        assert [chunk async for chunk in model.stream(wanted or request([prompt("hi")]))]
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))


async def test_the_window_is_known_after_the_first_request_and_asked_only_once() -> None:
    server = Server({"/v1/models": VLLM})
    model, other = server.provider().model("m"), server.provider().model("m", max_output_tokens=9)
    before = model.limits

    await asks(model, times=3)
    await asks(other)

    assert (before, model.limits, other.limits) == (
        ModelLimits(),
        ModelLimits(context_window=16_384),
        ModelLimits(context_window=16_384),
    )
    assert sorted(server.asked) == [*[CHAT] * 4, "/v1/models"]


async def test_no_request_without_a_limit_of_output_waits_for_it() -> None:
    server = Server({"/v1/models": VLLM}, silent=asyncio.Event())
    model = server.provider().model("m")

    chunks = [chunk async for chunk in model.stream(request([prompt("hi")]))]

    assert (len(chunks), model.limits) == (2, ModelLimits())


async def test_a_request_with_one_waits_for_a_bounded_time() -> None:
    server = Server({"/v1/models": VLLM}, silent=asyncio.Event())
    model = server.provider().model("m", max_output_tokens=30_000)

    async with asyncio.timeout(10):
        chunks = [chunk async for chunk in model.stream(request([prompt("hi")]))]

    assert (len(chunks), server.limits) == (2, [30_000])


async def test_the_output_is_limited_to_what_the_input_leaves_of_the_window() -> None:
    server = Server({"/v1/models": VLLM})
    long = request([prompt("x" * 12_000)])
    provider = server.provider()

    await asks(provider.model("m"), long)
    await asks(provider.model("m", max_output_tokens=30_000), long)
    await asks(provider.model("m"), replace(long, max_output=32_768))
    await asks(provider.model("m", max_output_tokens=500), long)
    await asks(provider.model("m", max_output_tokens=30_000), request([prompt("x" * 90_000)]))

    unlimited, most, budget, little, least = server.limits
    assert (unlimited, little, least) == (None, 500, 1_024)
    assert most == budget
    assert isinstance(most, int)
    assert 10_000 < most < 16_384 - 12_000 // 4


async def test_what_the_catalog_says_is_not_asked_and_holds_for_the_output_too() -> None:
    file = user_file()
    file.parent.mkdir(parents=True)
    row = {"provider": "OpenAICompat", "model": "m", "context_window": 8_192}
    file.write_text(json.dumps({"models": [row]}))
    server = Server({"/v1/models": VLLM})
    model = server.provider().model("m", max_output_tokens=30_000)

    await asks(model)

    assert (model.limits, server.asked) == (ModelLimits(context_window=8_192), [CHAT])
    assert server.limits[0] != 30_000


@pytest.mark.parametrize("said", [404, 500, "no json", {"data": []}, "[" * 5_000])
async def test_a_server_that_does_not_say_it_is_supposed_to_have_a_cautious_window(said: object) -> None:
    server = Server({"/v1/models": said})
    model = server.provider().model("m")

    await asks(model, times=2)

    assert model.limits == ModelLimits(context_window=128_000)
    assert server.asked.count("/v1/models") == 1


async def test_a_server_that_could_not_be_reached_is_asked_again() -> None:
    server = Server({"/v1/models": Unreachable("gone")})
    model = server.provider().model("m")

    await asks(model)
    server.says = {"/v1/models": VLLM}
    await asks(model)

    assert model.limits == ModelLimits(context_window=16_384)


async def test_an_older_llama_cpp_is_asked_for_its_properties() -> None:
    models = {"data": [{"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx_train": 65_536}}]}
    server = Server({"/v1/models": models, "/props": {"default_generation_settings": {"n_ctx": 4_096}}})
    model = server.provider().model("m")

    await asks(model)

    assert model.limits == ModelLimits(context_window=4_096)


async def test_ollama_is_asked_again_until_the_model_is_loaded() -> None:
    idle: dict[str, object] = {"models": []}
    loaded = {"models": [{"name": "m", "context_length": 32_768}]}
    shown = {"model_info": {"qwen3.context_length": 40_960}}
    server = Server({"/v1/models": OLLAMA, "/api/ps": idle, "/api/show": shown})
    model = server.provider().model("m")

    await asks(model)
    first = model.limits
    server.says = {**server.says, "/api/ps": loaded}
    await asks(model, times=3)

    assert (first, model.limits) == (ModelLimits(context_window=4_096), ModelLimits(context_window=32_768))
    assert server.asked.count("/api/ps") == 2


async def test_lm_studio_is_asked_by_its_own_list() -> None:
    models = {"data": [{"id": "m", "owned_by": "organization_owner"}]}
    own = {"data": [{"id": "m", "max_context_length": 40_960, "loaded_context_length": 8_192}]}
    server = Server({"/v1/models": models, "/api/v0/models": own})
    model = server.provider().model("m")

    await asks(model)

    assert model.limits == ModelLimits(context_window=8_192)


async def test_a_router_tells_the_window_and_the_longest_answer_of_each_model() -> None:
    entry = {"context_length": 262_144, "top_provider": {"max_completion_tokens": 32_768}}
    server = Server({"/v1/models": {"data": [{"id": "other"}, {"id": "z/glm", **entry}]}})
    model = OpenRouter.from_key("key", base_url=f"{server.place}/v1", transport=server).model("z/glm")

    await asks(model)

    assert model.limits == ModelLimits(context_window=262_144, max_output=32_768)


async def test_only_where_nobody_says_how_much_a_model_takes_that_is_warned_of_and_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told, silent, down = f"told-{uuid4().hex}", f"silent-{uuid4().hex}", f"down-{uuid4().hex}"
    server = Server({"/v1/models": {"data": [{"id": told, "context_window": 131_072}, {"id": silent}]}})
    groq = Groq.from_key("key", base_url=f"{server.place}/v1", transport=server)

    await asks(groq.model(told))
    await asks(groq.model(silent), times=2)
    await asks(groq.model(silent, effort="low"))
    server.says = {"/v1/models": 404}
    await asks(groq.model(down))

    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [words.partition(" takes ")[0] for words in warnings] == [f"how much {silent}", f"how much {down}"]
