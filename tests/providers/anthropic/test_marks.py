"""Marks up to which a conversation is cached."""

import json
import re

from sagent.messages.view import View
from sagent.providers.anthropic.dialect import AnthropicDialect
from sagent.providers.anthropic.encode import Settings
from sagent.providers.anthropic.manners import BEDROCK, VERTEX, Manners
from sagent.schema.values import Origin
from tests.providers.conversation import ADD, call, prompt, request, response, result

MARK = '"cache_control":{"type":"ephemeral"}'


def dialect(manners: Manners) -> AnthropicDialect:
    origin = Origin(provider="P", dialect="anthropic", endpoint="e", model="claude-sonnet-5-5")
    settings = Settings(model=origin.model, max_tokens=99, stream=True, manners=manners)
    return AnthropicDialect(origin=origin, settings=settings)


def test_the_system_prompt_and_the_end_of_this_request_and_of_the_one_before_are_marked() -> None:
    scribe = dialect(VERTEX).scribe()
    view = View([prompt("one")])
    asked = request(view, system="Be brief.", tools=(ADD,))

    first = scribe.body(asked).decode()
    view.add(response("two", call(1, a=1)))
    view.add(result(1, "three"))
    second = scribe.body(asked).decode()
    again = scribe.body(asked).decode()

    assert [json.loads(body)["system"][0]["cache_control"] for body in (first, second)] == [
        {"type": "ephemeral"}
    ] * 2
    assert (first.count(MARK), second.count(MARK), again.count(MARK)) == (2, 3, 2)
    assert re.sub(f",{MARK}", "", second) == re.sub(f",{MARK}", "", again)
    messages = json.loads(second)["messages"]
    assert ["cache_control" in message["content"][-1] for message in messages] == [True, False, True]
    assert [len(message["content"]) for message in messages] == [1, 2, 1]


def test_what_the_path_says_is_not_in_the_body_and_the_version_is() -> None:
    body = json.loads(dialect(BEDROCK).scribe().body(request([prompt("hi")])))

    assert body == {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 99,
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}],
            }
        ],
    }
