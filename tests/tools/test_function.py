"""Tools made of typed functions."""

import asyncio
import contextvars
import json
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, Flag, IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Literal, NewType, NotRequired, TypedDict

import pytest
import typing_extensions

from sagent.atoms import CallId
from sagent.errors import Malformed, ToolError, UsageError
from sagent.host import Host
from sagent.lib.json import JsonObject, JsonValue
from sagent.messages.words import tool_result
from sagent.schema.event import Progress
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import Data, Text
from sagent.tools import FunctionTool, tool
from tests.tools.calls import Desk, call_of, told

Word = NewType("Word", str)


@dataclass(frozen=True)
class Point:
    """A place in the plane."""

    x: int
    y: Annotated[float, "How high."] = 0.0


@dataclass(frozen=True)
class Tree:
    name: str
    children: "tuple[Tree, ...]" = ()


class Options(TypedDict):
    depth: int
    strict: NotRequired[bool]


class Extended(typing_extensions.TypedDict):
    depth: typing_extensions.ReadOnly[int]
    strict: typing_extensions.NotRequired[bool]


class Color(Enum):
    RED = "red"
    GREEN = "green"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(Enum):
    NAME = "a"
    NUMBER = 1


class Size(StrEnum):
    SMALL = "s"


class Empty(Enum): ...


class Bits(Flag):
    ONE = 1


class Odd(Enum):
    HALF = 0.5


@dataclass(frozen=True)
class Settings:
    tags: list[str] = field(default_factory=list)
    secret: str = field(default="", init=False)


def schema_of(annotation: object) -> object:
    """The schema of a parameter of this type."""

    def function(value: object) -> None: ...

    function.__annotations__["value"] = annotation
    schema = tool(function).directive_schema
    properties = schema["properties"]
    assert isinstance(properties, Mapping)
    return properties["value"]


POINT = {
    "description": "A place in the plane.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "x": {"type": "integer"},
        "y": {"type": "number", "description": "How high.", "default": 0.0},
    },
    "required": ("x",),
}


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (None, {"type": "null"}),
        (Word, {"type": "string"}),
        (object, {}),
        (JsonValue, {}),
        (JsonObject, {"type": "object"}),
        (Literal["a", "b"], {"type": "string", "enum": ("a", "b")}),
        (Literal[1, "a", None], {"enum": (1, "a", None)}),
        (str | None, {"anyOf": ({"type": "string"}, {"type": "null"})}),
        (Annotated[int, "How many."], {"type": "integer", "description": "How many."}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (Sequence[str], {"type": "array", "items": {"type": "string"}}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (
            tuple[int, str],
            {
                "type": "array",
                "prefixItems": ({"type": "integer"}, {"type": "string"}),
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Mapping[str, str], {"type": "object", "additionalProperties": {"type": "string"}}),
        (Point, POINT),
        (
            Options,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"depth": {"type": "integer"}, "strict": {"type": "boolean"}},
                "required": ("depth",),
            },
        ),
        (
            Extended,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"depth": {"type": "integer"}, "strict": {"type": "boolean"}},
                "required": ("depth",),
            },
        ),
        (Color, {"type": "string", "enum": ("red", "green")}),
        (Size, {"type": "string", "enum": ("s",)}),
        (Level, {"type": "integer", "enum": (1, 2)}),
        (Mixed, {"enum": ("a", 1)}),
        (Path, {"type": "string"}),
        (
            Settings,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"tags": {"type": "array", "items": {"type": "string"}}},
                "required": (),
            },
        ),
        (Tree, {"$ref": "#/$defs/Tree"}),
    ],
    ids=str,
)
def test_a_type_has_the_schema_that_json_gives_it(annotation: object, schema: object) -> None:
    assert schema_of(annotation) == schema


@pytest.mark.parametrize(
    "annotation",
    [date, set[int], dict[int, str], Callable[[], int], list, "Nowhere", complex, Empty, Bits, Odd],
    ids=str,
)
def test_a_type_that_json_does_not_have_is_refused_with_the_parameter(annotation: object) -> None:
    with pytest.raises(UsageError, match="tool function: "):
        schema_of(annotation)


def test_the_refusal_names_the_place_inside_of_the_parameter() -> None:
    @dataclass(frozen=True)
    class Trip:
        when: list[date]

    with pytest.raises(
        UsageError, match=r"the parameter value\.when\[\] has the type <class 'datetime\.date'>"
    ):
        schema_of(Trip)


