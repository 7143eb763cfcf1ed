"""All providers by name, and by the names of their models; each is imported when it is asked for."""

import os
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Final

from sagent.errors import MissingKey, ProviderError, UsageError
from sagent.lib.value import frozen
from sagent.providers.accounts import account_called, joined, parted
from sagent.providers.cards import CARDS, LLAMA_CPP, Card
from sagent.providers.environment import variable
from sagent.providers.vendor import Vendor

UNMEANT: Final = ("", "false", "0")
"""What variables say that say no."""


@frozen(kw_only=True)
class Meant:
    """A model, and whose it is, by the words that somebody named it with."""

    model: str
    provider: str | None = None
    """None where the words do not tell."""
    why: str = ""
    """What told the provider, where nobody named it."""


def model_named(words: str, *, provider: str | None = None, here: str | None = None) -> Meant:
    """What is meant by `gemini-2.5-flash`, `Google/gemini-2.5-flash` or `Google@work/gemini-2.5-flash`.

    With a `provider` all of the words are the id. `here` is the provider that is meant where the words tell
    none, and the account where they tell no other provider; if it serves other vendors' models, only a
    provider's own name before a slash leads away from it, or a path to a GGUF file.

    Raises:
        UsageError: no account can be called so.
    """
    if provider is not None:
        return Meant(model=words, provider=provider)
    before, slash, rest = words.partition("/")
    name, _, account = before.partition("@")
    settled = _card(here) if here else None
    routes = settled is not None and settled.routes
    for card in CARDS.values():
        if slash and rest and (name == card.name or (not routes and name.lower() == card.name.lower())):
            owner = joined(card.name, account_called(account))
            return Meant(model=rest, provider=owner, why=f"{words!r} begins with it")
    if re.match(r"(~|\.{1,2})?/.*\.gguf$" if routes else LLAMA_CPP.ids, words, re.IGNORECASE):
        return Meant(model=words, provider=LLAMA_CPP.name, why=f"{words!r} names a GGUF file")
    for card in () if routes else CARDS.values():
        if card.ids and re.match(card.ids, words, re.IGNORECASE):
            whose = here if card is settled else card.name
            return Meant(model=words, provider=whose, why=f"{words!r} looks like a model of it")
    return Meant(model=words, provider=here)


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
    card = _card(name)
    if card is None:
        raise UsageError(f"there is no provider {name!r}; there are {', '.join(CARDS)}")
    return card


def default_provider(environ: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Vendor:
    """The first provider whose key is set, or that a variable of its own says is meant.

    Raises:
        MissingKey: there is no such one.
    """
    for card in CARDS.values():
        if variable(environ, *card.keys) or variable(environ, *card.signs).lower() not in UNMEANT:
            return _class(card).from_env(environ, headers=headers)
    raise MissingKey("any provider", [card.keys[0] for card in CARDS.values() if card.keys])


def _card(name: str) -> Card | None:
    own, _ = parted(name)
    return next((card for known, card in CARDS.items() if known.lower() == own.lower()), None)


def _class(card: Card) -> type[Vendor]:
    found: object = getattr(import_module(card.home), card.name)
    if isinstance(found, type) and issubclass(found, Vendor):
        return found
    raise TypeError(f"{card.home} holds no provider {card.name}")
