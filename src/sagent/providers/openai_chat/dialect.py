"""Chat Completions, set up for one model."""

from collections.abc import Mapping
from dataclasses import field

from sagent.errors import ProviderError
from sagent.lib.json import FrozenObject, JsonObject
from sagent.lib.value import frozen
from sagent.providers.effort import Effort
from sagent.providers.faults import Refusal
from sagent.providers.openai_chat.decode import Draft
from sagent.providers.openai_chat.encode import ChatWording
from sagent.providers.openai_chat.faults import fault
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.openai_chat.thinking import thinking
from sagent.providers.passthrough import settled
from sagent.providers.scribe import Scribe
from sagent.schema.values import Origin


@frozen(kw_only=True)
class ChatDialect:
    """What is said to one model, and what is heard from it."""

    origin: Origin
    manners: Manners = COMPATIBLE
    stream: bool = True
    max_output_tokens: int | None = None
    effort: Effort | None = None
    extra_body: JsonObject = field(default_factory=FrozenObject)

    def scribe(self) -> Scribe:
        """A writer for a new conversation."""
        wording = ChatWording(self.origin.model, self._settings(), self.manners, self.extra_body)
        return Scribe(self.origin, wording, self.manners.files)

    def draft(self) -> Draft:
        """A reply of which nothing has come yet."""
        return Draft(
            self.origin.model, vendor=self.origin.provider, manners=self.manners, whole=not self.stream
        )

    def fault(self, refusal: Refusal, now: float, /) -> ProviderError:
        """What a refusal means."""
        return fault(refusal, now)

    def _settings(self) -> Mapping[str, object]:
        """All of a body that is neither tools nor conversation."""
        settings: dict[str, object] = {}
        if self.stream:
            settings["stream"] = True
            if self.manners.usage_on_request:
                settings["stream_options"] = {"include_usage": True}
        if self.max_output_tokens is not None:
            settings[self.manners.max_tokens] = self.max_output_tokens
        # OpenRouter takes a word or a number of tokens, not both (its page on reasoning tokens).
        counted = self.manners.effort == "reasoning" and settled(self.extra_body, "reasoning", "max_tokens")
        settings |= thinking(None if counted else self.effort, self.manners)
        return {**settings, **self.manners.beside}
