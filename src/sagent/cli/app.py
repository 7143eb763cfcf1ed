"""The command line: what can be typed, and what becomes of it."""

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

from sagent.cli.columns import Columns
from sagent.cli.commands import COMMANDS, SUBCOMMANDS, flags_of, is_command, spelled_out
from sagent.cli.faults import FAILED, INTERRUPTED, complain, exit_code, print_problem, write_ending
from sagent.cli.flags import ask
from sagent.cli.standard import drop
from sagent.errors import SagentError, UsageError

USAGE_LINES: Final = """\
Usage: sagent [OPTIONS] [PROMPT]
       sagent demo | providers | models | sessions | undo
       sagent agents | send | attach | tools | schemas | completion
       sagent --version
"""

EPILOGUE: Final = """\
Without a prompt, on a terminal: a conversation; what is typed while the agent
works steers it.

Exit codes: 0 answered, 1 stopped without an answer, 2 nothing could be asked
(flags, key, provider, model), 130 Ctrl-C (143 and 129 for SIGTERM and SIGHUP)."""


def application() -> App:
    """The commands and flags."""
    app = App(
        name="sagent",
        help="A coding agent for your terminal.",
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        help_formatter=Columns(),
        version_flags=[],
        usage=USAGE_LINES,
        default_parameter=Parameter(negative="", show_default=False),
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    app["--help"].group = "Parameters"
    app.default(ask)
    for rank, (name, (place, what)) in enumerate(COMMANDS.items()):
        if name in SUBCOMMANDS:
            app.command(_family(name, what, rank))
        else:
            app.command(place, name=name, help=what, help_epilogue="", sort_key=rank)
    return app


def _family(name: str, what: str, rank: int) -> App:
    """A command with others below it."""
    family = App(name=name, help=what, help_epilogue="", version_flags=[], sort_key=rank)
    for place_below, (below, (place, does)) in enumerate(SUBCOMMANDS[name].items()):
        family.command(place, name=below, help=does, sort_key=place_below)
    return family


def run(arguments: Sequence[str]) -> int:
    """Do what is typed, and return the exit code."""
    flags = flags_of(arguments)
    debug = "--debug" in flags
    as_json = _wants_json(flags)
    try:
        _set_up(debug=debug)
        _check_place()
        code = _call(arguments)
    except CycloptsError as error:
        return _refuse(UsageError(f"{_said(error)} See `{_help_for(flags)}`."), as_json=as_json, debug=False)
    except KeyboardInterrupt:
        if as_json:
            print_problem("AgentHalted", "interrupted", cost_usd=0.0)
        write_ending(INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:
        drop(1)
        return FAILED
    except Exception as error:
        # Whatever it is: one line for people, a traceback for those who ask for it.
        return _refuse(error, as_json=as_json, debug=debug)
    return code if isinstance(code, int) else 0


def _said(error: CycloptsError) -> str:
    """What is wrong with the flags, in words of ours where the parser's are none for people."""
    if isinstance(error, UnusedCliTokensError):
        return f"There is no place for {' '.join(error.unused_tokens or ())!r} here."
    error.verbose = False
    return str(error)


def _help_for(flags: Sequence[str]) -> str:
    """What says more of what was typed."""
    if not is_command(flags) or flags[0] not in COMMANDS:
        return "sagent --help"
    below = SUBCOMMANDS.get(flags[0], {})
    return " ".join(["sagent", flags[0], *(word for word in flags[1:2] if word in below), "--help"])


def _call(arguments: Sequence[str]) -> object:
    command, bound, asides = application().parse_args(_tokens(arguments))
    literally = {"literally": True} if "literally" in asides and "--" in arguments else {}
    return command(*bound.args, **bound.kwargs, **literally)


def _tokens(arguments: Sequence[str]) -> list[str]:
    """What is typed, in the terms of cyclopts: commands know no `--debug`, and `-` is no flag."""
    if is_command(arguments):
        return list(spelled_out([word for word in arguments if word != "--debug"]))
    arguments = _apart(arguments)
    if arguments[-1:] == ["-"] and "--" not in arguments:
        return [*arguments[:-1], "--", "-"]
    return list(arguments)


def _apart(arguments: Sequence[str]) -> Sequence[str]:
    """`--print=words` as a flag and words: the flag has no value, but reads as if it had one."""
    flags = len(flags_of(arguments))
    return [
        piece
        for index, word in enumerate(arguments)
        for piece in (
            word.split("=", 1) if index < flags and word.startswith(("-p=", "--print=")) else (word,)
        )
    ]


def _wants_json(flags: Sequence[str]) -> bool:
    """Whether programs read the answer; asked of the words, since it holds for what cannot be parsed too."""
    from itertools import pairwise

    formats = ("json", "stream-json")
    return any(f"--output-format={form}" in flags for form in formats) or any(
        flag == "--output-format" and form in formats for flag, form in pairwise(flags)
    )


def _check_place() -> None:
    """Everything here works in a directory, which may have been deleted meanwhile.

    Raises:
        UsageError: it has been.
    """
    from pathlib import Path

    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the working directory has been deleted: `cd` to one that is there") from error


def _refuse(error: Exception, *, as_json: bool, debug: bool) -> int:
    if as_json:
        # An error of ours comes before anything was asked; of a bug nobody knows when it came.
        cost = 0.0 if isinstance(error, SagentError) else None
        print_problem(type(error).__name__, str(error), cost_usd=cost)
    complain(error, debug=debug)
    return exit_code(error) if isinstance(error, SagentError) else FAILED


def _set_up(*, debug: bool) -> None:
    """Streams that take any text, and logging only for those who ask for it."""
    import io

    from sagent.cli.logs import listen

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    listen("debug" if debug else None, {})
