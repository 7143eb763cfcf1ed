"""What this wire makes of what is known of a model: how it thinks, and what it can be asked."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from sagent.lib.value import frozen
from sagent.providers.effort import Effort, ranked

if TYPE_CHECKING:
    from sagent.schema.settings.models import ModelRow

CAUTIOUS: Final = 8_192
"""The output limit that is sent for a model of which none is known: the wire demands one."""

LEAST: Final = 1_024
"""The smallest budget of thought that the wire takes, and what a budget must leave for the answer here."""

Topic: TypeAlias = Literal["system", "tools", "effort"]
"""What can change in the midst of a conversation."""


@frozen(kw_only=True)
class Traits:
    """What is particular about a model; what is left out is unknown, or not so."""

    window: int | None = None
    """How many tokens it takes."""
    output: int | None = None
    """How many tokens it gives at most."""
    sees: bool = True
    """Whether it sees pictures, where its provider's others do."""
    thinks: Literal["adaptive", "budget", "never"] = "never"
    """How it is asked to think: as it sees fit, with so many tokens, or not at all."""
    least: int = LEAST
    """The smallest budget of thought that it takes."""
    most: int | None = None
    """The largest one, if there is one."""
    unasked: bool = False
    """Whether it thinks unless it is told not to."""
    off: Literal["disabled", "between_tools", ""] = ""
    """How it is told to think as little as it can; empty where only the least effort helps."""
    efforts: Sequence[Effort] = ()
    """The efforts that it knows, the least first."""
    bound: bool | None = None
    """Whether its thoughts are bound to the history before them; None where nobody knows."""
    formed: bool = False
    """Whether its answers can be held to a schema."""
    sampled: bool = True
    """Whether temperature and its like can be set."""
    told: frozenset[Topic] = frozenset()
    """What it can be told of in the midst of a conversation."""


OLDER: Final = r"claude-(3|[a-z]+-4(-[0-6])?(-\d{8})?$)"
"""Those that scale pictures down to 1,568 pixels, not to 2,576 (Anthropic's page on vision)."""


def plain(model: str) -> str:
    """A model's id as Anthropic has it, without what clouds put around it.

    Such as `us.anthropic.claude-sonnet-4-5-20250929-v1:0` (Bedrock), `claude-opus-4-5@20251101` (Vertex AI).
    """
    named = re.fullmatch(r"(?:.*\banthropic\.)?(claude-.+?)(?:-v\d+(?::\w+)*)?(?:@\w+)?", model)
    return named[1] if named else model


def traits(row: "ModelRow") -> Traits:
    """What a row of the catalog means to this wire."""
    off = row.get("thinking_off", "never")
    budget = row.get("thinking_budget", {})
    return Traits(
        window=row.get("context_window"),
        output=row.get("max_output"),
        sees=row.get("images", True),
        thinks=row.get("thinking", "never"),
        least=max(budget.get("minimum", LEAST), LEAST),
        most=budget.get("maximum"),
        unasked=row.get("thinking_by_default", False),
        off="" if off == "never" else off,
        efforts=ranked(row.get("efforts", ())),
        bound=row.get("thinking_bound"),
        formed=row.get("structured_output") == "always",
        sampled=row.get("sampling", True),
        told=frozenset(row.get("mid_conversation", ())),
    )
