"""Messages, set up for one model."""

from sagent.errors import ProviderError
from sagent.lib.value import frozen
from sagent.providers.anthropic.decode import Draft
from sagent.providers.anthropic.encode import AnthropicWording, Settings
from sagent.providers.anthropic.faults import fault
from sagent.providers.anthropic.manners import tolerance
from sagent.providers.faults import Refusal
from sagent.providers.scribe import Scribe
from sagent.schema.values import Origin


@frozen(kw_only=True)
class AnthropicDialect:
    """What is said to one model, and what is heard from it."""

    origin: Origin
    settings: Settings

    def scribe(self) -> Scribe:
        """A writer for a new conversation."""
        files = tolerance(self.settings.model, self.settings.manners, self.settings.provider)
        return Scribe(self.origin, AnthropicWording(self.settings), files)

    def draft(self) -> Draft:
        """A reply of which nothing has come yet."""
        return Draft(self.origin.model, vendor=self.origin.provider, signs=self.settings.manners.signs)

    def fault(self, refusal: Refusal, now: float, /) -> ProviderError:
        """What a refusal means."""
        return fault(refusal, now)
