"""A request in the words of Messages: what stands before the conversation. Pure: no clock, no socket.

What is known of requests lives in this package's `encode`, `transcript`, `blocks`, `changes`, `declarations`
and `thinking`.
"""

from dataclasses import field

from sagent.lib.json import FrozenObject, JsonObject, freeze_object, is_object
from sagent.lib.value import frozen
from sagent.providers.anthropic import declarations
from sagent.providers.anthropic.changes import carries, declared
from sagent.providers.anthropic.manners import ANTHROPIC, Manners, known
from sagent.providers.anthropic.marks import marked_text
from sagent.providers.anthropic.thinking import fitting
from sagent.providers.anthropic.transcript import AnthropicTranscript
from sagent.providers.anthropic.validator import bad_sampling, bad_tools
from sagent.providers.inline import Carries
from sagent.providers.passthrough import opened, overlaid, settled
from sagent.providers.scribe import accept
from sagent.providers.sendable import sendable
from sagent.providers.wording import Heading
from sagent.schema.wire import anthropic as wire


@frozen(kw_only=True)
class Settings:
    """How a model is to answer, in this wire's words."""

    model: str
    max_tokens: int
    provider: str = ""
    """Who serves the model, if that is known by a name."""
    stream: bool = False
    thinking: wire.ThinkingConfig | None = None
    output_config: wire.OutputConfig | None = None
    extra_body: JsonObject = field(default_factory=FrozenObject)
    manners: Manners = ANTHROPIC


class AnthropicWording:
    """How a request to one model is put."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known = known(settings.model, settings.manners, settings.provider)
        extra = settings.extra_body
        self._unformed = not self._known.formed or settled(extra, "output_config", "format")
        constant = settled(extra, "thinking") or settled(extra, "output_config", "effort")
        self.carries: Carries = carries(
            self._known,
            settings.max_tokens,
            settings.thinking,
            # What the user says of it stands there whatever changes.
            None if constant else settings.output_config,
            binds=settings.manners.binds,
        )
        asked = overlaid({"thinking": settings.thinking} if settings.thinking else {}, extra).get("thinking")
        ruled = settings.manners.signs and self._known.thinks == "budget"
        self._budget = is_object(asked) and asked.get("type") == "enabled" if ruled else None

    def head(self, heading: Heading) -> bytes:
        """System prompt, tools and settings.

        Raises:
            Illegal: the tools or the temperature would be refused.
        """
        settings, manners = self._settings, self._settings.manners
        tools = declared(declarations.tools(heading.tools), self.carries)
        accept(bad_tools(tools))
        head: dict[str, object] = {"model": settings.model, "max_tokens": settings.max_tokens}
        if heading.system.strip():
            words = sendable(heading.system)
            head["system"] = marked_text(words) if manners.marks else words
        if tools:
            head["tools"] = tools
        if settings.thinking:
            head["thinking"] = settings.thinking
        if config := self._output_config(heading):
            head["output_config"] = config
        if manners.caches:
            head["cache_control"] = {"type": "ephemeral"}
        if settings.stream:
            head["stream"] = True
        body = overlaid({**manners.beside, **head}, settings.extra_body)
        self._limit(body, heading.most)
        if heading.unthought:
            body.pop("thinking", None)
        accept(bad_sampling(body, self._known, manners))
        return opened({key: body[key] for key in body if key not in manners.by_path}, "messages")

    def tells(self, output: JsonObject) -> bool:
        """For models that cannot be held to a schema, and schemas that the wire cannot say."""
        return self._form(output) is None

    def _limit(self, body: dict[str, object], most: int | None) -> None:
        """Lower the limit of the output to what a budget leaves, and make the thoughts fit into it."""
        asked, thinking = body["max_tokens"], body.get("thinking")
        limit = asked if isinstance(asked, int) else self._settings.max_tokens
        body["max_tokens"] = limit = limit if most is None else min(most, limit)
        if is_object(thinking):
            body["thinking"] = fitting(thinking, limit)
            if body["thinking"] is None:
                del body["thinking"]

    def _output_config(self, heading: Heading) -> JsonObject:
        effort = {"effort": heading.effort} if heading.effort and self._settings.output_config else {}
        form = None if heading.output is None else self._form(heading.output)
        formed = {} if form is None else {"format": form}
        return freeze_object({**(self._settings.output_config or {}), **effort, **formed})

    def _form(self, output: JsonObject) -> JsonObject | None:
        return None if self._unformed else declarations.form(output)

    def transcript(self) -> AnthropicTranscript:
        """Messages in which nothing has been said."""
        manners = self._settings.manners
        return AnthropicTranscript(
            signs=manners.signs, marks=manners.marks, told=bool(self._known.told), budget=self._budget
        )
