"""What differs between the servers that speak this wire: a row for each."""

from dataclasses import dataclass, replace
from typing import Final

from sagent.providers import catalog
from sagent.providers.anthropic.catalog import CLAUDE, Table, Traits, traits

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
    binds: bool = False
    """Whether it can be told to drop thoughts that are out of place rather than refuse the request."""
    signs: bool = False
    """Whether it wants a signature on every thought; others take an empty one."""


ANTHROPIC: Final = Manners(models=CLAUDE, vendor="Anthropic", caches=True, binds=True, signs=True)
"""Anthropic itself."""

COMPATIBLE: Final = Manners()
"""A server of which nothing is known, such as llama.cpp."""


def known(model: str, manners: Manners) -> Traits:
    """All that is known of a model of this server."""
    found = traits(model, manners.models)
    if not manners.vendor or found.window is not None:
        return found
    sizes = catalog.limits(manners.vendor, model)
    return replace(found, window=sizes.context_window, output=sizes.max_output)
