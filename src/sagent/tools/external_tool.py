"""Tools in any language: a JSON definition, and a command that speaks JSON lines."""

import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sagent.atoms import ToolName
from sagent.errors import Malformed, ToolError
from sagent.host import Host
from sagent.lib.json import JsonObject, json_text
from sagent.lib.value import frozen
from sagent.messages.words import tool_result
from sagent.protocols import Answer
from sagent.schema.event import Event, Progress
from sagent.schema.external import ExternalLine, ExternalPart, ExternalResult
from sagent.schema.message import ToolCall
from sagent.schema.part import ErrorText
from sagent.tools.lines import clipped
from sagent.tools.process import QUIET

if TYPE_CHECKING:
    from sagent.tools.dialogue import Dialogue

TIMEOUT: Final = 120.0
"""How many seconds a call may take where the definition does not say."""

PASSED: Final = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME"),
)
"""The variables that every external tool gets; keys are not among them."""

NEWS: Final = 2_000
"""How many characters of a piece of news are shown."""


@frozen(kw_only=True)
class ExternalTool:
    """A command that is given a directive as JSON, and answers with messages, a JSON line each."""

    name: ToolName
    """What models call it by."""
    description: str
    """What the model reads about it."""
    directive_schema: JsonObject
    """The JSON Schema of its directive."""
    command: Sequence[str]
    """The program and its arguments; no shell sees them."""
    file: Path
    """The file that defines it."""
    timeout: float = TIMEOUT
    """How many seconds a call may take."""
    environment: Sequence[str] = ()
    """The variables that it gets besides those that every tool gets."""
    detachable: bool = False
    """Whether a call may go on in the background when the user speaks."""
    workspace: Path = field(default_factory=Path.cwd)
    """Where the command runs."""

    @property
    def tool_id(self) -> str:
        """Its MIME descriptor."""
        return f"application/x-tool-{self.name}"

    def hosted_by(self, host: Host, /) -> Self:
        """The same tool in the host's workspace."""
        return replace(self, workspace=host.workspace)

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person: the call as it came."""
        return clipped(f"{self.name} {json_text(call.content)}", 200)

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        """Run the command; whoever closes the iterator ends it, and all that it has started.

        Raises:
            ToolError: the directive does not fit, or the command breaks its word, or takes too long.
        """
        from sagent.validation import misfit

        if complaint := misfit(self.directive_schema, message.content):
            raise ToolError(f"the directive does not fit the schema of {self.name}: {complaint}")
        from sagent.tools.dialogue import Dialogue

        dialogue = Dialogue(
            command=self.command,
            folder=self.workspace,
            environment=self._variables(message),
            given=f"{json_text(message.content)}\n".encode(errors="replace"),
            timeout=self.timeout,
        )
        result: ExternalPart | ExternalResult | None = None
        try:
            async with aclosing(dialogue.lines()) as lines:
                async for number, line in lines:
                    said = _read(line, number)
                    if result is not None:
                        raise ToolError(f"line {number} comes after its result, which has to be the last")
                    if isinstance(said, Progress):
                        yield Progress(call_id=message.call_id, content=clipped(said.content, NEWS))
                    else:
                        result = said
            if result is None and not dialogue.code:
                raise ToolError("it ended without a result")
        except ToolError as error:
            raise ToolError(self._told(str(error), dialogue)) from error
        yield self._answer(message, result, dialogue)

    def _answer(
        self, call: ToolCall, result: ExternalPart | ExternalResult | None, dialogue: "Dialogue"
    ) -> Answer:
        parts = result.content if isinstance(result, ExternalResult) else () if result is None else (result,)
        failed = isinstance(result, ErrorText) or (isinstance(result, ExternalResult) and result.failed)
        if not dialogue.code:
            return tool_result(call, *parts, failed=failed)
        ended = f"exit code {dialogue.code}" if dialogue.code > 0 else f"killed by signal {-dialogue.code}"
        return tool_result(call, *parts, ErrorText(content=self._told(ended, dialogue)), failed=True)

    def _told(self, what: str, dialogue: "Dialogue") -> str:
        """What went wrong, and what the command said on standard error."""
        said = dialogue.errors.text
        return f"{self.name} ({self.file}): {what}" + (f"\nIts standard error:\n{said}" if said else "")

    def _variables(self, call: ToolCall) -> Mapping[str, str]:
        names = (*PASSED, *self.environment)
        return {
            **{name: os.environ[name] for name in names if name in os.environ},
            **QUIET,
            "SAGENT_CALL_ID": call.call_id,
            "SAGENT_TOOL": self.name,
            "SAGENT_TOOL_DIR": str(self.file.parent),
            "SAGENT_WORKSPACE": str(self.workspace),
        }


def _read(line: bytes, number: int) -> ExternalLine:
    from sagent.schema.codec import decode_external_line

    try:
        document: object = json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        shown = clipped(line[:200].decode(errors="replace"), 100)
        raise ToolError(f"line {number} of its output is no JSON ({error}): {shown!r}") from error
    try:
        return decode_external_line(document)
    except Malformed as error:
        raise ToolError(f"line {number} of its output: at {error.path}: {error.complaint}") from error
