# Generated from schemas/wire/anthropic.json by `python -m codegen`. Change the schema and run that again.
"""What Anthropic's Messages API is sent, and what it sends."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict

from sagent.lib.json import JsonObject
from typing_extensions import ReadOnly


class CacheControl(TypedDict):
    """A cache breakpoint."""

    type: ReadOnly[Literal["ephemeral"]]
    ttl: NotRequired[ReadOnly[str]]
    """How long it lasts: 5m or 1h."""


class Tool(TypedDict):
    """What a model may call."""

    type: NotRequired[ReadOnly[str]]
    """The kind of tool; custom, or none, is one that the client runs."""
    name: ReadOnly[str]
    """What it is called by."""
    description: NotRequired[ReadOnly[str]]
    """What it does and when to use it."""
    input_schema: ReadOnly[JsonObject]
    """The JSON Schema of its input, an object."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""
    strict: NotRequired[ReadOnly[bool]]
    """Whether the input is held to the schema while it is written."""
    defer_loading: NotRequired[ReadOnly[bool]]
    """Whether the model has to search for it."""
    allowed_callers: NotRequired[ReadOnly[Sequence[str]]]
    """Who may call it."""
    eager_input_streaming: NotRequired[ReadOnly[bool]]
    """Whether its input is streamed before it is checked."""
    input_examples: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """Inputs as they should be."""


class BlockBinding(TypedDict):
    """What happens to thoughts that come back behind another history than they were thought in."""

    prefix_mismatch_behavior: NotRequired[ReadOnly[str]]
    """The request is refused (error), or they are left out (drop_block)."""


class OutputConfig(TypedDict):
    """How hard a model works, and in what form it answers."""

    effort: NotRequired[ReadOnly[str]]
    """low, medium, high, xhigh or max, as far as the model knows them."""
    format: NotRequired[ReadOnly[JsonObject]]
    """The form of the answer."""
    task_budget: NotRequired[ReadOnly[JsonObject]]
    """How many tokens a whole task may take."""


class TextBlock(TypedDict):
    """Text."""

    type: ReadOnly[Literal["text"]]
    text: ReadOnly[str]
    """The text, not blank."""
    citations: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """What it rests on."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


class Source(TypedDict):
    """The bytes of a file."""

    type: ReadOnly[Literal["base64"]]
    media_type: ReadOnly[str]
    """Its media type."""
    data: ReadOnly[str]
    """The bytes in base64."""


class ThinkingBlock(TypedDict):
    """What a model thought; it goes back to the same model just as it came."""

    type: ReadOnly[Literal["thinking"]]
    thinking: ReadOnly[str]
    """The thought, as far as it is shown."""
    signature: NotRequired[ReadOnly[str]]
    """The provider's proof of it; some servers give none."""


class RedactedBlock(TypedDict):
    """A thought that is not shown."""

    type: ReadOnly[Literal["redacted_thinking"]]
    data: ReadOnly[str]
    """The thought, sealed."""


class CallBlock(TypedDict):
    """A call of a tool."""

    type: ReadOnly[Literal["tool_use"]]
    id: ReadOnly[str]
    """The call's id."""
    name: ReadOnly[str]
    """The tool."""
    input: ReadOnly[JsonObject]
    """Its arguments."""
    caller: NotRequired[ReadOnly[JsonObject]]
    """Who calls: the model, or a program of its."""
    toolset_name: NotRequired[ReadOnly[str]]
    """The set that the tool belongs to."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


class ToolGiven(TypedDict):
    """A tool with all that is to be known of it."""

    type: ReadOnly[Literal["tool_definition"]]
    definition: ReadOnly[Tool]
    """The same as among the tools of the request."""


class ToolNamed(TypedDict):
    """A tool that is known already."""

    type: ReadOnly[Literal["tool_reference"]]
    name: ReadOnly[str]
    """What it is called by."""


class StopDetails(TypedDict):
    """Why a model declined."""

    type: NotRequired[ReadOnly[str]]
    """Always refusal."""
    category: NotRequired[ReadOnly[str]]
    """The kind of policy."""
    explanation: NotRequired[ReadOnly[str]]
    """The reason in words."""


class CacheCreation(TypedDict):
    """What went to the cache, by how long it stays."""

    ephemeral_5m_input_tokens: NotRequired[ReadOnly[int]]
    """For five minutes."""
    ephemeral_1h_input_tokens: NotRequired[ReadOnly[int]]
    """For an hour."""


class OutputDetails(TypedDict):
    """Output by kind."""

    thinking_tokens: NotRequired[ReadOnly[int]]
    """What was thought."""


class ModelEntry(TypedDict):
    """One model."""

    id: ReadOnly[str]
    """What it is called."""
    display_name: NotRequired[ReadOnly[str]]
    """What people call it."""


class ThinkingConfig(TypedDict):
    """Whether a model thinks before it answers."""

    type: ReadOnly[Literal["adaptive", "enabled", "between_tools", "disabled"]]
    """By itself, by a budget, between calls only, or not at all."""
    budget_tokens: NotRequired[ReadOnly[int]]
    """How much it may think, for enabled alone."""
    display: NotRequired[ReadOnly[str]]
    """Whether its thoughts are shown: summarized or omitted."""
    block_binding: NotRequired[ReadOnly[BlockBinding]]
    """What happens to thoughts that come back out of place."""


class ImageBlock(TypedDict):
    """A picture."""

    type: ReadOnly[Literal["image"]]
    source: ReadOnly[Source]
    """Its bytes."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


