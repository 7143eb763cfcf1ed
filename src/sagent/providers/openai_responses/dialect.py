"""OpenAI's Responses, set up for one model."""

from dataclasses import field

from sagent.errors import ProviderError
from sagent.lib.json import FrozenObject, JsonObject, freeze_object
from sagent.lib.value import frozen
from sagent.providers.effort import Effort
from sagent.providers.faults import Refusal
from sagent.providers.openai_responses.catalog import is_reasoning
from sagent.providers.openai_responses.decode import Draft
from sagent.providers.openai_responses.encode import ResponsesWording
from sagent.providers.openai_responses.faults import fault
from sagent.providers.openai_responses.reasoning import reasoning
from sagent.providers.openai_responses.validator import LEAST_OUTPUT, SEALED
from sagent.providers.scribe import Scribe
from sagent.providers.tolerance import OPENAI, Tolerance
from sagent.schema.values import Origin


@frozen(kw_only=True)
class ResponsesDialect:
    """What is said to one model, and what is heard from it."""

    origin: Origin
    stream: bool = True
    max_output_tokens: int | None = None
    effort: Effort | None = None
    extra_body: JsonObject = field(default_factory=FrozenObject)
    tolerance: Tolerance = OPENAI
    """Which files the model takes."""

    def scribe(self) -> Scribe:
        """A writer for a new conversation."""
        wording = ResponsesWording(self.origin.model, self._settings(), self.extra_body, self.origin.provider)
        return Scribe(self.origin, wording, self.tolerance)

    def draft(self) -> Draft:
        """A reply of which nothing has come yet."""
        return Draft(self.origin.model, vendor=self.origin.provider, whole=not self.stream)

    def fault(self, refusal: Refusal, now: float, /) -> ProviderError:
        """What a refusal means."""
        return fault(refusal, now)

    def _settings(self) -> JsonObject:
        """All of a body that is neither tools nor conversation; nothing is kept at the provider."""
        model, provider = self.origin.model, self.origin.provider
        settings: dict[str, object] = {"store": False}
        if self.stream:
            settings["stream"] = True
        if is_reasoning(model, provider):
            settings["include"] = (SEALED,)
        if (asked := reasoning(model, self.effort, provider)) is not None:
            settings["reasoning"] = asked
        if self.max_output_tokens is not None:
            # The wire takes no less; a limit that a budget has shrunk must not end the conversation.
            settings["max_output_tokens"] = max(self.max_output_tokens, LEAST_OUTPUT)
        return freeze_object(settings)
