"""The commands that only list something: tools, providers, models, schemas."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sagent.errors import MissingKey, ProviderError, UsageError

if TYPE_CHECKING:
    from sagent.providers.cards import Card


def tools(
    *,
    json_: Annotated[bool, Parameter(name="--json", negative="", help="As JSON, which it always is.")] = True,
    tool_dir: Annotated[
        list[Path] | None, Parameter(help="A directory of tools in any language; may be repeated.")
    ] = None,
) -> int:
    """Print the tools as JSON, as models are shown them.

    Raises:
        UsageError: a directory defines none.
    """
    from sagent.agent.gate import definition
    from sagent.cli.toolbox import chosen_tools
    from sagent.schema.codec import encode_tool_definition

    shown = [encode_tool_definition(definition(tool)) for tool in chosen_tools(None, tool_dir or ())]
    sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    return 0


def providers() -> int:
    """Print each provider: the variables of its key and whether they are set, endpoint, accounts, models."""
    from sagent.providers.accounts import accounts
    from sagent.providers.roster import every_card

    for card in every_card():
        keys = " or ".join(f"{key} ({_state(key)})" for key in card.keys)
        place = f"{card.place} ({_state(card.place)})"
        begun = card.place in card.signs and not card.keys  # a server of its own, for a file
        lines = {
            "key": _doors(card, keys),
            "endpoint": "" if begun else f"{card.base_url}, or else {place}" if card.base_url else place,
            "accounts": ", ".join(accounts(card, os.environ)),
            "model": f"{place}, or name a file with --model"
            if begun
            else card.default or "none by default: name one with --model",
            "utility": card.utility,
        }
        sys.stdout.write(f"{card.name}\n")
        sys.stdout.writelines(f"  {name:<9} {value}\n" for name, value in lines.items() if value)
    return 0


def _doors(card: "Card", keys: str) -> str:
    """What opens the door of a provider: its keys, and what else does."""
    if card.chain:
        return f"{keys}, or else {card.chain}" if keys else card.chain
    return f"{keys}, where one is wanted" if keys and card.keyless else keys


def _state(variable: str) -> str:
    return "set" if _is_set(variable) else "not set"


def _is_set(variable: str) -> bool:
    return bool(os.environ.get(variable, "").strip())


def models(provider: Annotated[str | None, Parameter(help="The provider that is asked.")] = None) -> int:
    """Print a provider's models, a line each: the id, then its window, longest answer and price, if known.

    Where it has no key, or cannot be reached, they are those that are known beforehand, if there are any.

    Raises:
        SagentError: no provider is named or has a key, or it refuses.
    """
    from sagent.cli.choice import model_meant
    from sagent.cli.faults import write_line
    from sagent.cli.paint import printable
    from sagent.cli.preferences import preferences, preferred
    from sagent.cli.settings import Settings
    from sagent.providers.offer import figures, known, silence
    from sagent.providers.table import card_named, provider_meant

    if provider is not None and not provider.strip():
        raise UsageError("--provider is empty: give it a value, or leave it out")
    settings = preferred(Settings(provider=provider), preferences(Path.cwd()))
    meant = model_meant(settings, None)
    card = None if meant.provider is None else card_named(meant.provider)
    try:
        asked = provider_meant(meant, headers=settings.headers)
        card, names = asked.card, asyncio.run(asked.models())
    except (UsageError, ProviderError) as error:
        if card is None or not _is_out_of_reach(card, error) or not (names := known(card)):
            raise
        write_line(f"these are known beforehand, and not asked of {card.name}: {silence(error)}")
    width = max(map(len, names), default=0)
    for name in names:
        line = f"{name:<{width}}  {figures(name, card)}".rstrip()
        sys.stdout.write(f"{printable(line)}\n")
    return 0


def _is_out_of_reach(card: "Card", error: UsageError | ProviderError) -> bool:
    """Whether a provider is not set up here, or has not answered; else something is wrong that was said."""
    if isinstance(error, ProviderError):
        return error.status is None
    return isinstance(error, MissingKey) or not any(map(_is_set, (*card.keys, card.place)))


def schemas(*, out: Annotated[Path, Parameter(help="The directory that they are written to.")]) -> int:
    """Write the published JSON Schemas.

    Raises:
        UsageError: the directory cannot be written.
    """
    from sagent.validation import schema_files

    count = 0
    try:
        for name, text in schema_files():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            count += 1
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}; name another directory") from error
    sys.stdout.write(f"{count} schemas in {out}\n")
    return 0
