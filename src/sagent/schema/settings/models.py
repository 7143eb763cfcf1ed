# Generated from schemas/settings/models.json by `python -m codegen`. Change the schema and run that again.
"""What is known of models: the one that comes along, and a user's own, sagent/models.json in the directory of settings."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class ThinkingBudget(TypedDict):
    """How many tokens of thought it can be given."""

    minimum: NotRequired[ReadOnly[int]]
    """At least; 0 where it can be told not to think."""
    maximum: NotRequired[ReadOnly[int]]
    """At most."""


class ModelPrices(TypedDict):
    """US dollars for a million tokens each, in requests of one size."""

    when: NotRequired[ReadOnly[Mapping[str, str]]]
    """
    How they are served, such as {"service_tier": "flex"}, {"speed": "fast"} or {"inference_geo": "us"};
    however they are where it is left out.
    """
    above: NotRequired[ReadOnly[int]]
    """Requests of more input tokens than this; of any size where it is left out."""
    input: ReadOnly[float]
    """What is read and was not cached."""
    output: ReadOnly[float]
    """What is written, thoughts too."""
    cache_read: NotRequired[ReadOnly[float]]
    """What is read from a cache; as all input where it is left out."""
    cache_write: NotRequired[ReadOnly[float]]
    """What is written to a cache; as all input where it is left out."""
    cache_write_1h: NotRequired[ReadOnly[float]]
    """What is written to a cache for an hour; as all that is written there where it is left out."""


class ModelRow(TypedDict):
    """What is known of some models of one provider; what is left out is unknown."""

    provider: ReadOnly[str]
    """The provider, as `sagent providers` calls it."""
    model: ReadOnly[str]
    """A regular expression that the whole of an id fits, or what is behind its last slash."""
    context_window: NotRequired[ReadOnly[int]]
    """How many tokens of input it takes."""
    max_output: NotRequired[ReadOnly[int]]
    """How many tokens it gives in one response."""
    images: NotRequired[ReadOnly[bool]]
    """Whether it sees pictures, where its provider's others do."""
    thinking: NotRequired[ReadOnly[Literal["adaptive", "budget", "never"]]]
    """How it is asked to think: as it sees fit, by an effort; with a budget of tokens; or never."""
    thinking_by_default: NotRequired[ReadOnly[bool]]
    """Whether it thinks unless it is told not to."""
    thinking_off: NotRequired[ReadOnly[Literal["disabled", "between_tools", "never"]]]
    """How it can be told to think less than by the least effort: not at all, only between tools, or never."""
    thinking_budget: NotRequired[ReadOnly[ThinkingBudget]]
    """The budgets that it takes, where it is asked by budget."""
    thinking_bound: NotRequired[ReadOnly[bool]]
    """Whether its thoughts are bound to the history before them (Messages)."""
    thinking_required: NotRequired[ReadOnly[bool]]
    """Whether each message of its own must come with thoughts (Chat Completions)."""
    thought_signatures: NotRequired[ReadOnly[bool]]
    """Whether its calls must have ids and signatures of thoughts (generateContent)."""
    efforts: NotRequired[ReadOnly[Sequence[Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]]]]
    """The efforts that it can be asked for, in any order; none where it has no word for them."""
    sampling: NotRequired[ReadOnly[bool]]
    """Whether temperature and its like can be set."""
    structured_output: NotRequired[ReadOnly[Literal["always", "without_tools", "json_object", "never"]]]
    """
    When its answers can be held to a JSON Schema: always, only without tools, to being JSON alone, or
    never.
    """
    mid_conversation: NotRequired[ReadOnly[Sequence[Literal["system", "tools", "effort"]]]]
    """
    What it can be told in the midst of a conversation: another system prompt, other tools, another
    effort.
    """
    prices: NotRequired[ReadOnly[Sequence[ModelPrices]]]
    """What its tokens cost, for requests of each size, the smallest first."""


class ModelCatalog(TypedDict):
    """
    What is known of models: the one that comes along, and a user's own, sagent/models.json in the
    directory of settings.
    """

    models: ReadOnly[Sequence[ModelRow]]
    """What is known, in rows: each figure is that of the first row which fits the model and has it."""
