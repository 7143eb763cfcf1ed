# Generated from schemas/settings/user.json by `python -m codegen`. Change the schema and run that again.
"""Of a user: sagent/settings.json in the directory of settings."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

from sagent.lib.json import JsonObject
from typing_extensions import ReadOnly


class UserPermissions(TypedDict):
    """What tool calls may do: what denies comes first, then what asks, then what allows."""

    default_mode: NotRequired[ReadOnly[Literal["read-only", "default", "accept-edits", "full"]]]
    """What holds where no rule says anything."""
    allow: NotRequired[ReadOnly[Sequence[str]]]
    """
    Rules for calls that run without being asked about, such as `Bash(git status:*)` or
    `Edit(~/notes/**)`.
    """
    ask: NotRequired[ReadOnly[Sequence[str]]]
    """Rules for calls that are asked about, whatever else is allowed."""
    deny: NotRequired[ReadOnly[Sequence[str]]]
    """Rules for calls that do not run, whatever else is said."""


class UserHook(TypedDict):
    """A command that gets a BeforeTool or an AfterTool of cli.json on its standard input."""

    match: NotRequired[ReadOnly[str]]
    """
    The tools that it is about, such as `Bash` or `Edit|Write`, with `*` for any letters; all where it
    is left out.
    """
    command: ReadOnly[str]
    """What a shell is given to run, in the workspace."""
    timeout: NotRequired[ReadOnly[float]]
    """How many seconds it may take; 10 where it is left out."""


class UserHooks(TypedDict):
    """Commands around each call, in the order in which they are asked."""

    before_tool: NotRequired[ReadOnly[Sequence[UserHook]]]
    """Asked before a call runs; each can refuse it."""
    after_tool: NotRequired[ReadOnly[Sequence[UserHook]]]
    """Told what came of a call; each can add words to it."""


class UserSettings(TypedDict):
    """Of a user: sagent/settings.json in the directory of settings."""

    provider: NotRequired[ReadOnly[str]]
    """Where the model lives, such as Google."""
    model: NotRequired[ReadOnly[str]]
    """The model, as the provider calls it."""
    effort: NotRequired[ReadOnly[Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]]]
    """How hard the model thinks."""
    tools: NotRequired[ReadOnly[str]]
    """The tools that may be used, separated by commas; `all`, or `none`."""
    sandbox: NotRequired[ReadOnly[Literal["off", "network", "offline"]]]
    """Whether commands run in a sandbox, and whether they reach the network from it."""
    system: NotRequired[ReadOnly[str]]
    """A system prompt instead of the default one."""
    max_response_tokens: NotRequired[ReadOnly[int]]
    """How many tokens one response may have."""
    max_tool_call_rounds: NotRequired[ReadOnly[int]]
    """How many rounds of tool calls one prompt may take."""
    max_budget_usd: NotRequired[ReadOnly[float]]
    """How many US dollars a session may cost."""
    max_budget_tokens: NotRequired[ReadOnly[int]]
    """How many tokens a session may take, in and out."""
    log_level: NotRequired[ReadOnly[Literal["debug", "info", "warning", "error"]]]
    """From which level on the log goes to stderr."""
    fsync: NotRequired[ReadOnly[bool]]
    """
    Whether what is said and done is on the disk before it is acted upon, so that it outlives a power
    cut.
    """
    headers: NotRequired[ReadOnly[Mapping[str, str]]]
    """Headers that are sent with every request, by name."""
    extra_body: NotRequired[ReadOnly[JsonObject]]
    """What is added to every request to a model, as it stands."""
    permissions: NotRequired[ReadOnly[UserPermissions]]
    """What tool calls may do."""
    hooks: NotRequired[ReadOnly[UserHooks]]
    """Commands that are asked before a tool runs, or told after it."""
