"""What went wrong, in a line or two on stderr, and the exit code that says it to programs."""

import sys
import traceback
from typing import Final

from sagent.errors import AgentHalted, ProviderError, SagentError, UsageError

FAILED: Final = 1
"""The agent stopped without an answer."""

USAGE: Final = 2
"""Nothing could be asked: the flags, the key, the provider or the model are wrong."""

INTERRUPTED: Final = 130
"""Ctrl-C."""


def exit_code(error: SagentError) -> int:
    """What a program that failed so exits with."""
    cause = error.__cause__ if isinstance(error, AgentHalted) else error
    if isinstance(cause, UsageError) or (isinstance(cause, ProviderError) and cause.status == 404):
        return USAGE
    return FAILED


def complain(error: BaseException, *, debug: bool, hint: str = "") -> None:
    """Say what went wrong; with `debug` also where."""
    if debug:
        traceback.print_exception(error)
    elif isinstance(error, SagentError | OSError):
        write_line(f"sagent: {error}")
    else:
        write_line(f"sagent: this is a bug: {type(error).__name__}: {error} (--debug shows where)")
    if hint:
        write_line(hint)


def write_line(text: str) -> None:
    """A line on stderr, without anything that could steer a terminal."""
    from sagent.cli.paint import printable

    sys.stderr.write(f"{printable(text)}\n")
    sys.stderr.flush()
