"""What spawns children: an agent, or a fleet that has no model of its own at work."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar, overload

from typing_extensions import Unpack

from sagent.agent.asking import Said
from sagent.agent.upbringing import Upbringing
from sagent.errors import SagentError, UsageError
from sagent.lib.json import JsonObject, JsonValue
from sagent.schema.part import Text

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from sagent.agent.agent import Agent
    from sagent.agent.children import AgentChildren

T = TypeVar("T")


class Parent(ABC):
    """Somebody with children."""

    @property
    @abstractmethod
    def children(self) -> "AgentChildren":
        """Those of them that have not ended."""
        ...

    def spawn(self, **wanted: Unpack[Upbringing]) -> "Agent":
        """A child of one's own, which is as its parent is but for what is said here.

        Its log lies below its parent's, and it ends with its parent, or before: `async with` it.

        Raises:
            UsageError: a tool or a model is none, or the model's provider has no key.
        """
        return self.children.spawn(wanted)

    @overload
    async def map(
        self,
        prompts: Iterable[Said],
        *,
        output: None = None,
        concurrency: int = 8,
        **wanted: Unpack[Upbringing],
    ) -> Sequence[Text | SagentError]: ...
    @overload
    async def map(
        self,
        prompts: Iterable[Said],
        *,
        output: JsonObject,
        concurrency: int = 8,
        **wanted: Unpack[Upbringing],
    ) -> Sequence[JsonValue | SagentError]: ...
    @overload
    async def map(
        self,
        prompts: Iterable[Said],
        *,
        output: "TypeForm[T]",
        concurrency: int = 8,
        **wanted: Unpack[Upbringing],
    ) -> Sequence[T | SagentError]: ...
    async def map(
        self,
        prompts: Iterable[Said],
        *,
        output: object = None,
        concurrency: int = 8,
        **wanted: Unpack[Upbringing],
    ) -> object:
        """Give each prompt to a child of its own, so many at once; return their answers in order.

        An answer is as `run` returns it; in place of one that failed stands its error.

        Raises:
            UsageError: nobody may be at work at once, or a tool or a model is none.
        """
        if concurrency < 1:
            raise UsageError(f"concurrency is {concurrency}: at least one has to be at work")
        answers: dict[int, object] = {}
        left = iter(enumerate(prompts))

        async def work() -> None:
            for place, prompt in left:
                async with self.children.spawn(wanted) as child:
                    try:
                        answers[place] = await child.answer(prompt, output)
                    except SagentError as error:
                        answers[place] = error

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())
        return tuple(answers[place] for place in sorted(answers))
