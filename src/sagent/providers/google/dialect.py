"""Google's generateContent, set up for one model."""

from sagent.errors import ProviderError
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.providers.faults import Refusal
from sagent.providers.google.decode import Draft
from sagent.providers.google.encode import GoogleWording
from sagent.providers.google.faults import fault
from sagent.providers.scribe import Scribe
from sagent.providers.tolerance import GOOGLE, Tolerance
from sagent.schema.values import Origin
from sagent.schema.wire import google as wire


@frozen(kw_only=True)
class GoogleDialect:
    """What is said to one of Google's models, and what is heard from it."""

    origin: Origin
    config: wire.GenerationConfig
    stream: bool
    extra_body: JsonObject
    tolerance: Tolerance = GOOGLE
    """Which files the model takes."""

    def scribe(self) -> Scribe:
        """A writer for a new conversation."""
        wording = GoogleWording(self.origin.model, self.config, self.extra_body, self.origin.provider)
        return Scribe(self.origin, wording, self.tolerance)

    def draft(self) -> Draft:
        """A reply of which nothing has come yet."""
        return Draft(self.origin.model, whole=not self.stream)

    def fault(self, refusal: Refusal, now: float, /) -> ProviderError:
        """What a refusal means."""
        return fault(refusal, now)
