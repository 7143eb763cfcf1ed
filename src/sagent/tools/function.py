"""Tools out of typed functions."""

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import copy
from dataclasses import asdict, is_dataclass
from functools import update_wrapper
from typing import Final, Generic, ParamSpec, Self, TypeVar, overload

from sagent.atoms import ToolName
from sagent.errors import UsageError
from sagent.host import Host
from sagent.lib.json import JsonObject, json_freeze, json_text
from sagent.protocols import Answer
from sagent.schema.event import Event
from sagent.schema.message import ToolCall
from sagent.schema.part import Data, Text
from sagent.tools.docstring import docstring
from sagent.tools.lines import clipped
from sagent.tools.signature import Signature
from sagent.tools.threads import in_thread

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class FunctionTool(Generic[P, R_co]):
    """A function that models can call, and programs as before.

    Its parameters are its directive; one annotated `ToolCall` is given the
    call, one annotated `Host` the agent that it serves. A function that is not
    async runs in a thread. An async generator yields events and, last, its answer.

    Raises:
        UsageError: it has no name that models can call it by.
    """

    def __init__(
        self,
        function: Callable[P, R_co],
        *,
        name: str | None = None,
        description: str | None = None,
        detachable: bool = False,
    ) -> None:
        update_wrapper(self, function)
        self._function = function
        named = str(getattr(function, "__name__", "")) if name is None else name
        if not _NAME.fullmatch(named):
            raise UsageError(f"{named!r} is no name for a tool: give it one of letters, digits, _ and -")
        self.name: Final = ToolName(named)
        """What models call it by: the function's name, or the one it was given."""
        self._described = description
        self._signature = Signature(function, named)
        self.host: Host | None = None
        """The agent that it serves."""
        self.detachable = detachable
        self._waits = inspect.iscoroutinefunction(function)
        self._streams = inspect.isasyncgenfunction(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call the function itself."""
        return self._function(*args, **kwargs)

    @property
    def tool_id(self) -> str:
        """Its MIME descriptor."""
        return f"application/x-tool-{self.name}"

    @property
    def description(self) -> str:
        """What the docstring says before it comes to parameters, or what was given."""
        return docstring(self._function.__doc__).summary if self._described is None else self._described

    @property
    def directive_schema(self) -> JsonObject:
        """The schema of the parameters, inferred when it is first asked for.

        Raises:
            UsageError: a parameter has no type, or one that JSON does not have.
        """
        return self._signature.schema

    def hosted_by(self, host: Host, /) -> Self:
        """The same tool, serving this agent; a function that cannot ask for one serves all alike."""
        if not self._signature.may_ask_host:
            return self
        hosted = copy(self)
        hosted.host = host
        return hosted

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person: the call as it came."""
        return clipped(f"{self.name} {json_text(call.content)}", 200)

    def run(self, message: ToolCall, /) -> Awaitable[Answer] | AsyncIterator[Event | Answer]:
        """Call the function with what the model gives.

        Raises:
            Malformed: a parameter is missing, unknown or of another type.
            TypeError: the function returned what no message can hold.
        """
        return self._streamed(message) if self._streams else self._called(message)

    async def _called(self, message: ToolCall) -> Answer:
        call = self._signature.bound(message, self.host)
        if self._waits:
            result = call()
        else:
            result = await in_thread(call)
        return _answer(await result if inspect.isawaitable(result) else result, self.name)

    async def _streamed(self, message: ToolCall) -> AsyncIterator[Event | Answer]:
        stream = self._signature.bound(message, self.host)()
        if not inspect.isasyncgen(stream):
            raise TypeError(f"{self.name} is an async generator function, and gave none")
        last: object = None
        try:
            async for item in stream:
                if isinstance(item, Event):
                    yield item
                else:
                    last = item
        finally:
            await stream.aclose()
        yield _answer(last, self.name)


@overload
def tool(function: Callable[P, R], /) -> FunctionTool[P, R]: ...
@overload
def tool(
    *, name: str | None = None, description: str | None = None, detachable: bool = False
) -> Callable[[Callable[P, R]], FunctionTool[P, R]]: ...
def tool(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    detachable: bool = False,
) -> FunctionTool[P, R] | Callable[[Callable[P, R]], FunctionTool[P, R]]:
    """Let models call a function; it stays what it is for everybody else."""

    def decorated(function: Callable[P, R]) -> FunctionTool[P, R]:
        return FunctionTool(function, name=name, description=description, detachable=detachable)

    return decorated if function is None else decorated(function)


def _answer(result: object, name: str) -> Answer:
    """What a function returned, as a message."""
    if result is None:
        return Text(content="(done)")
    if isinstance(result, str):
        return Text(content=result)
    if isinstance(result, Answer):
        return result
    plain = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
    try:
        return Data(content=json_freeze(plain))
    except TypeError as error:
        raise TypeError(
            f"{name} returned a {type(result).__name__}, which no message can hold ({error}): "
            "return text, JSON, a dataclass, a Part or a ToolResult"
        ) from error
