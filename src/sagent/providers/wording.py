"""How one wire puts a request: what stands before the history, and the history."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from sagent.atoms import CallId
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.providers.inline import Carries, Told
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Part
from sagent.schema.tool import ToolDefinition

Read: TypeAlias = Callable[[Blob], bytes]
"""Fetches the bytes of a blob."""


@frozen(kw_only=True)
class Heading:
    """What stands before the history."""

    system: str
    tools: Sequence[ToolDefinition]
    effort: str = ""
    """The effort in the wire's word, where it is not the one that the model was built with."""
    most: int | None = None
    """A lower limit of output tokens than usual."""
    output: JsonObject | None = None
    """The schema that the answer has to fit."""
    conversation: str = ""
    """What the conversation is called, where the provider's cache goes by that."""
    unthought: bool = False
    """Whether no thoughts may be asked for, as the history that follows goes on without them."""


class Transcript(Protocol):
    """The history of one conversation in the words of one wire; each method adds to it.

    All of them raise `Illegal` where the provider would refuse what they would write.
    """

    def prompt(self, prompt: Prompt, read: Read, /) -> None:
        """Somebody speaks to the model."""
        ...

    def response(
        self, response: ModelResponse, calls: Sequence[ToolCall], read: Read, /, *, own: bool
    ) -> None:
        """The model, or another one before it, has spoken, and called; `own` asks for its very words back."""
        ...

    def result(self, call_id: CallId, content: Sequence[Part], read: Read, /, *, failed: bool) -> None:
        """What came of a call; results come in the order of the calls."""
        ...

    def change(self, told: Told, /) -> None:
        """Something holds from here on, of what the wording says that it carries."""
        ...

    @property
    def unthought(self) -> bool:
        """Whether the model has to go on without a thought, since its turn was begun without one."""
        ...

    def written(self) -> Sequence[bytes | bytearray]:
        """The elements of the history as it could be sent now, in pieces to be joined."""
        ...


class Wording(Protocol):
    """How one wire says what is not history."""

    @property
    def carries(self) -> Carries:
        """What the model can be told of in the midst of its history."""
        ...

    def head(self, heading: Heading, /) -> bytes:
        """The body up to where the history begins.

        Raises:
            Illegal: the provider would refuse the tools.
        """
        ...

    def tells(self, output: JsonObject, /) -> bool:
        """Whether a prompt must tell in words what its answer has to fit; always the same of one schema.

        What is told stands in the history, which only grows, so it may not depend on the tools.
        """
        ...

    def transcript(self) -> Transcript:
        """A history in which nothing has been said yet."""
        ...
