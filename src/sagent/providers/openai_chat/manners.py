"""How servers of one wire differ: the table that a provider is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final, Literal

from sagent.lib.json import FrozenObject, JsonObject
from sagent.lib.value import frozen
from sagent.providers import tolerance
from sagent.providers.effort import Effort
from sagent.providers.tolerance import Tolerance


@frozen(kw_only=True)
class Manners:
    """What one server wants said in its own way; the defaults are what nearly all servers take."""

    max_tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """What the limit of the output is called."""
    system_role: Literal["system", "developer"] = "system"
    """Who speaks the system prompt."""
    usage_on_request: bool = True
    """Whether a stream says what was consumed only if it is asked to (`stream_options`)."""
    effort: Literal["reasoning_effort", "reasoning", "thinking", "enable_thinking", "unsaid"] = (
        "reasoning_effort"
    )
    """How it is told how hard to think: one word (OpenAI), the same in an object (OpenRouter), on or off
    (`thinking`: DeepSeek, Kimi, GLM; `enable_thinking`: Qwen), on with one word beside it, or not at all."""
    efforts: Sequence[Effort] = ("low", "medium", "high")
    """The words that its models know, where nobody says it of the model."""
    always_thinks: bool = False
    """Whether its models cannot be told not to think: then they are asked for the least that they know."""
    budgets: Mapping[Effort, int] = field(default_factory=dict)
    """How many tokens of thought stand for each word, where a number is said instead (`thinking_budget`)."""
    streams_only: bool = False
    """Whether an answer with thoughts must be streamed: then all are, whatever is asked."""
    schemas: Literal["any", "openai", "moonshot"] = "any"
    """Which schemas tools may have: those of all objects, without choices at the root, or Moonshot's own."""
    form: Literal["strict", "schema", "object", "unsaid"] = "schema"
    """How it is told what an answer has to fit: by a schema in OpenAI's strict flavour, by any, only that it
    is an object (`json_object`), or not at all; whoever is not strict is told in words too."""
    form_alone: bool = True
    """Whether that can be said only where no tools are offered; many servers would then never call one."""
    sampled: Literal["always", "unless reasoning", "at one", "never"] = "always"
    """When temperature and its like can be set: at any time, for models that do not reason (OpenAI), only to
    a temperature of 1 (Kimi), or never."""
    beside: JsonObject = field(default_factory=FrozenObject)
    """What else each request says."""
    reasoning: Literal["reasoning_content", "reasoning"] = "reasoning_content"
    """What the model's thoughts are called."""
    reasoning_back: Literal["as it came", "renamed", "never"] = "as it came"
    """How its own thoughts go back: under the name they came with, under the one above, or not at all."""
    reasoning_filler: str = ""
    """What stands for the thoughts of messages that have none, where each must have some (Kimi, DeepSeek)."""
    kept: Sequence[str] = ("extra_content", "reasoning_opaque")
    """What else of a message goes back: other keys, which a strict server would refuse, do not."""
    call_id_length: int = 40
    """How long the id of a call may be."""
    call_id_exact: bool = False
    """Whether it must be just as long, and only letters and digits (Mistral)."""
    empty_content: Literal["null", "empty", "absent"] = "null"
    """What stands for the text of a message that only calls."""
    files: Tolerance = tolerance.COMPATIBLE
    """Which files its models take; words stand for the others."""
    tool_names: bool = False
    """Whether a result names its tool."""
    inline: bool = True
    """Whether its models can be told of changes in the midst of a conversation, those that can be."""
    amends: bool = False
    """Whether other instructions can be given in the midst of a conversation."""
    adds_tools: bool = False
    """Whether tools can be added there, in a message of the system's (Kimi K3)."""
    cache_key: bool = False
    """Whether it is told which requests share a beginning (`prompt_cache_key`)."""
    bills: bool = False
    """Whether its figures hold what it charged, in US dollars."""
    alternates: bool = True
    """Whether it refuses two messages of the user's in a row, as the chat templates of many models do."""
    bridge: str = ""
    """What the model is made to say between results and a user, where nobody else may (Mistral)."""


COMPATIBLE: Final = Manners()
"""A server of which no more is known than that it is compatible."""

OPENAI: Final = Manners(
    max_tokens="max_completion_tokens",
    system_role="developer",
    efforts=("none", "low", "medium", "high", "xhigh"),
    files=tolerance.OPENAI,
    schemas="openai",
    sampled="unless reasoning",
    form="strict",
    form_alone=False,
    alternates=False,
    inline=False,
    cache_key=True,
)
"""OpenAI's own."""
