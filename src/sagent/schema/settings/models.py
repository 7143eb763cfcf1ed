# Generated from schemas/settings/models.json by `python -m codegen`. Change the schema and run that again.
"""What is known of models: the one that comes along, and a user's own, sagent/models.json in the directory of settings."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


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
    prices: NotRequired[ReadOnly[Sequence[ModelPrices]]]
    """What its tokens cost, for requests of each size, the smallest first."""


class ModelCatalog(TypedDict):
    """
    What is known of models: the one that comes along, and a user's own, sagent/models.json in the
    directory of settings.
    """

    models: ReadOnly[Sequence[ModelRow]]
    """What is known, in rows: each figure is that of the first row which fits the model and has it."""