def test_a_type_that_holds_itself_is_defined_once() -> None:
    @tool
    def grow(tree: Tree) -> None: ...

    assert grow.directive_schema["$defs"] == {
        "Tree": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}, "default": ()},
            },
            "required": ("name",),
        }
    }


def test_a_type_that_holds_itself_can_be_used_twice() -> None:
    @tool
    def graft(trunk: Tree, branch: Tree, choice: Tree | None = None) -> None: ...

    properties = graft.directive_schema["properties"]
    definitions = graft.directive_schema["$defs"]

    assert isinstance(definitions, Mapping)
    assert list(definitions) == ["Tree"]
    assert properties == {
        "trunk": {"$ref": "#/$defs/Tree"},
        "branch": {"$ref": "#/$defs/Tree"},
        "choice": {"anyOf": ({"$ref": "#/$defs/Tree"}, {"type": "null"}), "default": None},
    }


def test_the_docstring_describes_the_function_and_its_parameters() -> None:
    @tool
    def search(query: str, limit: int = 10) -> str:
        """Search the library.

        Finds titles only.

        Args:
            query: What to look for,
                in any language.
            limit (int): How many titles.

        Returns:
            A list.
        """
        return query * limit

    assert search.description == "Search the library.\n\nFinds titles only."
    assert search.directive_schema == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "query": {"type": "string", "description": "What to look for, in any language."},
            "limit": {"type": "integer", "description": "How many titles.", "default": 10},
        },
        "required": ("query",),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Do it.\n\nArgs:\n    a: First.\n    b: Second.",
        "Do it.\n\n:param a: First.\n:param int b: Second.\n:returns: Nothing.",
        "Do it.\n\nParameters\n----------\na : int\n    First.\nb\n    Second.\n\nReturns\n-------\nNone",
    ],
    ids=["google", "sphinx", "numpy"],
)
def test_docstrings_of_three_manners_are_read(text: str) -> None:
    def function(a: int, b: int) -> None: ...

    function.__doc__ = text
    made = tool(function)

    assert made.description == "Do it."
    assert made.directive_schema["properties"] == {
        "a": {"type": "integer", "description": "First."},
        "b": {"type": "integer", "description": "Second."},
    }


def test_the_function_can_be_called_as_before() -> None:
    @tool
    def add(a: int, b: int = 2) -> int:
        """Add."""
        return a + b

    assert (add(1, b=3), add(1), add.name, add.__doc__) == (4, 3, "add", "Add.")


def test_a_name_and_a_description_can_be_given() -> None:
    @tool(name="sum", description="Sums up.", detachable=True)
    def add(a: int) -> int:
        return a

    assert (add.name, add.tool_id, add.description, add.detachable) == (
        "sum",
        "application/x-tool-sum",
        "Sums up.",
        True,
    )


def test_a_summary_is_the_call_as_it_came() -> None:
    @tool
    def add(a: int, b: int = 2) -> int:
        return a + b

    assert add.summary(call_of(add, a=1)) == 'add {"a":1}'


async def test_what_the_model_gives_becomes_what_the_function_takes() -> None:
    taken: list[object] = []

    @tool
    def take(
        point: Point,
        pair: tuple[int, str],
        many: tuple[Point, ...],
        items: list[float],
        options: Options,
        tree: Tree,
        choice: int | float | Literal["auto"] = "auto",
        other: str | Point | None = None,
    ) -> None:
        taken.extend([point, pair, many, items, options, tree, choice, other])

    _, answer = await told(
        take,
        point={"x": 1},
        pair=[1, "a"],
        many=[{"x": 1, "y": 2}],
        items=[1, 2.5],
        options={"depth": 1},
        tree={"name": "a", "children": [{"name": "b"}]},
        choice=3,
        other={"x": 5},
    )

    assert answer == Text(content="(done)")
    assert taken == [
        Point(1),
        (1, "a"),
        (Point(1, 2.0),),
        [1.0, 2.5],
        {"depth": 1},
        Tree("a", (Tree("b"),)),
        3,
        Point(5),
    ]
    assert [type(taken[6]), type(taken[2])] == [int, tuple]


