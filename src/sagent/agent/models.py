"""The models that an agent may go on with, and what is known of them."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from typing_extensions import Protocol, runtime_checkable

from sagent.errors import UsageError
from sagent.protocols import Model, Priced, Tariff
from sagent.schema.values import ModelSpec

_log = logging.getLogger("sagent.agent")


@runtime_checkable
class Tunable(Protocol):
    """A model that can be asked to answer otherwise."""

    def tuned(self, *, effort: str | None = None, max_output_tokens: int | None = None) -> Model:
        """The same model with this effort and this limit; what is None stays as it is.

        Raises:
            UsageError: it cannot be asked so.
        """
        ...


class Models:
    """The model in force, those before it, and those that may stand in for it."""

    __slots__ = ("_known", "fallbacks", "stand_ins")

    def __init__(self, model: Model, fallbacks: Sequence[Model]) -> None:
        for given in (*fallbacks, model):
            _check(given)
        self.fallbacks: Sequence[ModelSpec] = tuple([fallback.spec for fallback in fallbacks])
        """What stands in for a model that fails, in this order."""
        self.stand_ins: Sequence[Model] = tuple(fallbacks)
        self._known = [*fallbacks, model]

    @property
    def newest(self) -> ModelSpec:
        """The one that was given last."""
        return self._known[-1].spec

    def add(self, model: Model) -> None:
        """One more, in place of any that is specified alike.

        Raises:
            UsageError: it is no model.
        """
        _check(model)
        self._known = [*(known for known in self._known if known.spec != model.spec), model]

    def __getitem__(self, spec: ModelSpec) -> Model:
        """The newest of those that a log means; if it is none of them, the one that is about to go on."""
        meant = [model for model in self._known if model.spec == spec]
        return (meant or self._known)[-1]

    def exactly(self, spec: ModelSpec) -> Model | None:
        """The one of those at hand that is specified so."""
        return next((known for known in self._known if known.spec == spec), None)

    def known(self, provider: str, model: str) -> Model | None:
        """The newest of those at hand that is this model of this provider."""
        meant = [
            known for known in self._known if (known.spec.provider, known.spec.model) == (provider, model)
        ]
        return meant[-1] if meant else None

    def window(self, spec: ModelSpec) -> int | None:
        """How many tokens a model has room for; None where nobody knows."""
        return self[spec].limits.context_window if self._knows(spec) else None

    def tariff(self, spec: ModelSpec, size: int) -> Tariff:
        """What a model's tokens cost at most in a request of this size, and how many it may write."""
        model = self[spec]
        try:
            known = model.tariff(size) if isinstance(model, Priced) else Tariff()
        except Exception:
            # A model may be anybody's; if it cannot say what it costs, that is unknown.
            _log.exception("the tariff of %s raised", spec.model)
            known = Tariff()
        return known if known.max_output else replace(known, max_output=model.limits.max_output)

    def _knows(self, spec: ModelSpec) -> bool:
        return any(model.spec == spec for model in self._known)


def named(model: Model | str, here: ModelSpec) -> Model:
    """The model that somebody names, who talks with another one now, as on the command line.

    Raises:
        UsageError: the words name no model that there can be, or the key of its provider is not set.
    """
    if not isinstance(model, str):
        return model
    from sagent.providers.roster import card_of, cards, closest
    from sagent.providers.table import model_named, provider_meant

    meant = model_named(model, here=here.provider)
    if meant.provider == here.provider and card_of(here.provider) is None:
        before, slash, _ = model.partition("/")
        what = f"is no provider's{closest(before)}" if slash else "does not say whose model it is"
        names = ", ".join(card.name for card in cards())
        raise UsageError(
            f"{model!r} {what}, and {here.provider} cannot be asked for it by name: "
            f"say PROVIDER/ID, or hand over a model; the providers are {names}"
        )
    return provider_meant(meant).model(meant.model)


def _check(model: object) -> None:
    """Whoever makes an agent may not have been type-checked: a name or a provider is no model."""
    if not isinstance(getattr(model, "spec", None), ModelSpec):
        raise UsageError(
            f"{model!r} is no model; a provider makes one: Google.from_env().model('gemini-2.5-flash')"
        )
