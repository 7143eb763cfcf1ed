"""The command line: what can be typed, and what becomes of it."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from cyclopts import App, CycloptsError, Parameter

from sagent.cli.faults import FAILED, INTERRUPTED, USAGE, complain, exit_code, write_line
from sagent.cli.settings import Settings
from sagent.errors import SagentError

USAGE_LINES: Final = """\
Usage: sagent [OPTIONS] [PROMPT]
       sagent demo | models | schemas | tools
       sagent --version
"""

EPILOGUE: Final = """\
Without a prompt, on a terminal: a conversation; what is typed while the agent works steers it.

Exit codes: 0 answered, 1 stopped without an answer, 2 nothing could be asked (flags, key, provider, model),
130 Ctrl-C (143 and 129 for SIGTERM and SIGHUP)."""


COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("sagent.cli.demo:demo", "See it mend a failing test; needs no key."),
    "models": ("sagent.cli.listings:models", "List the models on offer."),
    "sessions": ("sagent.cli.listings:sessions", "List the sessions of this directory."),
    "tools": ("sagent.cli.listings:tools", "Print the tools with their JSON Schemas."),
    "schemas": ("sagent.cli.listings:schemas", "Write the JSON Schemas of all messages."),
}
"""Where each command is written, and what is said of it; it is loaded when it is called."""


def ask(  # one parameter for each flag
    *prompt: Annotated[str, Parameter(help="What is asked. Piped input goes behind it; `-` waits for that.")],
    provider: Annotated[str | None, Parameter(help="Where the model lives: Google.")] = None,
    model: Annotated[str | None, Parameter(help="The model's id, such as gemini-2.5-flash.")] = None,
    system: Annotated[str | None, Parameter(help="A system prompt instead of the default one.")] = None,
    tools: Annotated[str | None, Parameter(help="The tools that may be used: Read,Glob or none.")] = None,
    session: Annotated[str | None, Parameter(help="Go on with the session whose id begins so.")] = None,
    latest: Annotated[
        bool, Parameter(name=["--continue", "-c"], help="Go on with this directory's latest session.")
    ] = False,
    no_session_persistence: Annotated[bool, Parameter(help="Keep the session in memory only.")] = False,
    output_format: Annotated[
        Literal["text", "json"], Parameter(help="The answer alone, or one JSON object.")
    ] = "text",
    debug: Annotated[bool, Parameter(help="Show tracebacks and what is logged.")] = False,
) -> int:
    """Ask once, or talk."""
    settings = Settings(
        provider=provider,
        model=model,
        system=system,
        tools=tools,
        session=session,
        latest=latest,
        persist=not no_session_persistence,
    )
    if not prompt and sys.stdin.isatty():
        if output_format == "json":
            write_line("sagent: --output-format json needs a prompt")
            return USAGE
        from sagent.cli.repl import talk

        return talk(settings)
    from sagent.cli.once import once
    from sagent.cli.words import prompt_of

    return once(settings, prompt_of(prompt), as_json=output_format == "json", debug=debug)


def is_command(arguments: Sequence[str]) -> bool:
    """Whether a command is named, not a prompt."""
    return next((word for word in arguments if not word.startswith("-")), "") in COMMANDS


def application() -> App:
    """The commands and flags."""
    app = App(
        name="sagent",
        help="A coding agent for your terminal.",
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        help_formatter="plain",
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
    for name, (place, what) in COMMANDS.items():
        app.command(place, name=name, help=what)
    return app


def run(arguments: Sequence[str]) -> int:
    """Do what is typed, and return the exit code."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = "--debug" in before
    try:
        _set_up(debug=debug)
        code: object = application()(_tokens(arguments))
    except CycloptsError as error:
        error.verbose = False
        write_line(f"sagent: {error} See `sagent --help`.")
        return USAGE
    except KeyboardInterrupt:
        write_line("interrupted")
        return INTERRUPTED
    except SagentError as error:
        complain(error, debug=debug)
        return exit_code(error)
    except BrokenPipeError:
        _close_output()
        return FAILED
    except Exception as error:
        # Whatever it is: one line for people, a traceback for those who ask for it.
        complain(error, debug=debug)
        return FAILED
    return code if isinstance(code, int) else 0


def _tokens(arguments: Sequence[str]) -> list[str]:
    """What is typed, in the terms of cyclopts: commands know no `--debug`, and `-` is no flag."""
    if is_command(arguments):
        return [word for word in arguments if word != "--debug"]
    if arguments[-1:] == ["-"] and "--" not in arguments:
        return [*arguments[:-1], "--", "-"]
    return list(arguments)


def _close_output() -> None:
    """Nobody reads any more: what is left in the buffer goes nowhere, or Python complains of it at exit."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _set_up(*, debug: bool) -> None:
    """Streams that take any text, and logging only for those who ask for it."""
    import io
    import logging

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if debug:
        logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
        # What is below HTTP writes headers down, and there are keys among them.
        logging.getLogger("sagent").setLevel(logging.DEBUG)
        logging.getLogger("httpx2").setLevel(logging.INFO)
    else:
        logging.getLogger("sagent").addHandler(logging.NullHandler())