async def test_enums_and_paths_are_given_as_members_and_paths() -> None:
    taken: list[object] = []

    @tool
    def paint(
        color: Color,
        levels: list[Level],
        extended: Extended,
        file: Path = Path("a.txt"),
        other: Color = Color.GREEN,
        size: Size | None = Size.SMALL,
    ) -> None:
        taken.extend([color, levels, extended, file, other, size])

    await told(paint, color="red", levels=[2, 1.0], extended={"depth": 1}, file="src/b.py")
    properties = paint.directive_schema["properties"]

    assert taken == [
        Color.RED,
        [Level.HIGH, Level.LOW],
        {"depth": 1},
        Path("src/b.py"),
        Color.GREEN,
        Size.SMALL,
    ]
    assert isinstance(properties, Mapping)
    assert properties["file"] == {"type": "string", "default": "a.txt"}
    assert properties["other"] == {"type": "string", "enum": ("red", "green"), "default": "green"}
    assert json.dumps(properties["size"]).endswith('"default": "s"}')


async def test_what_is_no_member_of_an_enum_is_refused_with_its_values() -> None:
    @tool
    def paint(color: Color) -> None: ...

    running = paint.run(call_of(paint, color="blue"))

    assert not isinstance(running, AsyncIterator)
    with pytest.raises(Malformed, match=r"at \$\.color: 'blue' is none of 'red', 'green'"):
        await running


