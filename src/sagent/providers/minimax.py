"""MiniMax as a provider: Messages, or Chat Completions where that is asked for."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from typing_extensions import override

from sagent.lib.json import freeze_object
from sagent.providers.anthropic.catalog import FULL, Table, Traits
from sagent.providers.anthropic.manners import Manners
from sagent.providers.anthropic.provider import VERSION, Anthropic
from sagent.providers.cards import MINIMAX, Card
from sagent.providers.options import Options
from sagent.providers.remote import Dialect
from sagent.schema.values import Origin

MODELS: Final[Table] = (
    ("MiniMax-M3\\.1.*", Traits(thinks="adaptive", unasked=True, efforts=FULL)),
    ("MiniMax-.*", Traits(thinks="budget")),
)
"""How its models think (platform.minimax.io/docs/api-reference/text-anthropic-api, 2026-11)."""


class MiniMax(Anthropic):
    """MiniMax's models and the key to them; what they thought goes back whole, on either wire."""

    card: ClassVar[Card] = MINIMAX
    manners: ClassVar[Manners] = Manners(models=MODELS, vendor="MiniMax")

    @override
    def _dialect(self, origin: Origin, options: Options) -> Dialect:
        if origin.dialect != "openai_chat":
            return super()._dialect(origin, options)
        # Imported where it is asked for: who speaks Messages need not load the other wire.
        from sagent.providers.catalog import tolerated
        from sagent.providers.openai_chat.dialect import ChatDialect
        from sagent.providers.openai_chat.manners import Manners as ChatManners

        return ChatDialect(
            origin=origin,
            # Without this word, thoughts come in the midst of the text.
            manners=ChatManners(
                effort="unsaid",
                form="unsaid",
                beside=freeze_object({"reasoning_split": True}),
                files=tolerated(self.manners.files, self.name, origin.model),
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
