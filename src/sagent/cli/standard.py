"""The three standard streams, whatever the one who starts the command has left of them."""

import os
import sys


def open_streams() -> None:
    """Let a closed stream lead nowhere: else the next file that is opened would take its place."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, number)
            if nowhere != number:
                os.close(nowhere)
        if getattr(sys, name) is None:
            stream = os.fdopen(number, mode, encoding="utf-8", errors="replace", closefd=False)
            setattr(sys, name, stream)


def settle_streams(code: int) -> int:
    """Write what is still in the buffers; the exit code is 1 where the output takes no more."""
    try:
        sys.stderr.flush()
    except OSError:
        drop(2)
    try:
        sys.stdout.flush()
    except OSError as error:
        unheard(error)
        return code or 1
    return code


def unheard(error: OSError) -> int:
    """The output takes no more: say so, unless nobody wants more of it; return the exit code."""
    drop(1)
    if not isinstance(error, BrokenPipeError):
        whisper(f"sagent: the output cannot be written: {error.strerror}\n")
    return 1


def whisper(text: str) -> None:
    """Write to stderr, if it takes anything: what is said there is never worth an answer."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        drop(2)


def step_back() -> None:
    """What is written next on a terminal stands over the `^C` that it has echoed."""
    if sys.stderr.isatty():
        whisper("\r")


def drop(number: int) -> None:
    """Let a stream lead nowhere from now on, or Python complains at exit of what is in its buffer."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
