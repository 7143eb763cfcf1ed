"""What differs between the servers that speak this wire: a row for each."""

import re
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Final

from sagent.lib.json import FrozenObject, JsonObject, freeze_object
from sagent.lib.value import frozen
from sagent.providers import catalog
from sagent.providers.anthropic.catalog import OLDER, Traits, plain, traits
from sagent.providers.tolerance import ANTHROPIC as ANTHROPIC_FILES
from sagent.providers.tolerance import ANTHROPIC_WORKING_SIDE, FEWER, Tolerance
from sagent.providers.tolerance import COMPATIBLE as COMPATIBLE_FILES

BINDING: Final = "thinking-binding-controls-2026-08-01"
"""The beta whose header `block_binding` needs (Anthropic's page on preserved thinking)."""

TOOLS: Final = "inline-tools-2026-09-15"
"""The beta whose header tools need that change later (its page on mid-conversation system messages)."""

EFFORTS: Final = "mid-conversation-output-config-2026-07-01"
"""The beta whose header an effort needs that changes later (its page on effort per message)."""


SMALL: Final = 200_000
"""A window of so many tokens holds fewer pictures and pages."""


@frozen(kw_only=True)
class Manners:
    """How one server wants to be spoken to; what is left out is as simple as it can be."""

    vendor: str = ""
    """Whose models these are, in the catalog of all providers, whatever the server is called there."""
    caches: bool = False
    """Whether it takes `cache_control` for the whole request."""
    marks: bool = False
    """Whether it caches up to blocks that are marked: one that does not take it for the whole request."""
    binds: bool = False
    """Whether it can be told to drop thoughts that are out of place rather than refuse the request."""
    amends: bool = False
    """Whether it lets its models be told of changes in the midst of a conversation, those that can be."""
    files: Tolerance = COMPATIBLE_FILES
    """Which files its models take; words stand for the others."""
    signs: bool = False
    """Whether it wants a signature on every thought; others take an empty one."""
    beside: JsonObject = field(default_factory=FrozenObject)
    """What else each request says."""
    by_path: Sequence[str] = ()
    """What the path of a request says, and its body therefore must not."""


ANTHROPIC: Final = Manners(
    vendor="Anthropic",
    caches=True,
    binds=True,
    amends=True,
    signs=True,
    files=ANTHROPIC_FILES,
)
"""Anthropic itself."""

FOUNDRY: Final = replace(ANTHROPIC, binds=False, amends=False)
"""Microsoft Foundry, where nobody has seen the betas by which thoughts are dropped and changes told."""

MANTLE: Final = replace(ANTHROPIC, caches=False, marks=True, amends=False)
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


def betas(manners: Manners) -> Sequence[str]:
    """What a server is to be asked for in the header `anthropic-beta`."""
    bindings = (BINDING,) if manners.binds else ()
    return (*bindings, TOOLS, EFFORTS) if manners.amends else bindings


def known(model: str, manners: Manners, provider: str = "") -> Traits:
    """All that is known of a model of this server, which may have a name of its own."""
    found = traits(catalog.known(model, provider, manners.vendor))
    return found if manners.amends else replace(found, told=frozenset())


def tolerance(model: str, manners: Manners, provider: str = "") -> Tolerance:
    """Which files a model of this server takes."""
    found = known(model, manners, provider)
    files = manners.files if found.sees else replace(manners.files, pictures=())
    if manners.files != ANTHROPIC_FILES:
        return files
    if re.match(OLDER, plain(model)):
        files = replace(files, side=ANTHROPIC_WORKING_SIDE)
    if found.window is not None and found.window <= SMALL:
        files = replace(files, most_pictures=FEWER, most_pages=FEWER)
    return files
