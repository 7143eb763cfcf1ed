"""Every error that sagent raises on purpose.

    SagentError
    ├── Malformed            a document does not fit its schema
    ├── UsageError           the caller asked for something that cannot be
    │   └── MissingKey       a provider's key is not set
    ├── ProviderError        the model's side of the wire
    │   ├── Unreachable      no answer, or the answer broke off
    │   ├── Overloaded       too busy now; trying again helps
    │   ├── Quota            the plan is used up until some time
    │   ├── Unauthorized     the key is missing, wrong or not allowed this
    │   ├── Overflow         the conversation is longer than the model's window
    │   ├── Illegal          the request would be, or was, refused as malformed
    │   │   └── Crowded      it has more files than the provider takes
    │   ├── BadAnswer        the answer cannot be read
    │   └── Refused          any other no
    │       └── NotFound     there is no such model, or no such address
    ├── ToolError            a tool cannot do what was asked; the model is told
    ├── SessionError         the store lost, or cannot find or keep, something
    ├── Diverged             files were changed since, so nothing can be undone in them
    ├── OutputError          the answer is not of the form that was asked for
    ├── AgentHalted          the agent stopped before it had an answer
    ├── AgentClosed          the agent has ended, and takes no more mail
    └── InboxFull            the agent has too much unread mail to take more now

Anything else that escapes is a bug.
"""

from collections.abc import Sequence
from typing import Final

from typing_extensions import override

LONGEST_ASKED: Final = 120.0
"""A provider that asks for a longer pause than this many seconds is not waited for."""


FEW: Final = 3
"""How many variables are named where any of more would do."""


class SagentError(Exception):
    """Base of the family; `str()` of one is fit to show to a person."""


class Malformed(SagentError):
    """A document does not fit the schema that its door demands."""

    def __init__(self, what: str, path: str, complaint: str) -> None:
        super().__init__(f"{what}: at {path}: {complaint}")
        self.what = what
        self.path = path
        self.complaint = complaint


class UsageError(SagentError):
    """The caller asked for something that cannot be; the message says what can."""


class MissingKey(UsageError):
    """A provider's key is not set."""

    def __init__(self, provider: str, variables: Sequence[str]) -> None:
        others = ", or the key of another provider" if len(variables) > FEW else ""
        names = " or ".join(variables[:FEW]) + others
        super().__init__(f"no key for {provider}: set {names}, or choose another provider")
        self.provider = provider
        self.variables: Sequence[str] = tuple(variables)


class ProviderError(SagentError):
    """Something went wrong on the model's side of the wire."""

    def __init__(self, message: str, *, status: int | None = None, advice: str = "") -> None:
        super().__init__(message)
        self.said = message
        """What went wrong, and nothing else."""
        self.where: str = ""
        """Whose model it is, which, and at what host, once that is known."""
        self.advice = advice
        """What to do about it."""
        self.status = status
        """The HTTP status, where there was one."""
        self.begun: bool = False
        """Whether the answer had begun, so that it may have to be paid for."""

    @override
    def __str__(self) -> str:
        told = f"{self.where}: {self.said}" if self.where else self.said
        if not self.advice:
            return told
        return f"{told if told.endswith(('.', '!', '?')) else f'{told}.'} {self.advice}"


class Unreachable(ProviderError):
    """No answer came, or it broke off."""


class Overloaded(ProviderError):
    """The provider is too busy, or has failed for now; trying again helps."""

    def __init__(
        self, message: str, *, status: int | None = None, advice: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status, advice=advice)
        self.retry_after = retry_after
        """How many seconds the provider asks to wait."""


class Quota(ProviderError):
    """The plan is used up; trying again does not help until it is renewed."""

    def __init__(
        self, message: str, *, status: int | None = None, advice: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status, advice=advice)
        self.retry_after = retry_after
        """In how many seconds it is renewed, where the provider says so."""


class Unauthorized(ProviderError):
    """The key is wrong, or may not do this."""


class Overflow(ProviderError):
    """The conversation does not fit the model's window."""


class Illegal(ProviderError):
    """The request is malformed; the message names the place."""


class Crowded(Illegal):
    """The request has more files, or larger ones together, than the provider takes."""

    def __init__(self, message: str, *, since: int) -> None:
        super().__init__(message)
        self.since = since
        """From which entry of the view on the files may stay."""


class BadAnswer(ProviderError):
    """The answer is not what the provider's wire promises; the message names the place."""


class Refused(ProviderError):
    """The provider answered, and the answer was no."""


class NotFound(Refused):
    """There is no such model there, or no such address."""


class ToolError(SagentError):
    """A tool cannot do what was asked. The text goes back to the model."""


class SessionError(SagentError):
    """A session is missing, its record is broken, or it could not be kept."""


class Diverged(SagentError):
    """Files were changed by somebody else since, so that nothing was undone; a line for each."""

    def __init__(self, message: str, diff: str) -> None:
        super().__init__(message)
        self.diff = diff
        """From what was left in them to what is there now."""


class OutputError(SagentError):
    """The answer is not of the form that was asked for."""

    def __init__(self, message: str, answer: str, complaint: str) -> None:
        super().__init__(message)
        self.answer = answer
        """What the model said instead."""
        self.complaint = complaint
        """What is wrong with it."""


class AgentHalted(SagentError):
    """The agent stopped before it had an answer."""

    def __init__(self, reason: str, message: str, partial: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        """`user`, `error`, `rounds`, `repetition`, `budget`; `context`: the conversation is too long.

        `withdrawn` or `cleared`: the prompt is gone.
        """
        self.partial = partial
        """What the model had said of the answer so far."""


class AgentClosed(SagentError):
    """The agent has ended, and takes no more mail."""


class InboxFull(SagentError):
    """The agent has too much unread mail of agents and tasks to take more of it now; its user is heard."""
