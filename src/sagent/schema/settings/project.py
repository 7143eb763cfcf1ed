# Generated from schemas/settings/project.json by `python -m codegen`. Change the schema and run that again.
"""Of a project: .sagent/settings.json in its repository. What is sent along with a key is not in it."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class ProjectPermissions(TypedDict):
    """What tool calls may not do; a project allows nothing, since it comes with other people's code."""

    ask: NotRequired[ReadOnly[Sequence[str]]]
    """Rules for calls that are asked about, whatever else is allowed."""
    deny: NotRequired[ReadOnly[Sequence[str]]]
    """Rules for calls that do not run, whatever else is said."""


class ProjectSettings(TypedDict):
    """Of a project: .sagent/settings.json in its repository. What is sent along with a key is not in it."""

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
    permissions: NotRequired[ReadOnly[ProjectPermissions]]
    """What tool calls may not do, or not without being asked about."""
