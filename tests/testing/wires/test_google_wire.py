"""Gemini's HTTP interface, from Google's side."""

import json
from collections.abc import Mapping

import pytest
from google import genai
from google.genai import types

from sagent.errors import Overloaded, Quota
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.schema.part import Data, Image, Thinking
from sagent.testing import Status, WireReplying, WireServer, always, call, google_complaints, reply
from tests.samples import PNG, in_base64
from tests.testing.asking import FLASH, HELLO, ask, client, lines

NEW = "/v1beta/models/gemini-3-flash-preview"


async def test_a_stream_is_crlf_events_of_which_the_last_has_the_finish_reason() -> None:
    async with WireServer("one two three four five six") as server:
        answer = await ask(server, path=f"{FLASH}:streamGenerateContent?alt=sse")

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.text.endswith("\r\n\r\n")
    events = [json.loads(event.removeprefix("data: ")) for event in answer.text.split("\r\n\r\n")[:-1]]
    assert [event["candidates"] for event in events] == [
        [{"content": {"parts": [{"text": "one"}], "role": "model"}, "index": 0}],
        [{"content": {"parts": [{"text": " two three four five"}], "role": "model"}, "index": 0}],
        [{"content": {"parts": [{"text": " six"}], "role": "model"}, "finishReason": "STOP", "index": 0}],
    ]
    assert {event["modelVersion"] for event in events} == {"gemini-2.5-flash"}


async def test_without_alt_sse_a_stream_is_one_json_array() -> None:
    async with WireServer("one two three four five six") as server:
        answer = await ask(server, path=f"{FLASH}:streamGenerateContent")

    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert [len(event["candidates"]) for event in answer.json()] == [1, 1, 1]
    assert answer.text.startswith("[{\n")
    assert "}\n,\r\n{\n" in answer.text


async def test_a_whole_answer_is_one_object_with_the_text_in_one_part() -> None:
    async with WireServer(
        [Thinking(content="let me think of it"), "one two three", call("Bash", command="ls")]
    ) as server:
        answer = (await ask(server)).json()

    assert answer["candidates"] == [
        {
            "content": {
                "parts": [
                    {"text": "let me think of it", "thought": True},
                    {"text": "one two three"},
                    {"functionCall": {"name": "Bash", "args": {"command": "ls"}}},
                ],
                "role": "model",
            },
            "finishReason": "STOP",
            "index": 0,
        }
    ]


async def test_usage_counts_thoughts_beside_the_candidates() -> None:
    async with WireServer([Thinking(content="a" * 40), "b" * 20], Thinking(content="a" * 40)) as server:
        both, thoughts = [(await ask(server)).json()["usageMetadata"] for _ in range(2)]

    prompt = both["promptTokenCount"]
    assert both == {
        "promptTokenCount": prompt,
        "candidatesTokenCount": 5,
        "totalTokenCount": prompt + 15,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
        "thoughtsTokenCount": 10,
    }
    assert "candidatesTokenCount" not in thoughts


async def test_usage_that_the_script_tells_is_told_on() -> None:
    usage = reply("x").usage
    async with WireServer(reply("x", usage=usage)) as server:
        told = (await ask(server)).json()["usageMetadata"]

    assert (told["promptTokenCount"], told["candidatesTokenCount"]) == (
        usage.input_tokens,
        usage.output_tokens,
    )


