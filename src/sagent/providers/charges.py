"""What an answer of a model costs, and what a request to it costs at most."""

import re

from sagent.protocols import Reply, Tariff
from sagent.providers.metering import Metering, asked, is_kept_an_hour
from sagent.providers.options import Options
from sagent.providers.prices import cost_usd, highest
from sagent.schema.message import ToolCall
from sagent.schema.part import Text, Thinking
from sagent.schema.values import ModelSpec


async def charge(reply: Reply, metering: Metering, spec: ModelSpec, price_list: str) -> float | None:
    """What an answer of the model costs; None where its price is unknown, or nobody counted its tokens."""
    model = _priced(spec.model, reply.model)
    cost = await cost_usd(price_list, model, reply.usage, metering, provider=spec.provider)
    if _is_counted(reply):
        return cost
    is_free = highest(price_list, model, 0, provider=spec.provider) == (0.0, 0.0)
    return 0.0 if is_free else None


def tariff(spec: ModelSpec, price_list: str, size: int, max_output: int | None) -> Tariff:
    """The highest prices of a request of `size` tokens to the model, served as it asks to be."""
    body = Options.read(spec.options).extra_body
    hour = is_kept_an_hour(body)
    prices = highest(price_list, spec.model, size, asked(body), provider=spec.provider, an_hour=hour)
    if prices is None:
        return Tariff(max_output=max_output)
    return Tariff(input_usd=prices[0], output_usd=prices[1], max_output=max_output)


def _is_counted(reply: Reply) -> bool:
    """Whether the tokens that there must have been were told: no request is empty."""
    said = any(isinstance(part, Text | Thinking | ToolCall) for part in reply.content)
    return reply.usage.input_tokens > 0 and (reply.usage.output_tokens > 0 or not said)


def _priced(wanted: str, answered: str) -> str:
    """The model that answered, by the id that was asked for where that says more of the same.

    Bedrock's `global.anthropic.claude-opus-5-5` has another price than what answers as `claude-opus-5-5`.
    """
    return wanted if re.fullmatch(rf".+[./]{re.escape(answered)}(-v\d+(:\d+)?)?", wanted) else answered
