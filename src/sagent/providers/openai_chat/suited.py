"""The manners of a server as one of its models has them, by what is known of the model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from sagent.providers.catalog import known
from sagent.providers.effort import Effort, ranked
from sagent.providers.openai_chat.manners import Manners

if TYPE_CHECKING:
    from sagent.schema.settings.models import ModelRow

OPENAI: Final = "OpenAI"
"""Whose models know words wherever they are served."""

FILLER: Final = " "
"""Stands for the thoughts of messages that have none, where each must have some."""


_SAMPLED: Final[Mapping[bool | None, Literal["always", "never"]]] = {True: "always", False: "never"}
"""What a row says of temperature, as manners; where it says nothing, the server's hold."""


def suited(manners: Manners, model: str, *providers: str) -> Manners:
    """What a server wants said to a model that is known under these names."""
    row = known(model, *providers)
    words, thinks, told = efforts(model, *providers), row.get("thinking"), row.get("mid_conversation")
    needs = row.get("thinking_required")
    # Who is asked by a word alone, and has none for no thought at all, is asked for the least.
    bound = manners.effort in ("reasoning_effort", "reasoning") and words is not None and "none" not in words
    changes = manners.inline and told is not None
    return replace(
        _formed(manners, row),
        effort="unsaid" if thinks == "never" else manners.effort,
        efforts=manners.efforts if words is None else words,
        always_thinks=manners.always_thinks or bound or row.get("thinking_off") == "never",
        budgets={} if thinks == "adaptive" else _budgets(manners, row),
        streams_only=manners.streams_only and thinks != "never",
        reasoning_filler=manners.reasoning_filler if needs is None else FILLER if needs else "",
        amends="system" in (told or ()) if changes else manners.amends,
        adds_tools="tools" in (told or ()) if changes else manners.adds_tools,
        sampled=_SAMPLED.get(row.get("sampling"), manners.sampled),
        files=manners.files if row.get("images", True) else replace(manners.files, pictures=()),
    )


def efforts(model: str, *providers: str) -> Sequence[Effort] | None:
    """The words that a model knows, one of OpenAI's wherever it is served; None where nobody says it."""
    words = known(model, *providers, OPENAI).get("efforts")
    return None if words is None else ranked(words)


def _formed(manners: Manners, row: "ModelRow") -> Manners:
    whole = manners.form if manners.form in ("strict", "schema") else "schema"
    match row.get("structured_output"):
        case None:
            return manners
        case "never":
            return replace(manners, form="unsaid")
        case "json_object":
            return replace(manners, form="object")
        case "without_tools":
            return replace(manners, form=whole, form_alone=True)
        case "always":
            return replace(manners, form=whole, form_alone=False)


def _budgets(manners: Manners, row: "ModelRow") -> Mapping[Effort, int]:
    limits = row.get("thinking_budget", {})
    least, most = limits.get("minimum", 0), limits.get("maximum")
    return {
        effort: max(least, tokens if most is None else min(tokens, most))
        for effort, tokens in manners.budgets.items()
    }
