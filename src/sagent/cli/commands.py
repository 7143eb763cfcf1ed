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
    "send": ("sagent.cli.agents:send", "Write to an agent that runs now."),
    "attach": ("sagent.cli.attach:attach", "Follow an agent that runs now, and write to it."),
    "undo": ("sagent.cli.undo:undo", "Take back what a session changed in files."),
    "tools": ("sagent.cli.listings:tools", "Print the tools with their JSON Schemas."),
    "schemas": ("sagent.cli.listings:schemas", "Write the JSON Schemas of all messages."),
    "completion": ("sagent.cli.completion:completion", "Print what completes flags in bash, zsh or fish."),
}
"""Where each command is written, and what is said of it; it is loaded when it is called."""

SUBCOMMANDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "sessions": {
        "list": ("sagent.cli.history.listing:sessions", "List sessions; so does `sagent sessions` alone."),
        "show": ("sagent.cli.history.export:show", "Print a session to read."),
        "search": ("sagent.cli.history.search:search", "Find the sessions in which something was said."),
        "export": ("sagent.cli.history.export:export", "Write a session as Markdown, HTML or JSON."),
        "doctor": ("sagent.cli.history.doctor:doctor", "Say what is wrong with sessions, and mend them."),
        "delete": ("sagent.cli.history.removal:delete", "Delete sessions for good."),
    },
}
"""What can be done with one of them, and where it is written; the first is meant where none is named."""

LONG: Final = 7
"""From how many letters on two slips of the keys, behind the first letter, are still taken for slips."""


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
    typed = prompt.lower()
    slips, near = min((_slips(typed, command), command) for command in [*COMMANDS, "help"])
    allowed = 2 if len(near) >= LONG and typed[:1] == near[0] else 1
    if slips > allowed:
        return ""
    meant = "--help" if near == "help" else near
    ask = f"to ask it as a prompt, write `sagent -- {prompt}`"
    if prompt in COMMANDS:
        return f'"{prompt}" is a command: put it first, as in `sagent {prompt}`; {ask}'
    return f'"{prompt}" is no command: did you mean `sagent {meant}`? Else, {ask}'


def _slips(typed: str, meant: str) -> int:
    """How many letters are wrong, missing, too many, or have changed places with their neighbour.

    That is the distance of Damerau (1964), restricted to one slip at each place.
    """
    if abs(len(typed) - len(meant)) > 2:
        return LONG  # too many to be counted, or for what is a prompt of many lines to be compared
    before, above = [0] * (len(meant) + 1), list(range(len(meant) + 1))
    for row, letter in enumerate(typed, start=1):
        line = [row]
        for column, other in enumerate(meant, start=1):
            swapped = row > 1 < column and (letter, typed[row - 2]) == (meant[column - 2], other)
            line.append(
                min(
                    above[column] + 1,
                    line[-1] + 1,
                    above[column - 1] + (letter != other),
                    before[column - 2] + 1 if swapped else len(meant) + row,
                )
            )
        before, above = above, line
    return above[-1]
