"""Whose model failed, which, where, and what to do about it: said here, for all errors of all providers."""

from collections.abc import Mapping
from time import gmtime, strftime
from typing import Final
from urllib.parse import urlsplit

from sagent.errors import (
    BadAnswer,
    Illegal,
    NotFound,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Unauthorized,
    Unreachable,
)
from sagent.lib.value import frozen

REFUSED: Final = 400
"""The first status of an answer that says no; below it the address is to blame, and not the model."""


@frozen(kw_only=True)
class Place:
    """A model, or a list of models, as the one to blame."""

    provider: str
    model: str
    """Empty where none is meant."""
    base_url: str
    key: str
    """What to look at where the key is refused."""

    @property
    def whose(self) -> str:
        """The provider, the model and the host."""
        named = f"{self.provider} {self.model}" if self.model else self.provider
        return f"{named} at {host_of(self.base_url)}"

    def blamed(self, error: ProviderError, now: float) -> ProviderError:
        """The error, with what a person needs to know; what it says itself of either stays."""
        error.where = error.where or self.whose
        error.advice = error.advice or self._advice(error, now)
        return error

    def _advice(self, error: ProviderError, now: float) -> str:
        match error:
            case Unauthorized():
                return f"Check {self.key}."
            case Quota(retry_after=None):
                return "Raise the plan, or choose another model."
            case Quota(retry_after=float() | int() as seconds):
                return f"It is renewed {_when(now, seconds)}: wait, raise the plan, or choose another model."
            case Overloaded(retry_after=float() | int() as seconds):
                return f"Try again {_when(now, seconds)}, or choose another model."
            case Overloaded():
                return "Try again later, or choose another model."
            case Overflow():
                return "Make the conversation shorter, or choose a model with a larger window."
            case Illegal():
                return "Check the options of the model, or choose another model."
            case NotFound() if self.model and (error.status or REFUSED) >= REFUSED:
                listed = f"`sagent models {self.provider}` lists the ids on offer"
                return f"{listed}; check the base URL, {self.base_url}, too."
            case NotFound():
                return f"Check the base URL, {self.base_url}."
            case Unreachable():
                return "Try again; if it stays so, check the network and the base URL."
            case BadAnswer():
                return "Try again; if it stays so, check the base URL, or choose another model."
            case _:  # whatever else the other side has a word for
                return "Ask for something else, or choose another model."


def header_instead(opening: Mapping[str, str], key: str, headers: Mapping[str, str]) -> str:
    """The header that is sent in place of the key, in words; empty if none is."""
    own = {name.lower() for name in headers}
    instead = [name for name, value in opening.items() if key and key in value and name in own]
    return f"the header {instead[0]}, which is sent in place of the key" if instead else ""


def host_of(url: str) -> str:
    """The host of an address, and its port if one is named; never who logs in there."""
    return urlsplit(url).netloc.rpartition("@")[2]


TLS_CUT: Final = "the other side closed the connection while TLS was being set up"
"""What asyncio and httpx2 have no words for."""


def unreached(place: str, words: str) -> Unreachable:
    """There is no connection to this host; the words say why."""
    if "CERTIFICATE_VERIFY_FAILED" in words:
        advice = "If the certificate is from an authority of your own, name its file with SSL_CERT_FILE."
    elif words == TLS_CUT or "WRONG_VERSION_NUMBER" in words:
        advice = (
            "Check the base URL: where the server does not speak TLS, it begins with http://. "
            "Else check the proxy settings and the network."
        )
    else:
        advice = "Check the network, the proxy settings and the base URL."
    return Unreachable(f"cannot reach {place}: {' '.join(words.split())[:200]}", advice=advice)


_DAY: Final = 86_400


def _when(now: float, seconds: float) -> str:
    if seconds < 100:
        return f"in {seconds:.0f} s"
    at = strftime("%Y-%m-%d %H:%M UTC", gmtime(now + seconds))
    if seconds < 6000:
        return f"at {at} (in {seconds / 60:.0f} min)"
    return f"at {at} (in {seconds / 3600:.0f} h)" if seconds < 4 * _DAY else f"at {at}"
