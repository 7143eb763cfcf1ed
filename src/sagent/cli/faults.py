"""What went wrong, in a line or two on stderr, and the exit code that says it to programs."""

import sys
import traceback
from contextlib import suppress
from typing import Final

from sagent.cli.standard import step_back, whisper
from sagent.errors import AgentHalted, MissingKey, NotFound, SagentError, UsageError

FAILED: Final = 1
"""The agent stopped without an answer."""

USAGE: Final = 2
"""Nothing could be asked: the flags, the key, the provider or the model are wrong."""

INTERRUPTED: Final = 130
"""Ctrl-C."""


def exit_code(error: SagentError) -> int:
    """What a program that failed so exits with."""
    cause = error.__cause__ if isinstance(error, AgentHalted) else error
    if isinstance(cause, UsageError | NotFound):
        return USAGE
    return FAILED


ELSEWHERE: Final = "--provider NAME (`sagent demo` needs no key)"
"""What chooses another provider on the command line."""


def complain(error: BaseException, *, debug: bool, hint: str = "", elsewhere: str = ELSEWHERE) -> None:
    """Say what went wrong; with `debug` also where. `elsewhere` is what chooses another provider here."""
    if debug:
        whisper("".join(traceback.format_exception(error)))
    elif isinstance(error, MissingKey):
        write_line(f"sagent: {error} with {elsewhere}")
    elif isinstance(error, SagentError):
        write_line(f"sagent: {error}")
    elif isinstance(error, OSError):
        write_line(
            f"sagent: {': '.join(str(word) for word in (error.filename, error.strerror) if word) or error}"
        )
    else:
        write_line(f"sagent: this is a bug: {type(error).__name__}: {error} (--debug shows where)")
    if hint:
        write_line(hint)


def write_line(text: str) -> None:
    """A line on stderr, without anything that could steer a terminal."""
    from sagent.cli.paint import printable

    whisper(f"{printable(text)}\n")


def write_ending(code: int) -> None:
    """Say which signal ended it, by the exit code that tells programs so."""
    step_back()
    write_line("interrupted" if code == INTERRUPTED else f"ended by signal {code - 128}")


def print_problem(kind: str, message: str, *, cost_usd: float | None) -> None:
    """The one object that `--output-format json` promises, where there is no answer."""
    import json

    from sagent.cli.spending import cache_use
    from sagent.loop.spending import UNSPENT
    from sagent.messages.usage import NOTHING_SPENT
    from sagent.schema.cli import Problem, Result
    from sagent.schema.codec import encode_result

    result = Result(
        answer=None,
        session_id=None,
        model=None,
        stop=None,
        usage=NOTHING_SPENT,
        cost_usd=cost_usd,
        usage_by_model=(),
        cache=cache_use(UNSPENT),
        error=Problem(kind=kind, message=message),
    )
    with suppress(OSError):  # where it cannot be written, nobody reads it
        sys.stdout.write(json.dumps(encode_result(result)) + "\n")
        sys.stdout.flush()