@pytest.mark.parametrize(
    ("directive", "complaint"),
    [
        ({}, r"at \$: 'point' is missing"),
        ({"point": {"x": 1}, "more": 1}, r"at \$: 'more' is not known here"),
        ({"point": {"x": True}}, r"at \$\.point\.x: expected an integer, got True"),
        ({"point": {"x": 1.5}}, r"at \$\.point\.x: expected an integer, got 1\.5"),
        ({"point": {"x": 1, "z": 1}}, r"at \$\.point: 'z' is not known here"),
        ({"point": {"x": 1}, "names": ["a", 1]}, r"at \$\.names\[1\]: expected a string, got 1"),
        ({"point": {"x": 1}, "mode": "c"}, r"at \$\.mode: 'c' is none of 'a', 'b'"),
        (
            {"point": {"x": 1}, "size": "c"},
            r"at \$\.size: expected an integer, got 'c', or expected null, got 'c'",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_place(
    directive: dict[str, object], complaint: str
) -> None:
    @tool
    def take(
        point: Point, names: Sequence[str] = (), mode: Literal["a", "b"] = "a", size: int | None = None
    ) -> None: ...

    running = take.run(call_of(take, **directive))

    assert not isinstance(running, AsyncIterator)
    with pytest.raises(Malformed, match=complaint):
        await running


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ("text", Text(content="text")),
        (None, Text(content="(done)")),
        (Text(content="part"), Text(content="part")),
        (7, Data(content=7)),
        (True, Data(content=True)),
        ([1, {"a": (2,)}], Data(content=(1, {"a": (2,)}))),
        (Point(1), Data(content={"x": 1, "y": 0.0})),
    ],
    ids=str,
)
async def test_what_a_function_returns_becomes_a_part(result: object, answer: object) -> None:
    @tool
    def give() -> object:
        return result

    assert await told(give) == ([], answer)


@pytest.mark.parametrize(
    "result",
    [{1}, date(2026, 1, 1), float("nan"), [object()], Point],
    ids=["set", "date", "nan", "object", "class"],
)
async def test_what_no_message_can_hold_is_a_type_error(result: object) -> None:
    @tool
    def give() -> object:
        return result

    with pytest.raises(TypeError, match=r"give returned a .* which no message can hold"):
        await told(give)


async def test_the_call_and_the_host_are_given_but_not_asked_of_the_model(tmp_path: Path) -> None:
    @tool
    def where(name: str, call: ToolCall, host: Host) -> ToolResult:
        return tool_result(call, f"{host.workspace}/{name}", failed=True)

    hosted = where.hosted_by(Desk(tmp_path))
    _, answer = await told(hosted, name="a")

    assert where.directive_schema["required"] == ("name",)
    assert isinstance(answer, ToolResult)
    assert (answer.content, answer.failed) == ((Text(content=f"{tmp_path}/a"),), True)


def test_a_function_that_cannot_ask_for_a_host_serves_all_agents_as_one(tmp_path: Path) -> None:
    @tool
    def plain(a: int, call: ToolCall) -> str:
        return str(a)

    @tool
    def asking(a: int, host: Host) -> str:
        return str(host.workspace)

    @tool
    def spelled(a: "int") -> str:
        return str(a)

    alike = [each.hosted_by(Desk(tmp_path)) is each for each in (plain, asking, spelled)]

    assert alike == [True, False, False]


async def test_a_function_that_needs_a_host_says_so_without_one() -> None:
    @tool
    def where(host: Host) -> str:
        return str(host.workspace)

    with pytest.raises(UsageError, match="host is a Host, so only an agent can call it"):
        await told(where)


async def test_a_function_runs_in_a_thread_with_the_variables_of_its_caller() -> None:
    variable = contextvars.ContextVar("variable", default="unset")

    @tool
    def look() -> Sequence[object]:
        return variable.get(), threading.current_thread() is threading.main_thread()

    variable.set("set")

    assert await told(look) == ([], Data(content=("set", False)))


async def test_a_hundred_functions_run_at_the_same_time() -> None:
    barrier = threading.Barrier(100)

    @tool
    def meet() -> None:
        barrier.wait(timeout=10)

    answers = await asyncio.gather(*(told(meet) for _ in range(100)))

    assert answers == [([], Text(content="(done)"))] * 100


async def test_a_cancellation_waits_until_the_thread_is_done() -> None:
    begun, go, done = threading.Event(), threading.Event(), threading.Event()

    @tool
    def work() -> None:
        begun.set()
        go.wait(timeout=10)
        done.set()

    task = asyncio.create_task(told(work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.wait((task,), timeout=0.05)
    waited = not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (waited, done.is_set()) == (True, True)


async def test_a_second_cancellation_does_not_wait() -> None:
    begun, go = threading.Event(), threading.Event()

    @tool
    def work() -> None:
        begun.set()
        go.wait(timeout=10)

    task = asyncio.create_task(told(work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.wait((task,), timeout=0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not go.is_set()
    go.set()


async def test_an_error_of_the_function_reaches_whoever_called_the_tool() -> None:
    @tool
    def fail(kind: str) -> None:
        raise ToolError("no") if kind == "tool" else StopIteration

    with pytest.raises(ToolError, match="no"):
        await told(fail, kind="tool")
    with pytest.raises(RuntimeError, match="StopIteration"):
        await told(fail, kind="stop")


@pytest.mark.parametrize("error", [SystemExit(3), GeneratorExit(), BaseException("odd")], ids=repr)
async def test_what_would_end_the_program_is_a_failure_of_the_function_alone(error: BaseException) -> None:
    @tool
    def leave() -> None:
        raise error

    with pytest.raises(RuntimeError, match=f"the function raised {re.escape(repr(error))}") as caught:
        await told(leave)

    assert caught.value.__cause__ is error


async def test_an_async_function_is_awaited_in_the_loop() -> None:
    @tool
    async def look(word: str) -> str:
        await asyncio.sleep(0)
        return f"{word} {threading.current_thread() is threading.main_thread()}"

    assert await told(look, word="x") == ([], Text(content="x True"))


async def test_an_async_generator_yields_its_events_and_last_its_answer() -> None:
    news = Progress(call_id=CallId("c1"), content="half")

    @tool
    async def work(amount: int) -> AsyncIterator[Progress | int]:
        yield news
        yield amount * 2

    assert await told(work, amount=4) == ([news], Data(content=8))


async def test_an_async_generator_is_closed_with_the_stream() -> None:
    closed: list[bool] = []

    @tool
    async def work() -> AsyncIterator[Progress]:
        try:
            while True:
                yield Progress(call_id=CallId("c1"), content="more")
        finally:
            closed.append(True)

    stream = work.run(call_of(work))
    assert isinstance(stream, AsyncIterator)
    await anext(stream)
    close = getattr(stream, "aclose")  # noqa: B009
    await close()

    assert closed == [True]


def test_parameters_without_a_type_or_of_any_number_are_refused() -> None:
    def many(*words: str) -> None: ...

    with pytest.raises(UsageError, match="tool untyped: the parameter a has no annotation; give it a type"):
        _ = FunctionTool(lambda a: a, name="untyped").directive_schema
    with pytest.raises(UsageError, match=r"tool many: a model cannot give \*words; use a list or a Mapping"):
        _ = tool(many).directive_schema


async def test_positional_parameters_are_given_by_position() -> None:
    @tool
    def join(a: str, /, b: str = "b", *, c: str = "c") -> str:
        return a + b + c

    assert await told(join, a="x", c="z") == ([], Text(content="xbz"))


async def test_a_positional_parameter_may_be_left_out_before_another_one() -> None:
    @tool
    def join(a: str = "a", b: str = "b", /) -> str:
        return a + b

    assert await told(join, b="z") == ([], Text(content="az"))


def test_a_function_without_a_name_must_be_given_one() -> None:
    with pytest.raises(UsageError, match="'<lambda>' is no name for a tool"):
        FunctionTool(lambda: None)
