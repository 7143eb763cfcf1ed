"""Accounts: more than one key at a provider, as in `Anthropic@work`."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sagent.errors import MissingKey, UsageError
from sagent.providers.card import Card
from sagent.providers.environment import AccountEnvironment, variable

DEFAULT: Final = "default"
"""The account whose variables have no name behind them."""


def parted(name: str) -> tuple[str, str]:
    """A provider's own name, and the account that is named behind it; empty where that is the default one."""
    provider, _, account = name.partition("@")
    return provider, account_called(account)


def joined(provider: str, account: str) -> str:
    """What a provider is called, of which somebody uses this account."""
    return f"{provider}@{account}" if account else provider


def suffix(account: str) -> str:
    """What stands behind the names of the variables of an account."""
    return f"__{account.upper()}" if account else ""


def account_called(account: str) -> str:
    """An account as it is written in names: in small letters; the default one is empty.

    Raises:
        UsageError: no account can be called so.
    """
    if account and not re.fullmatch(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*", account):
        raise UsageError(
            f"no account can be called {account!r}: it is letters, digits and single underscores, "
            "as in ANTHROPIC_API_KEY__WORK, whose account is work"
        )
    return "" if account.lower() == DEFAULT else account.lower()


def accounts(card: Card, environ: Mapping[str, str]) -> Sequence[str]:
    """The accounts of a provider that the environment has a key for, or a place where no key is wanted."""
    openers = _openers(card)
    found = {
        end.lower()
        for name in environ
        for start, _, end in [name.partition("__")]
        if start in openers and re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)*", end) and environ[name].strip()
    }
    return sorted(found - {DEFAULT})


def environment_of(card: Card, account: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment as an account has it: `NAME__ACCOUNT` stands for `NAME`, and no other key is there.

    Raises:
        UsageError: the provider takes no key.
        MissingKey: the account's is not set.
    """
    if not card.keys:
        raise UsageError(f"{card.name} takes no key, and so has no accounts")
    end = suffix(account)
    if not variable(environ, *(f"{name}{end}" for name in _openers(card))):
        raise MissingKey(joined(card.name, account), [f"{name}{end}" for name in card.keys])
    others = {*card.keys, *card.signs, *card.switches, *card.payers} - {card.place}
    shared = {name: value for name, value in environ.items() if name not in others}
    own = {name.removesuffix(end): name for name in environ if name.endswith(end)}
    return AccountEnvironment({**shared, **{name: environ[full] for name, full in own.items()}}, own)


def _openers(card: Card) -> Sequence[str]:
    """The variables that make an account: a key, or a place where no key is wanted."""
    return (*card.keys, card.place) if card.own else card.keys
