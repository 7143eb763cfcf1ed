"""All providers by name, and by the names of their models; each is imported when it is asked for."""

import os
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Final

from sagent.errors import MissingKey, ProviderError, UsageError
from sagent.lib.value import frozen
from sagent.providers.accounts import account_called, joined, parted
from sagent.providers.cards import LLAMA_CPP, Card
from sagent.providers.environment import is_on, variable
from sagent.providers.path import is_path
from sagent.providers.roster import added, card_brought, card_of, cards, closest
from sagent.providers.vendor import Vendor

GGUF: Final = ".gguf"
"""How names of models in files end, which are LlamaCpp's."""


@frozen(kw_only=True)
class Meant:
    """A model, and whose it is, by the words that somebody named it with."""

    model: str
    """Its id; empty where the provider's default is meant."""
    provider: str | None = None
    """None where the words do not tell."""
    why: str = ""
    """What told the provider, where nobody named it."""


def model_named(words: str, *, provider: str | None = None, here: str | None = None) -> Meant:
    """What is meant by `gemini-2.5-flash`, `Google`, `Google/gemini-2.5-flash` or `Google@work/gemini-77`.

    With a `provider` all of the words are the id; with none a path is LlamaCpp's, whatever is there, so that
    nobody else is asked for it. `here` is the provider that is meant where the words tell none, and the
    account where they tell no other provider; if it serves other vendors' models, only a provider's own
    name, alone or before a slash, leads away from it, or a file.

    Raises:
        UsageError: no account can be called so, or a provider that a package brings cannot be loaded.
    """
    if provider is not None:
        return Meant(model=words, provider=provider)
    if is_path(words):
        return Meant(model=words, provider=LLAMA_CPP.name, why=f"{words!r} is a path")
    settled = card_of(here) if here else None
    routes = settled is not None and settled.routes
    before = words.partition("/")[0].partition("@")[0]
    file = words.lower().endswith(GGUF)
    known = card_of(before)
    if known and not (file and not known.own) and (named := _beginning(words, known, exactly=routes)):
        return named
    if file and not (settled and settled.own):
        return Meant(model=words, provider=LLAMA_CPP.name, why=f"{words!r} names a GGUF file")
    for card in () if routes else cards():
        if card.ids and re.match(card.ids, words, re.IGNORECASE):
            whose = here if card is settled else card.name
            return Meant(model=words, provider=whose, why=f"{words!r} looks like a model of it")
    brought = None if known else card_brought(before)
    return (brought and _beginning(words, brought, exactly=routes)) or Meant(model=words, provider=here)


def _beginning(words: str, card: Card, *, exactly: bool) -> Meant | None:
    """What words mean that begin with a provider's name; None if nothing stands behind its slash."""
    before, slash, rest = words.partition("/")
    name, _, account = before.partition("@")
    if (slash and not rest) or (exactly and name != card.name):
        return None
    why = f"{words!r} begins with it" if slash else f"{words!r} is its name"
    return Meant(model=rest, provider=joined(card.name, account_called(account)), why=why)


def provider_meant(
    meant: Meant, environ: Mapping[str, str] = os.environ, *, headers: Mapping[str, str] | None = None
) -> Vendor:
    """The provider of the model that is meant; the first whose key is set where that does not tell it.

    Raises:
        UsageError: there is none of that name.
        MissingKey: its key is not set; the error says why it was meant.
        ProviderError: its credentials are not there.
    """
    if meant.provider is None:
        return default_provider(environ, headers=headers)
    try:
        return provider_named(meant.provider, environ, headers=headers)
    except MissingKey as error:
        if not meant.why:
            raise
        explained = MissingKey(f"{error.provider} (meant since {meant.why})", error.variables)
        explained.provider = error.provider
        raise explained from error
    except ProviderError as error:  # of whoever gives the credentials, who knows of no model
        if meant.model:
            error.where = error.where.replace(" at ", f" {meant.model} at ", 1)
        raise


def provider_named(
    name: str, environ: Mapping[str, str] = os.environ, *, headers: Mapping[str, str] | None = None
) -> Vendor:
    """A provider by its name, in capitals or not, with an account behind it, as in `Anthropic@work`, or not.

    `headers` are sent along with every request.

    Raises:
        UsageError: there is none of that name.
        MissingKey: its key is not set.
    """
    return _class(card_named(name)).from_env(environ, headers=headers, account=parted(name)[1])


def card_named(name: str) -> Card:
    """What is known of a provider, by its name, in capitals or not, whichever account is behind it.

    Raises:
        UsageError: there is none.
    """
    card = card_brought(name)
    if card is None:
        names = ", ".join(card.name for card in cards())
        raise UsageError(f"there is no provider {name!r}{closest(name)}; there are {names}")
    return card


def default_provider(environ: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Vendor:
    """The first provider whose key is set, or that a variable of its own says is meant.

    Raises:
        MissingKey: there is no such one.
    """
    for card in cards():
        if variable(environ, *card.keys, *card.signs) or is_on(environ, *card.switches):
            return _class(card).from_env(environ, headers=headers)
    raise MissingKey("any provider", [card.keys[0] for card in cards() if card.keys])


def _class(card: Card) -> type[Vendor]:
    own = added(card)
    if own is not None:
        return own
    found: object = getattr(import_module(card.home), card.name)
    if isinstance(found, type) and issubclass(found, Vendor):
        return found
    raise TypeError(f"{card.home} holds no provider {card.name}")