async def test_gemini_3_signs_its_first_call_gives_calls_ids_and_closes_with_an_event_of_its_own() -> None:
    async with WireServer([call("Bash", command="ls"), call("Bash", command="pwd")]) as server:
        first, second, closing = await lines(server, model=NEW)

    one, two = (json.loads(event)["candidates"][0]["content"]["parts"][0] for event in (first, second))
    assert one == {
        "functionCall": {"name": "Bash", "args": {"command": "ls"}, "id": "call1x1"},
        "thoughtSignature": one["thoughtSignature"],
    }
    assert two == {"functionCall": {"name": "Bash", "args": {"command": "pwd"}, "id": "call1x2"}}
    assert json.loads(closing)["candidates"] == [
        {"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0}
    ]


def history(part: Mapping[str, object]) -> JsonObject:
    output = {"name": "Bash", "response": {"output": "a.txt"}, "id": "call1x1"}
    return freeze_object(
        {
            "contents": [
                {"role": "user", "parts": [{"text": "hello"}]},
                {"role": "model", "parts": [part]},
                {"role": "user", "parts": [{"functionResponse": output}]},
            ],
            "tools": [{"functionDeclarations": [{"name": "Bash", "description": "Runs a command."}]}],
        }
    )


async def test_a_signed_call_that_comes_back_verbatim_is_accepted() -> None:
    async with WireServer(call("Bash", command="ls"), "done") as server:
        part = (await ask(server, path=f"{NEW}:generateContent")).json()["candidates"][0]["content"]["parts"][
            0
        ]
        answer = await ask(server, history(part), path=f"{NEW}:generateContent")

    assert (answer.status_code, server.complaints) == (200, ())


async def test_a_signature_that_comes_back_on_another_part_is_refused() -> None:
    async with WireServer(call("Bash", command="ls"), "done") as server:
        part = (await ask(server, path=f"{NEW}:generateContent")).json()["candidates"][0]["content"]["parts"][
            0
        ]
        part["functionCall"]["args"] = {"command": "rm"}
        answer = await ask(server, history(part), path=f"{NEW}:generateContent")

    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "contents[1].parts[0]: Thought signature is not valid.",
    )


async def test_signatures_of_somebody_else_are_not_judged() -> None:
    call_part = {"functionCall": {"name": "Bash", "args": {}, "id": "call1x1"}}
    async with WireServer("done") as server:
        body = history({**call_part, "thoughtSignature": "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="})
        answer = await ask(server, body, path=f"{NEW}:generateContent")

    assert answer.status_code == 200


async def test_the_validator_speaks_first_and_is_the_public_one() -> None:
    body = freeze_object({"contents": [], "nonsense": 1})
    async with WireServer() as server:
        answer = await ask(server, body)

    assert answer.json()["error"]["message"] == google_complaints(body, "gemini-2.5-flash")[0]


async def test_pictures_and_data_in_a_script_are_spoken_as_gemini_does() -> None:
    picture = Image(descriptor="image/png", content=Blob.of(PNG))
    async with WireServer([picture, Data(content={"a": 1})]) as server:
        answer = (await ask(server)).json()

    assert answer["candidates"][0]["content"]["parts"] == [
        {"inlineData": {"mimeType": "image/png", "data": in_base64(PNG)}},
        {"text": '{"a":1}'},
    ]


@pytest.mark.parametrize(
    ("headers", "status", "words", "reason"),
    [
        (
            {"x-goog-api-key": "wrong"},
            400,
            "API key not valid. Please pass a valid API key.",
            "API_KEY_INVALID",
        ),
        ({}, 403, "Method doesn't allow unregistered callers", None),
    ],
)
async def test_a_wrong_key_is_refused_in_googles_words(
    headers: dict[str, str], status: int, words: str, reason: str | None
) -> None:
    async with WireServer("fine") as server, client(server) as http:
        http.headers.pop("x-goog-api-key")
        answer = await http.post(f"{FLASH}:generateContent", json=HELLO, headers=headers)

    error = answer.json()["error"]
    assert (answer.status_code, error["message"].startswith(words), server.left) == (status, True, 1)
    assert error.get("details", [{}])[0].get("reason") == reason


async def test_the_key_may_stand_in_the_query() -> None:
    async with WireServer("fine") as server, client(server) as http:
        http.headers.pop("x-goog-api-key")
        answer = await http.post(f"{FLASH}:generateContent?key=loopback-key", json=HELLO)

    assert (answer.status_code, server.requests[0].query) == (200, {})


