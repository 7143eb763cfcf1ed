# Generated from schemas/tools/agent_self.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool AgentSelf holds."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class Checkpoint(TypedDict):
    """How your work stands; what is absent stays."""

    progress: NotRequired[ReadOnly[str]]
    """What is done."""
    pending: NotRequired[ReadOnly[str]]
    """What is left."""
    needs_user: NotRequired[ReadOnly[str]]
    """What only the user can say or do."""


class Renewal(TypedDict):
    """Renew the conversation when all calls of this response have ended."""

    action: ReadOnly[Literal["compact", "recompact", "clear"]]
    """Summarize it, redo the last summary, or begin an empty one."""
    guidance: NotRequired[ReadOnly[str]]
    """What you are told then; needed for clear."""


class Switches(TypedDict):
    """Tools to turn on or off, by name."""

    on: NotRequired[ReadOnly[Sequence[str]]]
    """To offer again."""
    off: NotRequired[ReadOnly[Sequence[str]]]
    """To offer no more."""


class AgentSelfDirective(TypedDict):
    """
    Look at yourself and change yourself. One call is one patch: if anything of it does not fit, nothing
    is done. Changes hold from the next request on; the conversation goes along to another model, your
    thoughts do not.
    """

    reason: NotRequired[ReadOnly[str]]
    """Why; the user sees it."""
    status: NotRequired[ReadOnly[str]]
    """What you are doing, in a word or two."""
    checkpoint: NotRequired[ReadOnly[Checkpoint]]
    """How your work stands; what is absent stays."""
    diagnostics: NotRequired[ReadOnly[bool]]
    """Tell your model, tokens, cost, budget, context, tools, tasks, inbox."""
    context: NotRequired[ReadOnly[Renewal]]
    """Renew the conversation when all calls of this response have ended."""
    model: NotRequired[ReadOnly[str]]
    """An id, or provider/id."""
    account: NotRequired[ReadOnly[str]]
    """Whose key, as the catalog of providers names them, or "default"."""
    effort: NotRequired[ReadOnly[Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]]]
    """How hard to think."""
    max_response_tokens: NotRequired[ReadOnly[int]]
    """The most tokens of one response."""
    tools: NotRequired[ReadOnly[Switches]]
    """Tools to turn on or off, by name."""
    catalog: NotRequired[ReadOnly[str]]
    """"providers", or the name of one for its models with windows and prices."""
