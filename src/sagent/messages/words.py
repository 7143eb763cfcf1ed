"""Reading and making messages as words."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sagent.atoms import MessageId
from sagent.errors import UsageError
from sagent.lib.json import JsonObject, json_text
from sagent.messages.view import Viewed
from sagent.schema.message import (
    Amendment,
    ModelResponse,
    Prompt,
    ResponsePart,
    Summary,
    ToolCall,
    ToolResult,
)
from sagent.schema.part import (
    Audio,
    Data,
    Document,
    ErrorText,
    Foreign,
    Image,
    Part,
    Text,
    Thinking,
)
from sagent.schema.signal import Detach, Letter, Mail, Schedule, Start
from sagent.schema.values import Standing

TOOL_NAME: Final = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"

# Named, since each letter is looked at: a union that is written where it is asked for is made each time.
_FILES: Final = (Image, Document, Audio, Foreign)
_WORDS: Final = (Text, Thinking, ErrorText)
"""What a tool may be called (schemas/atoms.json)."""

UNSEALED = MessageId("unsealed")
"""The id of a message that no agent has accepted yet."""


def letter(*content: str | Part) -> Letter:
    """What a user says; strings become text."""
    parts = tuple(Text(content=part) if isinstance(part, str) else part for part in content)
    return Letter(content=parts, author="user", sender="")


def tool_result(call: ToolCall, *content: str | Part, failed: bool = False) -> ToolResult:
    """What came of a call; the agent seals it when it takes it."""
    parts = tuple(Text(content=part) if isinstance(part, str) else part for part in content)
    return ToolResult(
        id=UNSEALED,
        parent_id=None,
        timestamp=0.0,
        call_id=call.call_id,
        tool=call.tool,
        content=parts,
        failed=failed,
        seconds=0.0,
    )


def stands(standing: Standing) -> str:
    """How an agent says that its work stands, in one line."""
    said = {
        "status": standing.status,
        "done": standing.progress,
        "left": standing.pending,
        "needs you": standing.needs_user,
    }
    return "; ".join(f"{what}: {words}" for what, words in said.items() if words) or "status: none"


def whose(change: Amendment) -> str:
    """Who wanted a change and why, as words behind it; empty where nobody has said."""
    return f" ({': '.join(filter(None, [change.by, change.reason]))})" if change.by or change.reason else ""


def lacks_bytes(content: Iterable[Part]) -> bool:
    """Whether a picture, document or recording came without its bytes, so that no session could keep it."""
    for part in content:
        if type(part) is not Text and isinstance(part, _FILES) and part.content.data is None:
            return True
    return False


R = TypeVar("R", bound=ResponsePart)


def sound(content: Iterable[R]) -> Sequence[R]:
    """The parts, with each half of a surrogate pair, which strict readers of the log refuse, as U+FFFD."""
    return tuple([_sound(part) for part in content])


def _sound(part: R) -> R:
    if isinstance(part, _WORDS) and not part.content.isascii():
        try:
            part.content.encode()
        except UnicodeEncodeError:
            whole = part.content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return replace(part, content=whole)
    return part


M = TypeVar("M", bound=Mail)


def backed(mail: M) -> M:
    """The mail as it is, if it can be kept.

    Raises:
        UsageError: a file in it has no bytes, or it asks for what cannot be.
    """
    letter = mail.content if isinstance(mail, Schedule) else mail
    if isinstance(letter, Letter) and lacks_bytes(letter.content):
        raise UsageError("a file in the letter came without its bytes; make it with Blob.of(data)")
    if isinstance(letter, Letter) and letter.author == "system" and letter.output is not None:
        raise UsageError("the system asks nobody for an output; let the letter be the user's or a peer's")
    if isinstance(mail, Letter):
        return mail
    if isinstance(mail, Start | Schedule) and not 0 <= mail.seconds < math.inf:
        raise UsageError(f"nothing can be planned for {mail.seconds} seconds from now")
    if isinstance(mail, Start | Detach) and not 0 <= (mail.deadline or 0) < math.inf:
        raise UsageError(f"nothing can be waited for {mail.deadline} seconds; None is without end")
    if isinstance(mail, Start) and not re.fullmatch(TOOL_NAME, mail.tool):
        raise UsageError(f"no tool can be called {mail.tool!r}")
    return mail


def visible_text(content: Iterable[ResponsePart]) -> str:
    """The text that a person is shown of a response: no thinking, no calls."""
    return "".join(part.content for part in content if isinstance(part, Text))


def says_anything(content: Iterable[ResponsePart]) -> bool:
    """Whether there is more in a response than thoughts, errors and blanks."""
    return any(
        bool(part.content.strip()) if isinstance(part, Text) else not isinstance(part, Thinking | ErrorText)
        for part in content
    )


def reasons(content: Iterable[ResponsePart]) -> str:
    """What a provider said went wrong with a response."""
    return "; ".join(part.content for part in content if isinstance(part, ErrorText))


def calls_of(response: ModelResponse) -> Sequence[ToolCall]:
    """The calls of a response, in order."""
    return tuple(part for part in response.content if isinstance(part, ToolCall))


def delivery(result: ToolResult, *, running: int = 0, planned: int = 0) -> Prompt:
    """The outcome of a call in the background, as the message that brings it into the conversation.

    It tells how many others still run there or are planned, so that nobody has to guess.
    """
    ended = "failed" if result.failed else "finished"
    if result.seconds:  # how long it ran is not known of a call that a process took with it
        ended += f" after {result.seconds:.1f} s"
    others = [f"{running} more still {'runs' if running == 1 else 'run'} there"] if running else []
    others += [f"{planned} {'is' if planned == 1 else 'are'} planned"] if planned else []
    told = "; ".join([f"{result.tool} call {result.call_id}, in the background, {ended}", *others])
    head = Text(content=f"[{told}]")
    return Prompt(
        id=result.id,
        parent_id=result.parent_id,
        timestamp=result.timestamp,
        author="background",
        sender=result.tool,
        content=(head, *result.content),
    )


def standing_in(summary: Summary) -> Prompt:
    """A summary as it stands in the conversation."""
    return Prompt(
        id=summary.id,
        parent_id=summary.parent_id,
        timestamp=summary.timestamp,
        author="system",
        sender="summary",
        content=summary.content,
    )


def is_summary(entry: Viewed) -> bool:
    """Whether an entry stands for others."""
    return isinstance(entry, Prompt) and (entry.author, entry.sender) == ("system", "summary")


def spoken(prompt: Prompt) -> Sequence[Part]:
    """A prompt's parts as a model reads them: whoever is not the user is named first."""
    if prompt.author == "user":
        return prompt.content
    name = f" {prompt.sender}" if prompt.sender else ""
    return (Text(content=f"[{prompt.author}{name}]"), *prompt.content)


def form_told(output: JsonObject) -> Text:
    """In words, what the answer has to look like: for models that cannot be held to a schema."""
    return Text(
        content="[When you are done, answer this message with nothing but JSON that fits this JSON Schema: "
        f"{json_text(output)}]"
    )


def plain(part: Part) -> str:
    """One part as plain text, for those who can read nothing else."""
    match part:
        case Text() | ErrorText() | Thinking():
            return part.content
        case Data():
            return json_text(part.content)
        case Image() | Document() | Audio():
            return f"[{part.descriptor}, {part.content.size} bytes]"
        case Foreign():
            return f"[{part.media_type}, {part.content.size} bytes]"
