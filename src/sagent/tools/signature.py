"""What a function takes: from the model that calls it, and from us."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from types import FunctionType
from typing import Generic, ParamSpec, TypeVar

from sagent.errors import UsageError
from sagent.host import Host
from sagent.lib.json import JsonObject, freeze_object
from sagent.schema.message import ToolCall
from sagent.tools.docstring import docstring
from sagent.tools.inference import Inference
from sagent.tools.member import Member
from sagent.tools.shape import Read

P = ParamSpec("P")
R = TypeVar("R")


class Signature(Generic[P, R]):
    """A function's parameters, looked at when they are first asked for."""

    def __init__(self, function: Callable[P, R], name: str) -> None:
        self._function = function
        self._call: partial[R] = partial(function)  # takes whatever was read by the annotations
        self._subject = f"tool {name}"

    @property
    def schema(self) -> JsonObject:
        """The schema of what the model gives.

        Raises:
            UsageError: a parameter has no type, or one that JSON does not have.
        """
        return self._read_as[0]

    def bound(self, call: ToolCall, host: Host | None) -> Callable[[], R]:
        """The function with all that it takes.

        Raises:
            Malformed: the call does not fit.
            UsageError: there is no host to give.
        """
        values = self._read_as[1](call.content, "$")
        if self._plain:
            return partial(self._call, **values)
        given = dict(values)
        for name, hint in self._hints.items():
            if hint is ToolCall:
                given[name] = call
            elif hint is Host:
                if host is None:
                    raise UsageError(f"{self._subject}: {name} is a Host, so only an agent can call it")
                given[name] = host
        leading = [given.pop(name, default) for name, default in self._leading.items()]
        return partial(self._call, *leading, **given)

    @cached_property
    def may_ask_host(self) -> bool:
        """Whether a parameter may be the host, as far as that can be told without looking up names."""
        if not isinstance(self._function, FunctionType):
            return True
        hints = inspect.get_annotations(self._function).values()
        return not all(isinstance(hint, type) and hint is not Host for hint in hints)

    @cached_property
    def _plain(self) -> bool:
        """Whether it takes nothing but what a model gives, all of it by name."""
        return not self._leading and not any(
            hint is ToolCall or hint is Host for hint in self._hints.values()
        )

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(self._function)

    @cached_property
    def _leading(self) -> Mapping[str, object]:
        """The parameters that are given without their names, and their defaults."""
        only = inspect.Parameter.POSITIONAL_ONLY
        return {name: each.default for name, each in self._signature.parameters.items() if each.kind is only}

    @cached_property
    def _hints(self) -> Mapping[str, object]:
        """The types of the parameters."""
        hints = Inference(self._subject).hints(self._function, "the function")
        for name, parameter in self._signature.parameters.items():
            if name not in hints:
                raise UsageError(f"{self._subject}: the parameter {name} has no annotation; give it a type")
            if parameter.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
                raise UsageError(f"{self._subject}: a model cannot give *{name}; use a list or a Mapping")
        return {name: hints[name] for name in self._signature.parameters}

    @cached_property
    def _read_as(self) -> tuple[JsonObject, Read]:
        inference = Inference(self._subject)
        record = inference.record(self._members(), "the parameter ")
        definitions: JsonObject = {"$defs": inference.definitions} if inference.definitions else {}
        return freeze_object({**record.schema, **definitions}), record.read

    def _members(self) -> Sequence[Member]:
        texts = docstring(self._function.__doc__).parameters
        return [
            Member(
                name=name,
                annotation=hint,
                required=self._signature.parameters[name].default is inspect.Parameter.empty,
                default=self._signature.parameters[name].default,
                description=texts.get(name, ""),
            )
            for name, hint in self._hints.items()
            if hint is not ToolCall and hint is not Host
        ]
