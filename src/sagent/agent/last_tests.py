"""How the tests ended that were run last: what a model must not have to guess when it has forgotten."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.agent.runners import runs_tests
from sagent.atoms import CallId, MessageId
from sagent.messages.words import calls_of, plain
from sagent.schema.message import FilesChanged, JobStarted, Kept, ModelResponse, ToolCall, ToolResult

LONGEST_COMMAND: Final = 200
"""The characters of the command that are told."""

MOST: Final = 600
"""The characters of what it wrote last that are told."""

_ENDING: Final = re.compile(r"exit code \d+|killed by signal \d+|stopped (?:after|because) [^\n]*")
_OURS: Final = re.compile(r"\[(?:took|working directory:|the output as it was:|[\w-]{1,40}: \d+x\d+,) .*\]")


def last_tests(log: Sequence[Kept], now: float) -> Sequence[str]:
    """The last run of tests that has ended, with its exit and last lines; nothing where there is none."""
    commands = _commands(log)
    changed, void = False, set[MessageId]()
    for message in reversed(log):
        if isinstance(message, FilesChanged):
            changed = changed or (bool(message.content) and message.id not in void)
            # What is taken back by no change at all was announced, and then not made.
            void.update(() if message.content else message.undoes)
        elif isinstance(message, ToolResult) and _ran(message):
            command = commands.get(message.call_id, "")
            if runs_tests(command):
                return (_told(command, message, now, changed=changed),)
    return ()


def _commands(log: Sequence[Kept]) -> Mapping[CallId, str]:
    """The command that each call ran, or that ran in the terminal that it looked at."""
    commands: dict[CallId, str] = {}
    terminals: dict[str, str] = {}
    for call in _calls(log):
        said = call.content
        if call.tool == "Bash":
            commands[call.call_id] = str(said.get("command", ""))
        elif call.tool == "Terminal":
            terminal = str(said.get("session", "main"))
            if typed := str(said.get("command") or said.get("text") or ""):
                terminals[terminal] = typed
            commands[call.call_id] = terminals.get(terminal, "")
    return commands


def _calls(log: Sequence[Kept]) -> Iterator[ToolCall]:
    for message in log:
        if isinstance(message, ModelResponse):
            yield from calls_of(message)
        elif isinstance(message, JobStarted):
            yield message.content.content


def _ran(result: ToolResult) -> bool:
    return not (result.failed and _text(result).startswith("not run: "))


def _text(result: ToolResult) -> str:
    return "\n".join(map(plain, result.content))


def _told(command: str, result: ToolResult, now: float, *, changed: bool) -> str:
    text = _text(result)
    when = f"{_ago(now - result.timestamp)} ago{'; files were changed since' if changed else ''}"
    shown = " ".join(command.split())
    if len(shown) > LONGEST_COMMAND:
        shown = f"{shown[: LONGEST_COMMAND - 1]}…"
    ended = "".join(f"\n    {line}" for line in _last_lines(text))
    return f"the last tests ({when}): `{shown}`, {_exit(result, text)}{ended}"


def _exit(result: ToolResult, text: str) -> str:
    found = _ENDING.findall("\n".join(text.splitlines()[-3:]))
    if found and (result.failed or result.tool == "Terminal"):
        return str(found[-1])
    if result.tool == "Terminal":
        return "not seen to its end"
    return "failed" if result.failed else "exit code 0"


def _last_lines(text: str) -> Sequence[str]:
    """The last lines that the command itself wrote, as many as there is room for."""
    lines: list[str] = []
    room = MOST
    for line in reversed(text.splitlines()):
        words = line.strip()
        if not words or _OURS.fullmatch(words) or (not lines and _ENDING.match(words)):
            continue
        if len(words) > room and lines:
            break
        lines.append(words if len(words) <= room else f"…{words[1 - room :]}")
        room -= len(words)
    return tuple(reversed(lines))


def _ago(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
