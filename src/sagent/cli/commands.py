"""The commands by name, and the prompts that were meant to be one."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.errors import UsageError

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("sagent.cli.demo:demo", "See it mend a failing test; needs no key."),
    "providers": ("sagent.cli.listings:providers", "List the providers and the keys they need."),
    "models": ("sagent.cli.listings:models", "List the models on offer."),
    "sessions": (
        "sagent.cli.history.listing:sessions",
        "List sessions; show, search, export, mend or delete them.",
    ),
    "agents": ("sagent.cli.agents:agents", "List the agents that run now and can be reached."),
    "send": ("sagent.cli.agents:send", "Write to one of them."),
    "attach": ("sagent.cli.attach:attach", "Follow one of them, and write to it."),
    "undo": ("sagent.cli.undo:undo", "Take back what a session changed in files."),
    "tools": ("sagent.cli.listings:tools", "Print the tools with their JSON Schemas."),
    "schemas": ("sagent.cli.listings:schemas", "Write the JSON Schemas of all messages."),
    "completion": ("sagent.cli.completion:completion", "Print what completes flags in bash, zsh or fish."),
}
"""Where each command is written, and what is said of it; it is loaded when it is called."""

SUBCOMMANDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "sessions": {
        "list": ("sagent.cli.history.listing:sessions", "List them; so does `sagent sessions` alone."),
        "show": ("sagent.cli.history.export:show", "Print a session to read."),
        "search": ("sagent.cli.history.search:search", "Find the sessions in which something was said."),
        "export": ("sagent.cli.history.export:export", "Write a session as Markdown, HTML or JSON."),
        "doctor": ("sagent.cli.history.doctor:doctor", "Say what is wrong with sessions, and mend them."),
        "delete": ("sagent.cli.history.removal:delete", "Delete sessions for good."),
    },
}
"""What can be done with one of them, and where it is written; the first is meant where none is named."""

LIKENESS: Final = 0.8
"""How much a word has to be like a command (as difflib measures it) to be taken for a slip of the keys."""


def flags_of(arguments: Sequence[str]) -> Sequence[str]:
    """What is typed before a `--`, behind which nothing is a flag or a command."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def spelled_out(arguments: Sequence[str]) -> Sequence[str]:
    """A command's words, with what is meant where only the family is named.

    Raises:
        UsageError: it has no such command below it.
    """
    family, *rest = arguments
    below = SUBCOMMANDS.get(family)
    if below is not None and rest and not rest[0].startswith("-") and rest[0] not in below:
        raise UsageError(f"{family} has no command {rest[0]!r}; there are {', '.join(below)}")
    if below is None or rest[:1] == ["--help"] or rest[:1] == ["-h"] or (rest and rest[0] in below):
        return arguments
    return [family, next(iter(below)), *rest]


def is_command(arguments: Sequence[str]) -> bool:
    """Whether a command is named, not a prompt."""
    if {"-p", "--print"}.intersection(flags_of(arguments)):
        return False
    return next((word for word in flags_of(arguments) if not word.startswith("-")), "") in COMMANDS


def mistaken(prompt: str) -> str:
    """What to say of a prompt that is only the name of a command, or nearly; empty if it is neither."""
    from difflib import get_close_matches

    near = get_close_matches(prompt.lower(), [*COMMANDS, "help"], n=1, cutoff=LIKENESS)
    if not near:
        return ""
    meant = "--help" if near[0] == "help" else near[0]
    ask = f"to ask it as a prompt, write `sagent -- {prompt}`"
    if prompt in COMMANDS:
        return f'"{prompt}" is a command: put it first, as in `sagent {prompt}`; {ask}'
    return f'"{prompt}" is no command: did you mean `sagent {meant}`? Else, {ask}'