class DocumentBlock(TypedDict):
    """A document."""

    type: ReadOnly[Literal["document"]]
    source: ReadOnly[Source]
    """Its bytes."""
    title: NotRequired[ReadOnly[str]]
    """What it is called."""
    context: NotRequired[ReadOnly[str]]
    """What is to be known about it."""
    citations: NotRequired[ReadOnly[JsonObject]]
    """Whether it is cited."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


class AdditionBlock(TypedDict):
    """A tool that is offered from here on, in a system message."""

    type: ReadOnly[Literal["tool_addition"]]
    tool: ReadOnly[ToolGiven | ToolNamed]
    """The tool."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


class RemovalBlock(TypedDict):
    """A tool that is no longer offered, in a system message."""

    type: ReadOnly[Literal["tool_removal"]]
    tool: ReadOnly[ToolNamed]
    """The tool."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


OutcomeBlock: TypeAlias = TextBlock | ImageBlock | DocumentBlock
"""One piece of what came of a call."""


class Delta(TypedDict):
    """What is added to a block (by its type), or what is now known of the answer (without one)."""

    type: NotRequired[ReadOnly[str]]
    """The kind of addition."""
    text: NotRequired[ReadOnly[str]]
    """The next piece of a text."""
    thinking: NotRequired[ReadOnly[str]]
    """The next piece of a thought."""
    signature: NotRequired[ReadOnly[str]]
    """The proof of a thought."""
    partial_json: NotRequired[ReadOnly[str]]
    """The next piece of a call's input."""
    citation: NotRequired[ReadOnly[JsonObject]]
    """What the text rests on."""
    content: NotRequired[ReadOnly[str]]
    """The summary that a compaction made."""
    stop_reason: NotRequired[ReadOnly[str]]
    """Why the answer ended."""
    stop_details: NotRequired[ReadOnly[StopDetails]]
    """More about that."""


class Usage(TypedDict):
    """What an answer consumed, in tokens."""

    type: NotRequired[ReadOnly[str]]
    """What an iteration is for, where these are the figures of one."""
    input_tokens: NotRequired[ReadOnly[int]]
    """Input that came from no cache and went to none."""
    cache_read_input_tokens: NotRequired[ReadOnly[int]]
    """Input that came from the cache."""
    cache_creation_input_tokens: NotRequired[ReadOnly[int]]
    """Input that went to the cache."""
    cache_creation: NotRequired[ReadOnly[CacheCreation]]
    """That, by how long it stays."""
    output_tokens: NotRequired[ReadOnly[int]]
    """Output, thoughts included."""
    output_tokens_details: NotRequired[ReadOnly[OutputDetails]]
    """That, by kind."""
    prompt_tokens: NotRequired[ReadOnly[int]]
    """All input, as some other servers count."""
    cached_tokens: NotRequired[ReadOnly[int]]
    """The part of it that came from a cache, as these count."""
    completion_tokens: NotRequired[ReadOnly[int]]
    """All output, as these count."""
    iterations: NotRequired[ReadOnly[Sequence["Usage"]]]
    """The figures of each step; those that make a summary stand outside the sums."""


class ModelList(TypedDict):
    """A page of the models on offer."""

    data: ReadOnly[Sequence[ModelEntry]]
    """The models."""
    has_more: NotRequired[ReadOnly[bool]]
    """Whether another page follows."""
    last_id: NotRequired[ReadOnly[str]]
    """What to ask for the next page with."""


class ResultBlock(TypedDict):
    """What came of a call."""

    type: ReadOnly[Literal["tool_result"]]
    tool_use_id: ReadOnly[str]
    """The call's id."""
    content: NotRequired[ReadOnly[str | Sequence[OutcomeBlock]]]
    """The outcome: a text, or blocks."""
    is_error: NotRequired[ReadOnly[bool]]
    """Whether it failed; then its content is text alone."""
    toolset_name: NotRequired[ReadOnly[str]]
    """The set that the tool belongs to."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Marks the end of a prefix to be cached."""


