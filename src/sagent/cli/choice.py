"""Which model the flags mean, and whose it is."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sagent.cli.settings import Settings
from sagent.lib.json import EMPTY
from sagent.protocols import Model
from sagent.providers.accounts import parted
from sagent.providers.options import Options
from sagent.providers.table import Meant, model_named, provider_meant, provider_named
from sagent.schema.values import ModelSpec

if TYPE_CHECKING:
    from sagent.providers.vendor import Vendor


def chosen_model(settings: Settings, earlier: ModelSpec | None) -> Model:
    """The model that the flags name, or else the log, or else the environment.

    Raises:
        UsageError: there is no such provider, no key, or no such model.
    """
    meant = model_meant(settings, earlier.provider if earlier else None)
    if earlier is None or not _alike(meant.provider or "", earlier.provider):
        return provider_meant(meant, headers=settings.headers).model(
            meant.model or None,
            effort=settings.effort,
            max_output_tokens=settings.max_response_tokens,
            extra_body=settings.extra_body,
        )
    # Another account of the same provider goes on with the same model.
    whose = meant.provider or earlier.provider
    provider = provider_named(whose, headers=settings.headers).resumed(earlier)
    kept = Options() if settings.model else Options.read(earlier.options)
    return provider.model(
        meant.model or (None if settings.model else earlier.model),
        stream=kept.stream,
        effort=settings.effort or kept.effort,
        max_output_tokens=settings.max_response_tokens or kept.max_output_tokens,
        extra_body={**kept.extra_body, **settings.extra_body},
        dialect=None if settings.model else earlier.dialect,
    )


def chosen_provider(settings: Settings) -> "Vendor":
    """The provider that is named, or whose model is, or else the first whose key is set.

    Raises:
        UsageError: there is none of that name, or no key.
    """
    return provider_meant(model_meant(settings, None), headers=settings.headers)


def model_meant(settings: Settings, here: str | None) -> Meant:
    """The model that the flags name, its id empty where they name none, and whose it is."""
    if settings.model is None:
        return Meant(model="", provider=settings.provider or here)
    return model_named(settings.model, provider=settings.provider, here=here)


def elsewhere(settings: Settings, words: str, here: str | None) -> Settings:
    """The same with the model that these words name to somebody who talks with one of `here`."""
    meant = model_named(words, here=here)
    if here is None:
        return replace(settings, model=words)
    alike = meant.provider is None or _alike(meant.provider, here)
    if alike and meant.model:
        return replace(settings, provider=meant.provider or here, model=meant.model)
    # What is added to each request is in the words of the provider that it was meant for.
    return replace(settings, provider=None, model=words, extra_body=settings.extra_body if alike else EMPTY)


def _alike(one: str, other: str) -> bool:
    """Whether two names mean one provider, whatever the accounts."""
    return parted(one)[0].lower() == parted(other)[0].lower()
