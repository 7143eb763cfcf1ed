"""Google as a provider: Gemini, by API key."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from time import time
from typing import Final, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import MissingKey, UsageError
from sagent.lib.json import freeze_object
from sagent.providers.address import address_fault
from sagent.providers.effort import Effort, effort_of
from sagent.providers.faults import redacted
from sagent.providers.google import catalog
from sagent.providers.google.dialect import GoogleDialect
from sagent.providers.google.faults import fault
from sagent.providers.google.listing import page
from sagent.providers.google.thinking import thinking
from sagent.providers.remote import Endpoint, Remote
from sagent.providers.transport import Call, HttpRefusal, Transport
from sagent.schema.values import ModelSpec, Origin
from sagent.schema.wire import google as wire

NAME: Final = "Google"

KEYS: Final = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
"""Where a key is looked for, in this order."""

PLACE: Final = "GOOGLE_GEMINI_BASE_URL"
"""What names another place than Google's own, as for Google's own SDK."""

BASE_URL: Final = "https://generativelanguage.googleapis.com"
"""Where Gemini lives."""


class Google:
    """Google's models and the key to them."""

    def __init__(self, *, key: str, base_url: str, transport: Transport) -> None:
        if not re.fullmatch(r"[!-~]+", key):
            raise UsageError("the key for Google has characters that no key has: copy it again")
        _check_place(base_url, "base_url")
        self._key = key
        self._base_url = base_url.rstrip("/")
        self._transport = transport

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """With the key of GOOGLE_API_KEY or GEMINI_API_KEY, at GOOGLE_GEMINI_BASE_URL if that is set.

        Raises:
            MissingKey: neither is set.
            UsageError: no key, or no place, can look like this.
        """
        key = next((environ[name].strip() for name in KEYS if environ.get(name, "").strip()), None)
        if key is None:
            raise MissingKey(NAME, KEYS)
        place = environ.get(PLACE, "").strip()
        if place:
            _check_place(place, PLACE)
        return cls.from_key(key, base_url=place)

    @classmethod
    def from_key(cls, key: str, *, base_url: str | None = None, transport: Transport | None = None) -> Self:
        """With this key, at this place.

        Raises:
            UsageError: no key, or no place, can look like this.
        """
        from sagent.providers.direct import Direct

        return cls(key=key, base_url=base_url or BASE_URL, transport=transport or Direct())

    @property
    def name(self) -> str:
        """`Google`."""
        return NAME

    def model(
        self,
        name: str | None = None,
        *,
        stream: bool = True,
        effort: Effort | None = None,
        max_output_tokens: int | None = None,
    ) -> Remote:
        """A model by its id, such as `gemini-2.5-flash`.

        Raises:
            UsageError: no model can have this id, or an option cannot be.
        """
        model = (name or catalog.DEFAULT).removeprefix("models/")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", model):
            raise UsageError(f"no model of Google can be called {name!r}; one is {catalog.DEFAULT}")
        if max_output_tokens is not None and max_output_tokens < 1:
            raise UsageError(f"max_output_tokens is {max_output_tokens}: it must be 1 or more")
        options = {
            "stream": None if stream else False,
            "effort": effort,
            "max_output_tokens": max_output_tokens,
        }
        spec = ModelSpec(
            provider=NAME,
            dialect="google",
            endpoint=self._base_url,
            model=model,
            options=freeze_object({key: value for key, value in options.items() if value is not None}),
        )
        config: wire.GenerationConfig = {}
        if max_output_tokens is not None:
            config = {**config, "maxOutputTokens": max_output_tokens}
        if (thought := thinking(model, effort)) is not None:
            config = {**config, "thinkingConfig": thought}
        origin = Origin(provider=NAME, dialect="google", endpoint=self._base_url, model=model)
        verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return Remote(
            spec=spec,
            limits=catalog.limits(model),
            dialect=GoogleDialect(origin=origin, config=config, stream=stream),
            transport=self._transport,
            endpoint=Endpoint(
                url=f"{self._root()}/models/{model}:{verb}",
                headers=self._headers(),
                secret=self._key,
                price_list="google",
            ),
        )

    def restored(self, spec: ModelSpec) -> Remote:
        """The model that a log names, at this provider's own place: a log cannot say where the key is sent.

        Raises:
            UsageError: this provider cannot have made it.
        """
        stream, tokens = spec.options.get("stream", True), spec.options.get("max_output_tokens")
        effort = spec.options.get("effort")
        if spec.provider != NAME or not isinstance(stream, bool) or not isinstance(tokens, int | None):
            raise UsageError(
                f"Google cannot build the model {spec.model} of {spec.provider} with {spec.options}"
            )
        return self.model(
            spec.model,
            stream=stream,
            effort=None if effort is None else effort_of(effort),
            max_output_tokens=tokens,
        )

    def utility_model(self) -> Remote:
        """A small and cheap model, for side work; it does not think."""
        return self.model(catalog.UTILITY, effort="none")

    async def models(self) -> Sequence[str]:
        """The ids of the models that can be talked to, asked of Google.

        Raises:
            ProviderError: the list could not be had.
        """
        names, token = await self._page("")
        found = [*names]
        while token:
            names, token = await self._page(f"&pageToken={quote(token)}")
            found += names
        return tuple(found)

    async def _page(self, token: str) -> tuple[Sequence[str], str]:
        call = Call(url=f"{self._root()}/models?pageSize=1000{token}", headers=self._headers())
        try:
            async with aclosing(self._transport.stream(call)) as batches:
                body = "".join([data async for batch in batches for data in batch])
        except HttpRefusal as refused:
            raise fault(redacted(refused.refusal, self._key), time()) from None
        return page(body)

    def _root(self) -> str:
        versioned = re.search(r"/v\d[a-z0-9]*$", self._base_url)
        return self._base_url if versioned else f"{self._base_url}/v1beta"

    def _headers(self) -> Mapping[str, str]:
        return {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "x-goog-api-key": self._key,
        }

    @override
    def __repr__(self) -> str:
        return f"<{NAME} at {self._base_url}>"


def _check_place(address: str, name: str) -> None:
    if fault := address_fault(address):
        raise UsageError(f"{name} is {address!r}, which is no base URL: {fault}")
