"""MiniMax as a provider: Messages, or Chat Completions where that is asked for."""

import re
from collections.abc import Mapping
from typing import ClassVar

from typing_extensions import override

from sagent.lib.json import freeze_object
from sagent.providers.anthropic.manners import Manners
from sagent.providers.anthropic.provider import VERSION, Anthropic
from sagent.providers.cards import MINIMAX, Card
from sagent.providers.options import Options
from sagent.providers.remote import Dialect
from sagent.schema.values import Origin


class MiniMax(Anthropic):
    """MiniMax's models and the key to them; what they thought goes back whole, on either wire."""

    card: ClassVar[Card] = MINIMAX
    manners: ClassVar[Manners] = Manners(vendor="MiniMax")

    @override
    def _dialect(self, origin: Origin, options: Options) -> Dialect:
        if origin.dialect != "openai_chat":
            return super()._dialect(origin, options)
        # Imported where it is asked for: who speaks Messages need not load the other wire.
        from sagent.providers.openai_chat.dialect import ChatDialect
        from sagent.providers.openai_chat.manners import Manners as ChatManners
        from sagent.providers.openai_chat.suited import suited

        return ChatDialect(
            origin=origin,
            # Without this word, thoughts come in the midst of the text.
            manners=suited(
                ChatManners(
                    effort="unsaid",
                    form="unsaid",
                    beside=freeze_object({"reasoning_split": True}),
                    files=self.manners.files,
                ),
                origin.model,
                self.name,
            ),
            stream=options.stream,
            max_output_tokens=options.max_output_tokens,
            effort=options.effort,
            extra_body=options.extra_body,
        )

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        if origin.dialect != "openai_chat":
            return super()._url(origin, options)
        place = re.sub(r"/anthropic(/v\d+)?$", "", self._base_url)
        versioned = re.search(r"/v\d+$", place)
        return f"{place}/chat/completions" if versioned else f"{place}/v1/chat/completions"

    @override
    def _authorization(self) -> Mapping[str, str]:
        """The headers that open both doors."""
        return {"authorization": f"Bearer {self._key}", "anthropic-version": VERSION}
