"""Messages as words: letters, results, deliveries, and who speaks."""

import pytest

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.blob import Blob
from sagent.lib.json import EMPTY, json_freeze
from sagent.messages.words import (
    UNSEALED,
    calls_of,
    delivery,
    letter,
    plain,
    spoken,
    tool_result,
    visible_text,
)
from sagent.schema.message import ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
from sagent.schema.signal import Letter
from sagent.schema.values import Author, Origin, Usage

CALL = ToolCall(call_id=CallId("c1"), vendor_id="v1", tool=ToolName("build"), content=EMPTY)
PICTURE = Image(descriptor="image/png", content=Blob.of(b"1234"))


def prompt(author: Author, sender: str = "") -> Prompt:
    return Prompt(
        id=MessageId("m1"),
        parent_id=None,
        timestamp=0.0,
        content=(Text(content="hi"),),
        author=author,
        sender=sender,
    )


def test_a_letter_takes_strings_and_parts() -> None:
    assert letter("look", PICTURE) == Letter(
        content=(Text(content="look"), PICTURE), author="user", sender=""
    )


def test_a_result_made_by_a_tool_is_not_sealed_yet() -> None:
    made = tool_result(CALL, "ok", PICTURE, failed=True)

    assert made == ToolResult(
        id=UNSEALED,
        parent_id=None,
        timestamp=0.0,
        call_id=CallId("c1"),
        tool=ToolName("build"),
        content=(Text(content="ok"), PICTURE),
        failed=True,
        seconds=0.0,
    )


def test_a_person_is_shown_text_and_neither_thoughts_nor_calls() -> None:
    content = (Thinking(content="hm"), Text(content="a"), CALL, Text(content="b"), ErrorText(content="no"))

    assert visible_text(content) == "ab"


def test_the_calls_of_a_response_are_found_in_order() -> None:
    second = ToolCall(call_id=CallId("c2"), vendor_id="", tool=ToolName("test"), content=EMPTY)
    response = ModelResponse(
        id=MessageId("m1"),
        parent_id=None,
        timestamp=0.0,
        content=(Text(content="a"), CALL, second),
        origin=Origin(provider="", dialect="", endpoint="", model=""),
        model="",
        stop="tool_calls",
        usage=Usage(
            input_tokens=0,
            cache_read_tokens=0,
            cache_write_tokens=0,
            cache_write_1h_tokens=0,
            output_tokens=0,
            reasoning_tokens=0,
        ),
        cost_usd=None,
        native=(),
    )

    assert calls_of(response) == (CALL, second)


@pytest.mark.parametrize(("failed", "ended"), [(False, "finished"), (True, "failed")])
def test_a_delivery_names_the_call_and_its_tool_and_holds_the_whole_result(failed: bool, ended: str) -> None:
    result = ToolResult(
        id=MessageId("m7"),
        parent_id=MessageId("m6"),
        timestamp=5.0,
        call_id=CallId("c1"),
        tool=ToolName("build"),
        content=(Text(content="ok"), PICTURE),
        failed=failed,
        seconds=61.26,
    )

    assert delivery(result) == Prompt(
        id=MessageId("m7"),
        parent_id=MessageId("m6"),
        timestamp=5.0,
        author="background",
        sender="build",
        content=(
            Text(content=f"[build call c1, in the background, {ended} after 61.3 s]"),
            Text(content="ok"),
            PICTURE,
        ),
    )


@pytest.mark.parametrize(
    ("author", "sender", "head"),
    [
        ("peer", "Reviewer", ["[peer Reviewer]"]),
        ("background", "", ["[background]"]),
        ("system", "", ["[system]"]),
        ("user", "", []),
        ("user", "Ada", []),
    ],
)
def test_whoever_is_not_the_user_is_named_first(author: Author, sender: str, head: list[str]) -> None:
    words = [plain(part) for part in spoken(prompt(author, sender))]

    assert words == [*head, "hi"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Text(content="a"), "a"),
        (ErrorText(content="b"), "b"),
        (Thinking(content="c"), "c"),
        (Data(content=json_freeze({"d": [1, None]})), '{"d":[1,null]}'),
        (PICTURE, "[image/png, 4 bytes]"),
        (Document(content=Blob.of(b"12")), "[application/pdf, 2 bytes]"),
        (Audio(descriptor="audio/wav", content=Blob.of(b"")), "[audio/wav, 0 bytes]"),
        (Foreign(media_type="model/stl", content=Blob.of(b"1")), "[model/stl, 1 bytes]"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_part_has_plain_words(part: Part, words: str) -> None:
    assert plain(part) == words
