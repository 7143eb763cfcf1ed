"""The flags of `sagent PROMPT`, and what becomes of them."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sagent.cli.arguments import check_numbers, check_words, form_in, headers_of, name_of, object_of
from sagent.cli.commands import mistaken
from sagent.cli.settings import Settings
from sagent.errors import UsageError

if TYPE_CHECKING:
    from sagent.schema.signal import Letter

_log = logging.getLogger("sagent.cli")

Efforts = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Modes = Literal["read-only", "default", "accept-edits", "full"]
Confines = Literal["off", "network", "offline"]
Levels = Literal["debug", "info", "warning", "error"]


def ask(  # one parameter for each flag
    *prompt: Annotated[
        str,
        Parameter(help="What is asked; `@path` adds a file. Piped input goes behind it; `-` waits for that."),
    ],
    print_: Annotated[
        bool, Parameter(name=["--print", "-p"], help="Ask once, print the answer, and end; never converse.")
    ] = False,
    output_format: Annotated[
        Literal["text", "json", "stream-json"],
        Parameter(help="The answer alone, one JSON object, or a JSON line for all that happens."),
    ] = "text",
    input_format: Annotated[
        Literal["text", "stream-json"],
        Parameter(help="A prompt, or JSON lines that are heard while the agent works."),
    ] = "text",
    output_schema: Annotated[
        Path | None,
        Parameter(
            metavar="FILE", help="A JSON file: the schema that the answer has to fit; it is printed as JSON."
        ),
    ] = None,
    ask_: Annotated[
        bool, Parameter(name="--ask", help="Ask for leave before each tool call, in the stream.")
    ] = False,
    permission_mode: Annotated[Modes | None, Parameter(help="What tools may do without asking.")] = None,
    yes: Annotated[bool, Parameter(help="Allow all that would be asked about.")] = False,
    image: Annotated[
        list[str] | None, Parameter(metavar="PATH", help="A picture that goes along; may be repeated.")
    ] = None,
    provider: Annotated[
        str | None,
        Parameter(
            metavar="NAME", help="Where the model lives: `sagent providers` lists them, and their accounts."
        ),
    ] = None,
    model: Annotated[
        str | None, Parameter(metavar="ID", help="The model's id, such as gemini-2.5-flash.")
    ] = None,
    effort: Annotated[Efforts | None, Parameter(help="How hard the model thinks.")] = None,
    max_response_tokens: Annotated[
        int | None, Parameter(metavar="N", help="How long one response may be.")
    ] = None,
    max_tool_call_rounds: Annotated[
        int | None, Parameter(metavar="N", help="After how many rounds of tools to stop.")
    ] = None,
    max_budget_usd: Annotated[
        float | None, Parameter(metavar="USD", help="Stop before it costs more US dollars.")
    ] = None,
    max_budget_tokens: Annotated[
        int | None, Parameter(metavar="N", help="Stop before it takes more tokens.")
    ] = None,
    header: Annotated[
        list[str] | None,
        Parameter(metavar="NAME:VALUE", help="'Name: value', sent with every request; may be repeated."),
    ] = None,
    extra_body: Annotated[
        str | None, Parameter(metavar="JSON", help="A JSON object that is added to every request.")
    ] = None,
    system: Annotated[
        str | None, Parameter(metavar="TEXT", help="A system prompt instead of the default one.")
    ] = None,
    name: Annotated[
        str | None, Parameter(metavar="NAME", help="What other agents and `sagent send` call it by.")
    ] = None,
    tools: Annotated[
        str | None,
        Parameter(metavar="LIST", help="The tools that may be used: `Read,Glob`, `none` or `all,Terminal`."),
    ] = None,
    tool_dir: Annotated[
        list[Path] | None,
        Parameter(metavar="DIR", help="A directory of tools in any language; may be repeated."),
    ] = None,
    sandbox: Annotated[
        Confines | None, Parameter(help="Run commands under bubblewrap, with the network or without it.")
    ] = None,
    session: Annotated[
        str | None, Parameter(metavar="ID", help="Go on with the session whose id begins so, or with a log.")
    ] = None,
    latest: Annotated[
        bool, Parameter(name=["--continue", "-c"], help="Go on with this directory's latest session.")
    ] = False,
    latest_of_all: Annotated[
        bool, Parameter(name="--continue-all", help="Go on with the latest session of any directory.")
    ] = False,
    resume: Annotated[
        bool,
        Parameter(name=["--resume", "-r"], help="Choose one of this directory's sessions to go on with."),
    ] = False,
    resume_all: Annotated[bool, Parameter(help="Choose one of the sessions of all directories.")] = False,
    fork: Annotated[
        str | None,
        Parameter(
            metavar="MESSAGE", help="Go on from this message of the session; `last`: from before your words."
        ),
    ] = None,
    no_session_persistence: Annotated[bool, Parameter(help="Keep the session in memory only.")] = False,
    log_level: Annotated[
        Levels | None, Parameter(help="Log to stderr from this level on; never a key.")
    ] = None,
    debug: Annotated[bool, Parameter(help="Show tracebacks, and log everything.")] = False,
    literally: Annotated[bool, Parameter(parse=False)] = False,
) -> int:
    """Ask once, or talk; `literally` where the prompt stands behind `--`.

    Raises:
        SagentError: it cannot be asked.
    """
    named = {"--provider": provider, "--model": model, "--tools": tools, "--session": session, "--fork": fork}
    check_words(named)
    check_numbers(
        {
            "--max-response-tokens": max_response_tokens,
            "--max-tool-call-rounds": max_tool_call_rounds,
            "--max-budget-usd": max_budget_usd,
            "--max-budget-tokens": max_budget_tokens,
        }
    )
    reads = input_format == "stream-json"
    if reads and output_format != "stream-json":
        raise UsageError("--input-format stream-json goes with --output-format stream-json")
    if resume or resume_all:
        if session or latest or latest_of_all:
            raise UsageError("--resume asks for a session, and another flag names one; give one of them")
        session = _chosen_session(everywhere=resume_all)
        if session is None:
            return 0
    if ask_ and not reads:
        raise UsageError("--ask needs somebody to ask: add --input-format stream-json")
    if yes and (ask_ or permission_mode not in {None, "full"}):
        raise UsageError("--yes allows everything: it goes with neither --ask nor another --permission-mode")
    settings = _preferred(
        Settings(
            provider=provider,
            model=model,
            effort=effort,
            max_response_tokens=max_response_tokens,
            extra_body=object_of(extra_body),
            headers=headers_of(header or ()),
            system=system,
            name=name_of(name),
            tools=tools,
            tool_dirs=tuple(tool_dir or ()),
            sandbox=sandbox,
            max_tool_call_rounds=max_tool_call_rounds,
            max_budget_usd=max_budget_usd,
            max_budget_tokens=max_budget_tokens,
            permission_mode=permission_mode,
            yes=yes,
            session=session,
            latest=latest or latest_of_all,
            anywhere=latest_of_all,
            fork=fork,
            persist=not no_session_persistence,
        ),
        log_level or ("debug" if debug else None),
    )
    if not prompt and not reads and sys.stdin.isatty():
        if print_ or output_format != "text" or image or output_schema:
            raise UsageError("there is no prompt, and these flags begin no conversation: give a prompt")
        if not sys.stdout.isatty():
            raise UsageError("there is no prompt, and a conversation needs a terminal: give a prompt")
        from sagent.cli.repl import talk

        return talk(settings)
    from sagent.cli.once import Manner, once

    form = None if output_schema is None else form_in(output_schema)
    said = _letter(prompt, image or (), reads=reads, literally=literally or print_)
    return once(settings, said, Manner(output=output_format, form=form, reads=reads, asks=ask_, debug=debug))


def _chosen_session(*, everywhere: bool) -> str | None:
    """The id of the session that the user chooses; None for none."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--resume lets you choose, and needs a terminal: name a session with --session")
    from sagent.cli.picker import picked
    from sagent.sessions.shelf import Shelf

    listings = Shelf().list(None if everywhere else Path.cwd())
    if not listings:
        raise UsageError(
            "there is no session yet" if everywhere else "there is no session of this directory yet"
        )
    chosen = picked(listings, everywhere=everywhere)
    return None if chosen is None else chosen.path.stem


