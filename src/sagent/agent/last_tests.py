"""How the tests ended that were run last: what a model must not have to guess when it has forgotten."""

import re
from collections.abc import Sequence
from typing import Final

from sagent.agent.runners import runs_tests
from sagent.atoms import CallId
from sagent.messages.words import calls_of, plain
from sagent.schema.message import FilesChanged, JobStarted, Message, ModelResponse, ToolCall, ToolResult

BROKEN: Final = frozenset(("interrupted", "failed"))
"""Stop reasons of responses whose calls were never run."""

LONGEST_COMMAND: Final = 200
"""The characters of the command that are told."""

MOST: Final = 600
"""The characters of what it wrote last that are told."""

_ENDING: Final = re.compile(r"exit code \d+|killed by signal \d+|stopped (?:after|because) [^\n]*")
_OURS: Final = re.compile(r"\[(?:took|working directory:|the output as it was:|[\w-]{1,40}: \d+x\d+,) .*\]")


class LastTests:
    """What the messages of a log tell of tests, one after the other."""

    def __init__(self) -> None:
        self._commands: dict[CallId, str] = {}
        """What runs."""
        self._terminals: dict[str, str] = {}
        """What was typed last in each."""
        self._ended: list[tuple[str, ToolResult, int]] = []
        """What has ended since it was last looked at, and how often files had changed by then."""
        self._last: tuple[str, ToolResult, int] | None = None
        self._changes = 0

    def hear(self, message: Message) -> None:
        """Remember what has to be told of a message."""
        if isinstance(message, FilesChanged):
            # What is taken back by no change at all was announced, and then not made.
            self._changes += 1 if message.content else -len(message.undoes)
        elif isinstance(message, ModelResponse) and message.stop not in BROKEN:
            for call in calls_of(message):
                self._begin(call)
        elif isinstance(message, JobStarted):
            self._begin(message.content.content)
        elif isinstance(message, ToolResult):
            command = self._commands.pop(message.call_id, "")
            if command and _ran(message):
                self._ended.append((command, message, self._changes))

    def told(self, now: float) -> Sequence[str]:
        """The last run of tests that has ended, with its exit and last lines; nothing where there is none."""
        ended, self._ended = self._ended, []
        found = next((each for each in reversed(ended) if runs_tests(each[0])), None)
        self._last = found or self._last
        if self._last is None:
            return ()
        command, result, changes = self._last
        return (_told(command, result, now, changed=self._changes > changes),)

    def _begin(self, call: ToolCall) -> None:
        said = call.content
        if call.tool == "Bash":
            self._commands[call.call_id] = str(said.get("command", ""))
        elif call.tool == "Terminal":
            terminal = str(said.get("session", "main"))
            if typed := str(said.get("command") or said.get("text") or ""):
                self._terminals[terminal] = typed
            self._commands[call.call_id] = self._terminals.get(terminal, "")


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
