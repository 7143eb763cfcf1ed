"""The file that a provider cannot use is found by the place that it names, and goes alone."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence

import pytest

from sagent.agent import Agent
from sagent.lib.blob import Blob
from sagent.lib.json import json_freeze, json_text
from sagent.messages.words import letter
from sagent.providers import Anthropic, Google, OpenAI
from sagent.providers.remote import Remote
from sagent.schema.part import Image
from sagent.testing import WireServer
from sagent.testing.faults import Status
from tests.samples import picture


def image(width: int) -> Image:
    return Image(descriptor="image/png", content=Blob.of(picture(width, 20)))


PICTURES = (image(30), image(40), image(50))

MODELS: Mapping[str, Callable[[Mapping[str, str]], Remote]] = {
    "Messages": lambda named: Anthropic.from_env(named).model(),
    "Responses": lambda named: OpenAI.from_env(named).model(),
    "Chat": lambda named: OpenAI.from_env(named).model("gpt-6.1-sol", dialect="openai_chat"),
    "Gemini": lambda named: Google.from_env(named).model("gemini-2.5-flash"),
}


def refusal(message: str) -> Status:
    said = {"error": {"message": message, "type": "invalid_request_error", "code": None}}
    return Status(400, json_freeze(said))


def shown(server: WireServer, of: Sequence[Image]) -> list[list[int]]:
    """Which of these pictures each request has."""
    bodies = [json_text(request.body) for request in server.requests]
    coded = [b64encode(each.content.data or b"").decode() for each in of]
    return [[index for index, data in enumerate(coded) if data in body] for body in bodies]


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        ("Messages", "messages.0.content.2.image.source.base64: Could not process image"),
        ("Responses", "Invalid image: input[0].content[2].image_url is not a valid image"),
        ("Chat", "Invalid image at messages[1].content[2]"),
        ("Gemini", "Unable to process input image. contents[0].parts[2].inline_data.data"),
    ],
)
async def test_of_three_pictures_the_one_that_is_named_is_left_out(wire: str, message: str) -> None:
    async with WireServer(refusal(message), "fine", "fine") as server:
        agent = Agent(MODELS[wire](server.environment), "Be brief.")
        answers = [
            await agent.run(letter("look", *PICTURES)),
            await agent.run("and again"),
        ]

    assert [answer.content for answer in answers] == ["fine", "fine"]
    assert shown(server, PICTURES) == [[0, 1, 2], [0, 2], [0, 2]]


@pytest.mark.parametrize(
    "message",
    [
        "Could not process image",
        "messages.0: Could not process image",
        "messages.0.content.0: Could not process image",
        "messages.9.content.1: Could not process image",
    ],
)
async def test_where_no_picture_or_more_than_one_stands_all_that_are_new_are_left_out(message: str) -> None:
    async with WireServer(refusal(message), "fine") as server:
        agent = Agent(MODELS["Messages"](server.environment))
        await agent.run(letter("look", *PICTURES))

    assert shown(server, PICTURES) == [[0, 1, 2], []]


async def test_a_picture_that_was_made_smaller_is_known_again() -> None:
    large = Image(descriptor="image/png", content=Blob.of(picture(3_000, 20)))
    named = "messages.0.content.1.image.source.base64: Could not process image"
    async with WireServer(refusal(named), "fine") as server:
        agent = Agent(MODELS["Messages"](server.environment))
        await agent.run(letter("look", large, *PICTURES))

    assert shown(server, PICTURES) == [[0, 1, 2], [0, 1, 2]]
    assert [json_text(request.body).count("(left out)") for request in server.requests] == [0, 1]
