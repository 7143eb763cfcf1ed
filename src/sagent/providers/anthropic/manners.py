"""What differs between the servers that speak this wire: a row for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sagent.lib.json import FrozenObject, JsonObject, freeze_object
from sagent.providers import catalog
from sagent.providers.anthropic.catalog import CLAUDE, Table, Traits, plain, traits

BINDING: Final = "thinking-binding-controls-2026-08-01"
"""The beta whose header `block_binding` needs (Anthropic's page on preserved thinking)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one server wants to be spoken to; what is left out is as simple as it can be."""

    models: Table = ()
    """What is known of its models."""
    vendor: str = ""
    """Whose models these are, in the catalog of all providers; empty where it does not know them."""
    caches: bool = False
    """Whether it takes `cache_control` for the whole request."""
    marks: bool = False
    """Whether it caches up to blocks that are marked: one that does not take it for the whole request."""
    binds: bool = False
    """Whether it can be told to drop thoughts that are out of place rather than refuse the request."""
    signs: bool = False
    """Whether it wants a signature on every thought; others take an empty one."""
    beside: JsonObject = field(default_factory=FrozenObject)
    """What else each request says."""
    by_path: Sequence[str] = ()
    """What the path of a request says, and its body therefore must not."""


ANTHROPIC: Final = Manners(models=CLAUDE, vendor="Anthropic", caches=True, binds=True, signs=True)
"""Anthropic itself."""

FOUNDRY: Final = replace(ANTHROPIC, binds=False)
"""Microsoft Foundry, where nobody has seen that it can be told to drop thoughts."""

MANTLE: Final = replace(ANTHROPIC, caches=False, marks=True)
"""Amazon Bedrock's own Messages: it refuses `cache_control` for the whole request."""

VERTEX: Final = replace(
    MANTLE, beside=freeze_object({"anthropic_version": "vertex-2023-10-16"}), by_path=("model",)
)
"""Google Cloud's Vertex AI (its page on requests to Claude)."""

BEDROCK: Final = replace(
    MANTLE, beside=freeze_object({"anthropic_version": "bedrock-2023-05-31"}), by_path=("model", "stream")
)
"""Amazon Bedrock's InvokeModel (its page on Claude's Messages)."""

COMPATIBLE: Final = Manners()
"""A server of which nothing is known, such as llama.cpp."""


def known(model: str, manners: Manners) -> Traits:
    """All that is known of a model of this server."""
    model = plain(model)
    found = traits(model, manners.models)
    if not manners.vendor or found.window is not None:
        return found
    sizes = catalog.limits(manners.vendor, model)
    return replace(found, window=sizes.context_window, output=sizes.max_output)