class Answer(TypedDict):
    """A whole answer; in message_start one without content."""

    id: NotRequired[ReadOnly[str]]
    """Its id."""
    model: NotRequired[ReadOnly[str]]
    """The model that answered."""
    content: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """Its blocks."""
    stop_reason: NotRequired[ReadOnly[str]]
    """Why it ended."""
    stop_details: NotRequired[ReadOnly[StopDetails]]
    """More about that."""
    usage: NotRequired[ReadOnly[Usage]]
    """What it consumed."""


class Event(TypedDict):
    """One event of a stream, or a whole answer (type message)."""

    type: NotRequired[ReadOnly[str]]
    """What happened."""
    message: NotRequired[ReadOnly[Answer]]
    """The answer that begins."""
    index: NotRequired[ReadOnly[int]]
    """The block's place in the answer."""
    content_block: NotRequired[ReadOnly[JsonObject]]
    """A block that begins."""
    delta: NotRequired[ReadOnly[Delta]]
    """What is added to the block, or known of the answer."""
    usage: NotRequired[ReadOnly[Usage]]
    """What the answer has consumed in all."""
    error: NotRequired[ReadOnly[str | JsonObject]]
    """What went wrong."""
    id: NotRequired[ReadOnly[str]]
    """The answer's id."""
    role: NotRequired[ReadOnly[str]]
    """Always assistant."""
    model: NotRequired[ReadOnly[str]]
    """The model that answered."""
    content: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """The answer's blocks."""
    stop_reason: NotRequired[ReadOnly[str]]
    """Why it ended."""
    stop_sequence: NotRequired[ReadOnly[str]]
    """The text that ended it."""
    stop_details: NotRequired[ReadOnly[StopDetails]]
    """More about that."""
    container: NotRequired[ReadOnly[JsonObject]]
    """What the provider's own tools ran in."""
    context_management: NotRequired[ReadOnly[JsonObject]]
    """What was cut from the conversation."""
    request_id: NotRequired[ReadOnly[str]]
    """The request's id, in an error."""


Block: TypeAlias = TextBlock | ImageBlock | DocumentBlock | ThinkingBlock | RedactedBlock | CallBlock | ResultBlock | AdditionBlock | RemovalBlock
"""One piece of a turn; servers send kinds beside these, which go back as they came."""


class Message(TypedDict):
    """One turn of the conversation."""

    role: ReadOnly[Literal["user", "assistant", "system"]]
    """Whose turn it is."""
    content: ReadOnly[str | Sequence[Block]]
    """What is said: a text, or blocks."""
    output_config: NotRequired[ReadOnly[OutputConfig]]
    """The effort from here on, in a system message."""


class Request(TypedDict):
    """The body of one call of /v1/messages."""

    model: ReadOnly[str]
    """The model that is to answer."""
    max_tokens: ReadOnly[int]
    """How much it may write at most, its thoughts included."""
    system: NotRequired[ReadOnly[str | Sequence[TextBlock]]]
    """The system prompt: its text, or blocks of it."""
    tools: NotRequired[ReadOnly[Sequence[Tool]]]
    """What the model may call."""
    tool_choice: NotRequired[ReadOnly[JsonObject]]
    """How it may call that."""
    thinking: NotRequired[ReadOnly[ThinkingConfig]]
    """Whether it thinks first."""
    output_config: NotRequired[ReadOnly[OutputConfig]]
    """How hard it works, and in what form it answers."""
    cache_control: NotRequired[ReadOnly[CacheControl]]
    """Caches everything up to the last block that can be cached."""
    stream: NotRequired[ReadOnly[bool]]
    """Whether the answer comes in events."""
    stop_sequences: NotRequired[ReadOnly[Sequence[str]]]
    """Texts that end the answer."""
    temperature: NotRequired[ReadOnly[float]]
    """How freely it chooses its words; older models only."""
    top_p: NotRequired[ReadOnly[float]]
    """From how many words it chooses; older models only."""
    top_k: NotRequired[ReadOnly[int]]
    """The same as a number of words; older models only."""
    metadata: NotRequired[ReadOnly[JsonObject]]
    """Whom the request is for."""
    service_tier: NotRequired[ReadOnly[str]]
    """What capacity it may use."""
    speed: NotRequired[ReadOnly[str]]
    """How fast it is to be answered."""
    inference_geo: NotRequired[ReadOnly[str]]
    """Where it may be computed."""
    container: NotRequired[ReadOnly[str | JsonObject]]
    """What the provider's own tools run in."""
    context_management: NotRequired[ReadOnly[JsonObject]]
    """What the provider may cut from the conversation."""
    diagnostics: NotRequired[ReadOnly[JsonObject]]
    """What the provider is to say about its cache."""
    mcp_servers: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """Servers whose tools the provider calls."""
    fallbacks: NotRequired[ReadOnly[str | Sequence[JsonObject]]]
    """The models that answer where this one refuses."""
    user_profile_id: NotRequired[ReadOnly[str]]
    """Whose account the request is counted to."""
    messages: ReadOnly[Sequence[Message]]
    """The conversation, a user first."""
