"""OpenAI as a provider, by API key: Responses, or Chat Completions where that is asked for."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import ProviderError
from sagent.providers.cards import OPENAI, Card
from sagent.providers.catalog import tolerated
from sagent.providers.faults import Refusal
from sagent.providers.openai_chat.listing import page
from sagent.providers.openai_responses.dialect import ResponsesDialect
from sagent.providers.openai_responses.faults import fault
from sagent.providers.options import Options
from sagent.providers.remote import Dialect
from sagent.providers.tolerance import OPENAI as OPENAI_FILES
from sagent.providers.vendor import Vendor
from sagent.schema.values import Origin

PAYERS: Final[Mapping[str, str]] = {
    "OPENAI_ORG_ID": "OpenAI-Organization",
    "OPENAI_PROJECT_ID": "OpenAI-Project",
}
"""The environment variables that say whose bill it is, and the headers that tell OpenAI, as its SDK does."""

MUTE: Final = re.compile(
    r"embedding|whisper|tts|transcribe|diarize|translate|dall-e|image|sora|moderation|realtime|audio|live"
    r"|davinci|babbage|instruct|computer-use|search-api|search-preview"
)
"""What stands in the names of models that cannot be talked to, or only about one thing."""


class OpenAI(Vendor):
    """OpenAI's models and the key to them."""

    card: ClassVar[Card] = OPENAI

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the key, the place and the accounts that the environment names in OpenAI's own variables.

        Raises:
            MissingKey: there is no key.
            UsageError: no key, or no place, can look like this.
        """
        payers = {
            header: value for name, header in PAYERS.items() if (value := environ.get(name, "").strip())
        }
        return super()._from_environment(environ, {**payers, **headers})

    @override
    def _dialect(self, origin: Origin, options: Options) -> Dialect:
        if origin.dialect == "openai_chat":
            # Imported where it is asked for: who speaks Responses need not load the other wire.
            from sagent.providers.openai_chat.dialect import ChatDialect
            from sagent.providers.openai_chat.manners import OPENAI as MANNERS
            from sagent.providers.openai_chat.suited import OPENAI as VENDOR
            from sagent.providers.openai_chat.suited import suited

            return ChatDialect(
                origin=origin,
                manners=suited(MANNERS, origin.model, self.name, VENDOR),
                stream=options.stream,
                max_output_tokens=options.max_output_tokens,
                effort=options.effort,
                extra_body=options.extra_body,
            )
        return ResponsesDialect(
            origin=origin,
            stream=options.stream,
            max_output_tokens=options.max_output_tokens,
            effort=options.effort,
            extra_body=options.extra_body,
            tolerance=tolerated(OPENAI_FILES, self.name, origin.model),
        )

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        return f"{self._base_url}/{'chat/completions' if origin.dialect == 'openai_chat' else 'responses'}"

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._key}"}

    @override
    def _fault(self, refusal: Refusal, now: float) -> ProviderError:
        return fault(refusal, now)

    @override
    def _list_url(self, query: str) -> str:
        return f"{self._base_url}/models{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        names, last = page(body, self.name)
        spoken_to = tuple([name for name in names if not MUTE.search(name)])
        return spoken_to, f"?after={quote(last, safe='')}" if last else None
