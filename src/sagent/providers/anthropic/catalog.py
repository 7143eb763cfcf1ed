"""What is known of models by their names: how they think, and what they can be asked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from sagent.lib.value import frozen
from sagent.providers.effort import Effort

CAUTIOUS: Final = 8_192
"""The output limit that is sent for a model of which none is known: the wire demands one."""

FULL: Final[Sequence[Effort]] = ("low", "medium", "high", "xhigh", "max")
"""The efforts that most models know."""

Topic: TypeAlias = Literal["system", "tools", "effort"]
"""What can change in the midst of a conversation."""


@frozen(kw_only=True)
class Traits:
    """What is particular about a model; what is left out is unknown, or not so."""

    window: int | None = None
    """How many tokens it takes; where it is left out, the catalog of all providers says it."""
    output: int | None = None
    """How many tokens it gives at most, likewise."""
    thinks: Literal["adaptive", "budget", "never"] = "never"
    """How it is asked to think: as it sees fit, with so many tokens, or not at all."""
    unasked: bool = False
    """Whether it thinks unless it is told not to."""
    off: Literal["disabled", "between_tools", ""] = ""
    """How it is told to think as little as it can; empty where only the least effort helps."""
    efforts: Sequence[Effort] = ()
    """The efforts that it knows, the least first."""
    bound: bool | None = False
    """Whether its thoughts are bound to the history before them; None where nobody knows."""
    formed: bool = False
    """Whether its answers can be held to a schema."""
    sampled: bool = True
    """Whether temperature and its like can be set."""
    told: frozenset[Topic] = frozenset()
    """What it can be told of in the midst of a conversation."""


Table: TypeAlias = Sequence[tuple[str, Traits]]
"""Models by patterns of their ids; the first that fits counts."""

_SAID: Final = frozenset[Topic](("system", "tools"))
_ALL: Final = frozenset[Topic](("system", "tools", "effort"))

_ADAPTIVE: Final = Traits(thinks="adaptive", efforts=FULL, off="disabled", formed=True)
_ALWAYS: Final = replace(_ADAPTIVE, unasked=True, off="")
_BOUND: Final = replace(_ALWAYS, bound=True, sampled=False, told=_ALL)
_BUDGET: Final = Traits(thinks="budget")

CLAUDE: Final[Table] = (
    ("claude-(fable|mythos)-5-[12]", _BOUND),
    ("claude-opus-5-5", _BOUND),
    ("claude-sonnet-5-5", replace(_BOUND, off="between_tools")),
    ("claude-haiku-5-5", replace(_BOUND, off="disabled")),
    ("claude-(fable|mythos)-5", replace(_ALWAYS, told=_SAID)),
    ("claude-opus-5", replace(_ALWAYS, off="disabled", sampled=False, told=_ALL)),
    ("claude-sonnet-5", replace(_ALWAYS, off="disabled", sampled=False)),
    ("claude-opus-4-8", replace(_ADAPTIVE, sampled=False, told=_SAID)),
    ("claude-opus-4-7", replace(_ADAPTIVE, sampled=False)),
    ("claude-(opus|sonnet)-4-6", replace(_ADAPTIVE, efforts=("low", "medium", "high", "max"))),
    ("claude-(opus|sonnet|haiku)-4-5|claude-opus-4-1", replace(_BUDGET, formed=True)),
    ("claude-opus-4(-0)?", _BUDGET),
    ("claude-(sonnet-4(-0)?|3-7-sonnet)", _BUDGET),
    ("claude-3(-5)?-(opus|sonnet|haiku)", Traits()),
    # A later model is taken for one like its forerunners, but for its size, which nobody knows.
    ("claude-[a-z]+-([5-9]|[1-9][0-9])(-.*)?", replace(_ALWAYS, sampled=False, bound=None)),
)
"""Anthropic's models (platform.claude.com/docs/en/about-claude/models, 2026-11)."""


OLDER: Final = r"claude-(3|[a-z]+-4(-[0-6])?(-\d{8})?$)"
"""Those that scale pictures down to 1,568 pixels, not to 2,576 (Anthropic's page on vision)."""


def plain(model: str) -> str:
    """A model's id as Anthropic has it, without what clouds put around it.

    Such as `us.anthropic.claude-sonnet-4-5-20250929-v1:0` (Bedrock), `claude-opus-4-5@20251101` (Vertex AI).
    """
    named = re.fullmatch(r"(?:.*\banthropic\.)?(claude-.+?)(?:-v\d+(?::\w+)*)?(?:@\w+)?", model)
    return named[1] if named else model


def traits(model: str, table: Table) -> Traits:
    """What a table says of a model; a date behind its id changes nothing."""
    for pattern, found in table:
        if re.fullmatch(rf"(?:{pattern})(?:-\d{{8}}|-latest)?", model):
            return found
    return Traits()
