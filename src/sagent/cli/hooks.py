"""The commands that a user has set around tool calls: a message goes in, a verdict comes out, in time."""

import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from sagent.atoms import CallId
from sagent.cli.paint import one_line
from sagent.errors import Malformed, ToolError
from sagent.lib.json import JsonValue, json_text
from sagent.loop.hooks import HookFailed
from sagent.schema.message import ToolCall, ToolResult

if TYPE_CHECKING:
    from sagent.loop.hooks import After, Before
    from sagent.schema.settings.user import UserHook, UserHooks
    from sagent.validation import Schema

T = TypeVar("T")

Place: TypeAlias = Callable[[CallId], Path]
"""Where the commands of a call start."""

TIMEOUT: Final = 10.0
"""How many seconds a command may take where the settings do not say."""


def before_tool(hooks: "UserHooks", workspace: Path, place: Place) -> "Before | None":
    """What asks the commands, one after the other; None where there are none."""
    asked = hooks.get("before_tool", ())
    if not asked:
        return None

    async def before(call: ToolCall) -> str | None:
        from sagent.schema import catalog
        from sagent.schema.cli import BeforeTool
        from sagent.schema.codec import encode_before_tool

        told = encode_before_tool(
            BeforeTool(content=call, workspace=str(workspace), cwd=str(place(call.call_id)))
        )
        for hook in asked:
            if not _concerns(hook, call):
                continue
            try:
                verdict = await _said(hook, told, workspace, catalog.BEFORE_VERDICT)
            except HookFailed as error:
                return str(error)
            if verdict is not None and not verdict["allow"]:
                return verdict.get("reason") or f"the hook {_named(hook)} does not allow it"
        return None

    return before


def after_tool(hooks: "UserHooks", workspace: Path, place: Place) -> "After | None":
    """What tells the commands, one after the other; None where there are none."""
    listening = hooks.get("after_tool", ())
    if not listening:
        return None

    async def after(call: ToolCall, result: ToolResult) -> str | None:
        from sagent.schema import catalog
        from sagent.schema.cli import AfterTool
        from sagent.schema.codec import encode_after_tool

        told = encode_after_tool(
            AfterTool(content=call, result=result, workspace=str(workspace), cwd=str(place(call.call_id)))
        )
        added, fails = list[str](), False
        for hook in listening:
            if not _concerns(hook, call):
                continue
            try:
                verdict = await _said(hook, told, workspace, catalog.AFTER_VERDICT)
            except HookFailed as error:
                added.append(f"[{error}]")
                fails = True
            else:
                added.append(verdict["content"] if verdict is not None else "")
        words = "\n".join(filter(None, added)) or None
        if words and fails:
            raise HookFailed(words)
        return words

    return after


async def _said(hook: "UserHook", told: JsonValue, workspace: Path, schema: "Schema[T]") -> T | None:
    """Run a command and read its verdict; None where it says nothing.

    Raises:
        HookFailed: it cannot be run, fails, takes too long, or says something else.
    """
    from contextlib import aclosing

    from sagent.tools.dialogue import Dialogue
    from sagent.tools.process import QUIET
    from sagent.tools.shell import shell

    dialogue = Dialogue(
        command=(shell(), "-c", hook["command"]),
        folder=workspace,
        environment={**os.environ, **QUIET},
        given=json_text(told).encode(),
        timeout=hook.get("timeout", TIMEOUT),
    )
    try:
        async with aclosing(dialogue.lines()) as lines:
            text = b"\n".join([line async for _, line in lines])
    except ToolError as error:
        raise HookFailed(f"the hook {_named(hook)} failed: {error}") from error
    if dialogue.code:
        last = one_line(dialogue.errors.text.rpartition("\n")[2])
        why = f" ({last})" if last else ""
        raise HookFailed(f"the hook {_named(hook)} failed with exit code {dialogue.code}{why}")
    return _read(hook, text.decode(errors="replace"), schema)


def _read(hook: "UserHook", text: str, schema: "Schema[T]") -> T | None:
    if not text.strip():
        return None
    try:
        return schema.parse(text)
    except Malformed as error:
        raise HookFailed(f"the hook {_named(hook)} answered what is no verdict: {error}") from error


def _concerns(hook: "UserHook", call: ToolCall) -> bool:
    names = hook.get("match", "*").casefold().split("|")
    return any(fnmatchcase(call.tool.casefold(), name.strip()) for name in names)


def _named(hook: "UserHook") -> str:
    return repr(one_line(hook["command"], 80))
