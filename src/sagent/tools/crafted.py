"""What the built-in tools share: each is one schema file, one prompt file and one small class."""

from abc import ABC, abstractmethod
from dataclasses import field, replace
from pathlib import Path
from typing import Generic, Self, TypeVar

from sagent.atoms import ToolName
from sagent.host import Host
from sagent.lib.json import JsonObject, freeze_object
from sagent.lib.value import frozen
from sagent.schema.message import ToolCall
from sagent.validation import Schema

Directive = TypeVar("Directive")


@frozen()
class Crafted(ABC, Generic[Directive]):
    """A tool that is named after its class, and described by its schema."""

    workspace: Path = field(default_factory=Path.cwd)
    """What relative paths are relative to."""

    @property
    @abstractmethod
    def schema(self) -> Schema[Directive]:
        """The schema of the tool's directives."""
        ...

    @property
    def name(self) -> ToolName:
        """What models call it by."""
        return ToolName(type(self).__name__)

    @property
    def tool_id(self) -> str:
        """Its MIME descriptor."""
        return f"application/x-tool-{self.name}"

    @property
    def description(self) -> str:
        """What the model reads about it."""
        return str(self.schema.document["description"])

    @property
    def directive_schema(self) -> JsonObject:
        """The schema without what is said elsewhere, as a provider is sent it."""
        document = self.schema.document
        return freeze_object({key: value for key, value in document.items() if key not in _SAID_ELSEWHERE})

    def hosted_by(self, host: Host, /) -> Self:
        """The same tool in the host's workspace."""
        return replace(self, workspace=host.workspace)

    def prompt(self) -> str:
        """Its section of the system prompt."""
        from importlib.resources import files

        page = files("sagent.tools").joinpath("prompts", f"{self.name.lower()}.md")
        return page.read_text(encoding="utf-8").strip()

    def directive(self, call: ToolCall) -> Directive:
        """What the call asks for.

        Raises:
            Malformed: it does not fit the schema.
        """
        return self.schema.check(call.content)


_SAID_ELSEWHERE = frozenset({"title", "description"})