def _preferred(settings: Settings, level: str | None) -> Settings:
    from sagent.cli.logs import listen
    from sagent.cli.preferences import preferences, preferred

    said = preferences(Path.cwd())
    settings = preferred(settings, said)
    listen(level or said.get("log_level"), settings.headers)
    _log.debug("%s; headers: %s", settings, ", ".join(settings.headers) or "none")
    return settings


def _letter(prompt: Sequence[str], images: Sequence[str], *, reads: bool, literally: bool) -> "Letter | None":
    """What is asked first, with its files; where lines are read, standard input is not part of it."""
    from sagent.cli.attachment import picture
    from sagent.cli.mentions import mentioned
    from sagent.cli.words import prompt_of, spoken_of
    from sagent.messages.words import letter

    pictures = [part for name in images for part in picture(name, Path.cwd())]
    if reads and not prompt:
        if images:
            raise UsageError("--image goes with a prompt: give one, or name the files in the stream")
        return None
    whole, spoken = (spoken_of(prompt),) * 2 if reads else prompt_of(prompt)
    if not (literally or reads) and [whole] == list(prompt) and (slip := mistaken(whole)):
        raise UsageError(slip)
    # Only what was typed can name a file: what is piped in may be anybody's.
    return letter(whole, *mentioned(spoken, Path.cwd()), *pictures)
