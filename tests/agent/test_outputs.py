"""Answers as values: of types, of schemas, over every wire, and what is said where there is none."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent import Agent, Letter, OutputError, Text, UsageError, letter, tool
from sagent.lib.json import JsonObject, JsonValue, freeze_object, json_text
from sagent.protocols import Model
from sagent.providers import Anthropic, Google, OpenAI
from sagent.providers.openai_chat.provider import OpenAICompat
from sagent.testing import Scripted, WireServer, as_json, call, reply
from sagent.tools.inference import Inference
from sagent.validation import misfit


class Kind(Enum):
    BUG = "bug"
    WISH = "wish"


@dataclass(frozen=True)
class Place:
    """Where it is."""

    file: str
    line: int = 1


class Note(TypedDict):
    text: str
    by: NotRequired[str]


@dataclass(frozen=True)
class Finding:
    title: str
    kind: Kind
    places: list[Place]
    level: Literal["low", "high"] = "low"
    note: Note | None = None


@dataclass(frozen=True)
class Tree:
    name: str
    inner: list["Tree"]


@dataclass(frozen=True)
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")


FOUND = Finding(title="off by one", kind=Kind.BUG, places=[Place("a.py", 3)], note={"text": "see"})
JSON: Mapping[str, object] = {
    "title": "off by one",
    "kind": "bug",
    "places": [{"file": "a.py", "line": 3}],
    "note": {"text": "see"},
}


@tool
def look(what: str) -> str:
    """Look."""
    return f"seen {what}"


async def test_an_answer_comes_as_a_value_of_the_type_that_was_asked_for() -> None:
    agent = Agent(Scripted(as_json(JSON)))

    found = await agent.run("find a bug", output=Finding)

    assert found == FOUND


async def test_types_that_are_no_objects_are_asked_for_and_given_alike() -> None:
    answers: Sequence[object] = [["a", "b"], "high", 7, None, {"text": "see"}, "wish"]
    agent = Agent(
        Scripted(
            *(as_json({"answer": each}) for each in answers[:4]),
            as_json(answers[4]),
            as_json({"answer": "wish"}),
        )
    )

    given = (
        await agent.run("names", output=list[str]),
        await agent.run("level", output=Literal["low", "high"]),
        await agent.run("count", output=int | str),
        await agent.run("place", output=Place | None),
        await agent.run("note", output=Note),
        await agent.run("kind", output=Kind),
    )

    assert given == (["a", "b"], "high", 7, None, {"text": "see"}, Kind.WISH)


async def test_a_type_that_holds_itself_can_be_asked_for() -> None:
    agent = Agent(Scripted(as_json({"name": "a", "inner": [{"name": "b", "inner": []}]})))

    assert await agent.run("the tree", output=Tree) == Tree("a", [Tree("b", [])])


async def test_a_json_schema_gives_json_whatever_its_root_is() -> None:
    agent = Agent(Scripted(as_json({"n": 1}), as_json({"answer": [1, 2]})))

    one = await agent.run("one", output={"type": "object", "required": ["n"]})
    row = await agent.run("row", output={"type": "array", "items": {"type": "integer"}})

    assert one == {"n": 1}
    assert row == (1, 2)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "array", "items": {"$ref": "#"}}, [[], [[]]]),
        ({"$id": "https://example.com/n", "$ref": "#/$defs/N", "$defs": {"N": {"type": "integer"}}}, 5),
        ({"items": {"$ref": "#/definitions/N"}, "definitions": {"N": {"type": "integer"}}}, [5]),
        (
            {"type": "array", "items": {"$ref": "#/$defs/N"}, "$defs": {"N": {"oneOf": [{"$ref": "#"}]}}},
            [[[]]],
        ),
    ],
)
async def test_references_in_a_schema_lead_where_they_led_before_it_was_wrapped(
    schema: Mapping[str, JsonValue], said: JsonValue
) -> None:
    agent = Agent(Scripted(as_json({"answer": said})))

    value = await agent.run("x", output=schema)

    assert json.loads(json_text(value)) == said


def test_code_without_an_event_loop_gets_values_too() -> None:
    agent = Agent(Scripted(as_json(JSON)))

    assert agent.run_sync("find a bug", output=Finding) == FOUND


async def test_a_stream_ends_with_the_value() -> None:
    agent = Agent(Scripted(as_json(JSON)))

    seen = [item async for item in agent.stream("find a bug", output=Finding)]

    assert seen[-1] == FOUND


async def test_tools_may_be_called_before_the_answer() -> None:
    model = Scripted(call("look", what="a.py"), as_json({"file": "a.py"}))
    agent = Agent(model, tools=[look])

    place = await agent.run("where?", output=Place)

    assert place == Place("a.py")
    assert [asked.output is None for asked in model.requests] == [False, False]


async def test_an_answer_that_never_fits_is_one_clear_error() -> None:
    agent = Agent(Scripted("I cannot", "```json\n{}\n```"))

    with pytest.raises(OutputError) as caught:
        await agent.run("where?", output=Place)

    assert str(caught.value) == (
        "Scripted scripted gave no answer of the form that was asked for: at $: 'file' is a required "
        "property. It said '```json\\n{}\\n```'. Ask for less, or ask another model."
    )
    assert caught.value.answer == "```json\n{}\n```"
    assert caught.value.complaint == "at $: 'file' is a required property"


async def test_what_only_the_type_refuses_is_the_same_error() -> None:
    agent = Agent(Scripted(as_json({"number": 3})))

    with pytest.raises(OutputError, match="3 is odd"):
        await agent.run("an even number", output=Even)


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        ("refusal", "it declined to answer"),
        ("length", "Raise max_output_tokens"),
        ("filter", "the provider's filter withheld it"),
    ],
)
async def test_an_answer_that_did_not_come_to_its_end_says_why(
    stop: Literal["refusal", "length", "filter"], words: str
) -> None:
    agent = Agent(Scripted(reply('{"fi', stop=stop)))

    with pytest.raises(OutputError, match=words):
        await agent.run("where?", output=Place)


async def test_what_json_does_not_have_and_what_is_no_schema_is_refused_before_anything_is_asked() -> None:
    model = Scripted()
    agent = Agent(model)

    with pytest.raises(UsageError, match="which JSON does not have"):
        await agent.run("x", output=complex)
    with pytest.raises(UsageError, match="output is no JSON Schema"):
        await agent.run("x", output={"type": "colour"})
    with pytest.raises(UsageError, match="it refers to '#/nowhere', which is not in it"):
        await agent.run("x", output={"$ref": "#/nowhere"})

    assert model.requests == ()


async def test_a_letter_may_ask_for_json_itself_and_gets_it_as_text() -> None:
    schema = freeze_object({"type": "object", "required": ["n"]})
    asked = Letter(content=letter("one").content, author="user", sender="", output=schema)
    agent = Agent(Scripted('```json\n{"n": 1}\n```', "no", "no"))

    assert await agent.run(asked) == Text(content='{"n":1}')
    with pytest.raises(OutputError):
        await agent.run(asked)


WIRES: Mapping[str, Callable[[WireServer], Model]] = {
    "Responses": lambda server: OpenAI(key=server.key, base_url=f"{server.base_url}/v1").model("gpt-6.1-sol"),
    "Chat": lambda server: OpenAI(key=server.key, base_url=f"{server.base_url}/v1").model(
        "gpt-6.1-sol", dialect="openai_chat"
    ),
    "Anthropic": lambda server: Anthropic(key=server.key, base_url=server.base_url).model(),
    "Google 3": lambda server: Google(key=server.key, base_url=server.base_url).model("gemini-3.5-flash"),
    "Google 2.5": lambda server: Google(key=server.key, base_url=server.base_url).model("gemini-2.5-flash"),
    "compatible": lambda server: OpenAICompat(key=server.key, base_url=f"{server.base_url}/v1").model(
        "local-model"
    ),
}


def said(body: JsonValue) -> tuple[bool, bool]:
    """Whether a request holds the model to a schema, and whether it tells it one in words."""
    text = json_text(body)
    held = any(mark in text for mark in ('"json_schema"', '"responseJsonSchema"', '"json_object"'))
    return held, "fits this JSON Schema" in text


@pytest.mark.parametrize(
    ("wire", "with_tools", "without"),
    [
        ("Responses", (True, False), (True, False)),
        ("Chat", (True, False), (True, False)),
        ("Anthropic", (True, False), (True, False)),
        ("Google 3", (True, False), (True, False)),
        ("Google 2.5", (False, True), (True, True)),
        ("compatible", (False, True), (True, True)),
    ],
)
async def test_every_wire_says_it_in_its_own_way(
    wire: str, with_tools: tuple[bool, bool], without: tuple[bool, bool]
) -> None:
    async with WireServer(call("look", what="a.py"), as_json(JSON), as_json(JSON), "in words") as server:
        with_look = Agent(WIRES[wire](server), tools=[look])
        alone = Agent(WIRES[wire](server))

        found = [await with_look.run("find", output=Finding), await alone.run("find", output=Finding)]
        words = await alone.run("and in words?")

    assert found == [FOUND, FOUND]
    assert words == Text(content="in words")
    assert server.complaints == ()
    assert [said(each.body) for each in server.requests if each.method == "POST"] == [
        with_tools,
        with_tools,
        without,
        (False, without[1]),
    ]


@pytest.mark.parametrize("before", WIRES)
@pytest.mark.parametrize("after", WIRES)
async def test_a_model_that_takes_over_in_the_midst_is_asked_in_its_own_way(before: str, after: str) -> None:
    async with WireServer(call("swap"), as_json(JSON)) as server:
        models = WIRES[before](server), WIRES[after](server)

        @tool
        def swap() -> str:
            """Let another model take over."""
            agent.swap_model(models[1])
            return "swapped"

        agent = Agent(models[0], tools=[swap])
        found = await agent.run("find", output=Finding)

    assert found == FOUND
    assert server.complaints == ()


@dataclass(frozen=True)
class Case:
    """A type, and a value of it as JSON."""

    kind: object
    value: object


SCALARS: Sequence[st.SearchStrategy[Case]] = (
    st.text().map(lambda value: Case(str, value)),
    st.integers().map(lambda value: Case(int, value)),
    st.booleans().map(lambda value: Case(bool, value)),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: Case(float, value)),
    st.sampled_from(["a", "b"]).map(lambda value: Case(Literal["a", "b"], value)),
    st.sampled_from(["bug", "wish"]).map(lambda value: Case(Kind, value)),
    st.builds(lambda line: Case(Place, {"file": "f", **line}), st.sampled_from([{}, {"line": 2}])),
)


def around(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    return st.one_of(
        inner.map(lambda case: Case(list[case.kind], [case.value, case.value])),  # type: ignore[name-defined]
        inner.map(lambda case: Case(dict[str, case.kind], {"k": case.value})),  # type: ignore[name-defined]
        inner.map(lambda case: Case(case.kind | None, None)),  # type: ignore[operator]
    )


def written(value: object) -> object:
    """A value as JSON, with all that a default stands for left in."""
    match value:
        case Enum():
            return value.value
        case Place():
            return {"file": value.file, "line": value.line}
        case list() | tuple():
            return [written(item) for item in value]
        case Mapping():
            return {key: written(item) for key, item in value.items()}
        case _:
            return value


@given(st.recursive(st.one_of(*SCALARS), around, max_leaves=4))
def test_json_that_fits_the_schema_of_a_type_is_a_value_of_it(case: Case) -> None:
    inference = Inference("output")
    shape = inference.shape(case.kind, "it")
    schema: JsonObject = freeze_object({**shape.schema, "$defs": inference.definitions})

    assert misfit(schema, freeze_object({"v": case.value})["v"]) is None
    again = written(shape.decode(freeze_object({"v": case.value})["v"], "$"))
    assert json.loads(json.dumps(again)) == again
    assert misfit(schema, freeze_object({"v": again})["v"]) is None