@pytest.mark.parametrize("verb", ["generateContent", "streamGenerateContent?alt=sse"])
async def test_an_unknown_model_is_not_found(verb: str) -> None:
    async with WireServer("fine") as server:
        answer = await ask(server, path=f"/v1beta/models/gemini-nine:{verb}")

    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert answer.json()["error"]["message"].startswith(
        "models/gemini-nine is not found for API version v1beta"
    )


async def test_an_error_in_answer_to_an_array_stream_is_an_array() -> None:
    async with WireServer(Status(503)) as server:
        answers = [
            (await ask(server, path=f"/v1beta/models/{model}:streamGenerateContent")).json()
            for model in ("gemini-2.5-flash", "gemini-nine")
        ]

    assert [[error["error"]["code"] for error in answer] for answer in answers] == [[503], [404]]


async def test_an_error_in_the_midst_of_a_stream_is_an_event() -> None:
    async with WireServer(["half of", Status(503)]) as server:
        events = await lines(server)

    assert [list(json.loads(event)) for event in events][-1] == ["error"]


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
async def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    async with WireServer("fine") as server, client(server) as http:
        answer = await http.post(f"{FLASH}:generateContent", content=body)

    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "Invalid JSON payload received. Unexpected token.",
    )


async def test_a_quota_of_the_day_says_so_and_a_busy_server_when_to_come_back() -> None:
    async with WireServer(
        Quota("used up"), Overloaded("busy", retry_after=1.5), Overloaded("busy", retry_after=3)
    ) as server:
        answers = [(await ask(server)).json()["error"]["details"][0] for _ in range(3)]

    assert "PerDay" in answers[0]["violations"][0]["quotaId"]
    assert [detail["retryDelay"] for detail in answers[1:]] == ["1.5s", "3s"]


async def test_the_catalog_lists_the_models_in_pages() -> None:
    async with (
        WireServer(models=("gemini-2.5-flash", "gemini-x", "gemini-y")) as server,
        client(server) as http,
    ):
        first = (await http.get("/v1beta/models?pageSize=2")).json()
        rest = (await http.get(f"/v1beta/models?pageSize=2&pageToken={first['nextPageToken']}")).json()
        one = (await http.get(FLASH)).json()
        none = await http.get("/v1beta/models/gemini-nine")

    names = [model["name"] for model in (*first["models"], *rest["models"])]
    assert (names, "nextPageToken" in rest) == (
        ["models/gemini-2.5-flash", "models/gemini-x", "models/gemini-y"],
        False,
    )
    assert (one["inputTokenLimit"], one["outputTokenLimit"], none.status_code) == (1_048_576, 65_536, 404)


@pytest.fixture
def vendor() -> types.HttpOptions:
    return types.HttpOptions(api_version="v1beta")


async def test_the_vendors_own_client_reads_what_the_server_writes(vendor: types.HttpOptions) -> None:
    script: WireReplying = [Thinking(content="let me see"), "I will look for it.", call("Bash", command="ls")]
    async with WireServer(script, script, always("fine")) as server:
        options = vendor.model_copy(update={"base_url": server.base_url})
        sdk = genai.Client(api_key=server.key, http_options=options)
        whole = await sdk.aio.models.generate_content(model="gemini-3-flash-preview", contents="hello")
        stream = await sdk.aio.models.generate_content_stream(
            model="gemini-3-flash-preview", contents="hello"
        )
        chunks = [chunk async for chunk in stream]
        names = [model.name async for model in await sdk.aio.models.list()]
        await sdk.aio.aclose()
        sdk.close()

    assert whole.text == "".join(chunk.text or "" for chunk in chunks) == "I will look for it."
    assert whole.function_calls is not None
    assert [(function.name, function.args) for function in whole.function_calls] == [
        ("Bash", {"command": "ls"})
    ]
    assert "models/gemini-2.5-flash" in names
    assert server.complaints == ()
