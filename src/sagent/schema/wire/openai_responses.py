# Generated from schemas/wire/openai_responses.json by `python -m codegen`. Change the schema and run that again.
"""What OpenAI's Responses interface is sent, and what it sends."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from sagent.lib.json import JsonObject
from typing_extensions import ReadOnly


class Reasoning(TypedDict):
    """How a model reasons before it answers."""

    effort: NotRequired[ReadOnly[str]]
    """From none to max; a model knows some of them."""
    summary: NotRequired[ReadOnly[str]]
    """How its reasoning is told: auto, concise or detailed."""
    generate_summary: NotRequired[ReadOnly[str]]
    """An older name of that."""
    context: NotRequired[ReadOnly[str]]
    """Which earlier reasoning it reads."""
    mode: NotRequired[ReadOnly[str]]
    """Standard or pro."""


class Tool(TypedDict):
    """What a model may call; kinds other than a function run at the provider."""

    type: ReadOnly[str]
    """Its kind."""
    name: NotRequired[ReadOnly[str]]
    """What it is called by."""
    description: NotRequired[ReadOnly[str]]
    """What it does and when to use it."""
    parameters: NotRequired[ReadOnly[JsonObject]]
    """The JSON Schema of its arguments."""
    strict: NotRequired[ReadOnly[bool]]
    """Whether arguments are held to the schema while they are made."""
    defer_loading: NotRequired[ReadOnly[bool]]
    """Whether the model finds it only when it searches."""
    allowed_callers: NotRequired[ReadOnly[Sequence[str]]]
    """Who may call it."""
    output_schema: NotRequired[ReadOnly[JsonObject]]
    """The JSON Schema of its outcome."""


class Content(TypedDict):
    """A piece of an item."""

    type: ReadOnly[str]
    """Its kind."""
    text: NotRequired[ReadOnly[str]]
    """Text."""
    refusal: NotRequired[ReadOnly[str]]
    """The words with which the model declines."""
    annotations: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """What the text refers to."""
    logprobs: NotRequired[ReadOnly[Sequence[JsonObject] | None]]
    """How likely its words were."""
    image_url: NotRequired[ReadOnly[str]]
    """A picture by its address, which may be a data URL."""
    detail: NotRequired[ReadOnly[str]]
    """How finely a file is seen."""
    file_id: NotRequired[ReadOnly[str]]
    """A file that the provider keeps."""
    file_url: NotRequired[ReadOnly[str]]
    """A file by its address."""
    file_data: NotRequired[ReadOnly[str]]
    """A file's bytes, as a data URL."""
    filename: NotRequired[ReadOnly[str]]
    """What the file is called."""
    prompt_cache_breakpoint: NotRequired[ReadOnly[JsonObject]]
    """That a kept beginning ends here."""


class Incomplete(TypedDict):
    """Why an answer is not whole."""

    reason: NotRequired[ReadOnly[str]]
    """Such as max_output_tokens or content_filter."""


class Error(TypedDict):
    """What went wrong."""

    message: NotRequired[ReadOnly[str]]
    """In words."""
    type: NotRequired[ReadOnly[str | None]]
    """The kind."""
    code: NotRequired[ReadOnly[str | int | None]]
    """The very fault; some who speak like OpenAI write a number."""
    param: NotRequired[ReadOnly[str | None]]
    """Which member of the request is at fault."""


class InputDetails(TypedDict):
    """The parts of the input."""

    cached_tokens: NotRequired[ReadOnly[int]]
    """Read from the cache."""
    cache_write_tokens: NotRequired[ReadOnly[int]]
    """Written to the cache."""


class OutputDetails(TypedDict):
    """The parts of the output."""

    reasoning_tokens: NotRequired[ReadOnly[int]]
    """The reasoning."""


class Item(TypedDict):
    """One thing that was said, called or thought; its kind says which members it has."""

    type: NotRequired[ReadOnly[str]]
    """The kind; a message may go without."""
    id: NotRequired[ReadOnly[str]]
    """The item's id, given by the provider."""
    status: NotRequired[ReadOnly[str | None]]
    """Whether it is whole."""
    role: NotRequired[ReadOnly[Literal["user", "assistant", "system", "developer"]]]
    """Whose message it is."""
    phase: NotRequired[ReadOnly[str | None]]
    """Whether a message is a commentary or the answer; it goes back as it came."""
    content: NotRequired[ReadOnly[str | Sequence[Content]]]
    """What a message says, or what was thought in so many words."""
    call_id: NotRequired[ReadOnly[str]]
    """Joins a call and its output."""
    name: NotRequired[ReadOnly[str]]
    """The function that is called."""
    namespace: NotRequired[ReadOnly[str]]
    """Where that function is found; it goes back as it came."""
    arguments: NotRequired[ReadOnly[str]]
    """The call's arguments, as JSON in a string."""
    caller: NotRequired[ReadOnly[JsonObject]]
    """Who called."""
    output: NotRequired[ReadOnly[str | Sequence[Content]]]
    """What came of a call."""
    summary: NotRequired[ReadOnly[Sequence[Content]]]
    """What is told of the reasoning."""
    encrypted_content: NotRequired[ReadOnly[str | None]]
    """The reasoning itself, sealed; it goes back as it came."""
    result: NotRequired[ReadOnly[str | None]]
    """A picture that was made, in base64."""
    output_format: NotRequired[ReadOnly[str]]
    """Its format."""
    tools: NotRequired[ReadOnly[Sequence[Tool]]]
    """The tools that are offered from here on as well."""
    reasoning: NotRequired[ReadOnly[Reasoning]]
    """How it reasons from here on."""


class Usage(TypedDict):
    """What an answer consumed, in tokens."""

    input_tokens: NotRequired[ReadOnly[int]]
    """All input, the cached part included."""
    input_tokens_details: NotRequired[ReadOnly[InputDetails | None]]
    """The parts of the input."""
    output_tokens: NotRequired[ReadOnly[int]]
    """All output, the reasoning included."""
    output_tokens_details: NotRequired[ReadOnly[OutputDetails | None]]
    """The parts of the output."""
    total_tokens: NotRequired[ReadOnly[int]]
    """Both together."""


class Request(TypedDict):
    """The body of one request for a response."""

    model: ReadOnly[str]
    """The model."""
    instructions: NotRequired[ReadOnly[str]]
    """The system prompt."""
    tools: NotRequired[ReadOnly[Sequence[Tool]]]
    """What the model may call."""
    tool_choice: NotRequired[ReadOnly[str | JsonObject]]
    """Whether it must call, and what."""
    parallel_tool_calls: NotRequired[ReadOnly[bool]]
    """Whether it may make several calls at once."""
    reasoning: NotRequired[ReadOnly[Reasoning]]
    """How it reasons."""
    include: NotRequired[ReadOnly[Sequence[str]]]
    """What the answer is to hold beside the usual."""
    store: NotRequired[ReadOnly[bool]]
    """Whether the provider keeps the answer."""
    stream: NotRequired[ReadOnly[bool]]
    """Whether the answer comes in events."""
    stream_options: NotRequired[ReadOnly[JsonObject]]
    """How the events are written."""
    max_output_tokens: NotRequired[ReadOnly[int]]
    """At most so many tokens, the reasoning included; at least 16."""
    max_tool_calls: NotRequired[ReadOnly[int]]
    """At most so many calls that run at the provider."""
    temperature: NotRequired[ReadOnly[float]]
    """How freely it chooses; not for reasoning models."""
    top_p: NotRequired[ReadOnly[float]]
    """From which share of the likely words; not for reasoning models."""
    top_logprobs: NotRequired[ReadOnly[int]]
    """Of how many of the likely words the chances are told."""
    text: NotRequired[ReadOnly[JsonObject]]
    """The form of the text, and how much of it."""
    truncation: NotRequired[ReadOnly[str]]
    """What happens to a conversation that is too long."""
    metadata: NotRequired[ReadOnly[JsonObject]]
    """Whatever the client keeps with the answer."""
    user: NotRequired[ReadOnly[str]]
    """Who asks; an older name of the next two."""
    safety_identifier: NotRequired[ReadOnly[str]]
    """Who asks."""
    prompt_cache_key: NotRequired[ReadOnly[str]]
    """Which requests share a beginning."""
    prompt_cache_options: NotRequired[ReadOnly[JsonObject]]
    """How the beginning is kept."""
    prompt_cache_retention: NotRequired[ReadOnly[str]]
    """How long at most; an older way to say it."""
    service_tier: NotRequired[ReadOnly[str]]
    """How fast, and at what price."""
    previous_response_id: NotRequired[ReadOnly[str]]
    """An answer that the provider kept, and that this goes on from."""
    conversation: NotRequired[ReadOnly[str | JsonObject]]
    """A conversation that the provider keeps."""
    background: NotRequired[ReadOnly[bool]]
    """Whether the answer is made while nobody waits."""
    background_options: NotRequired[ReadOnly[JsonObject]]
    """How it is made then."""
    prompt: NotRequired[ReadOnly[JsonObject]]
    """A prompt that the provider keeps."""
    context_management: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """How a conversation that grows too long is made shorter."""
    moderation: NotRequired[ReadOnly[JsonObject]]
    """How input and output are judged."""
    access_programs: NotRequired[ReadOnly[JsonObject]]
    """Which programs of access the request uses."""
    image: NotRequired[ReadOnly[JsonObject]]
    """How pictures are made."""
    input: ReadOnly[Sequence[Item]]
    """The conversation, item by item."""


class Response(TypedDict):
    """An answer, whole or so far."""

    id: NotRequired[ReadOnly[str]]
    """The answer's id."""
    object: NotRequired[ReadOnly[str]]
    """Always response."""
    created_at: NotRequired[ReadOnly[float]]
    """When it began, in seconds since 1970 UTC."""
    completed_at: NotRequired[ReadOnly[float | None]]
    """When it ended."""
    status: NotRequired[ReadOnly[str]]
    """How it stands: completed, incomplete, failed, cancelled, queued or in_progress."""
    error: NotRequired[ReadOnly[Error | None]]
    """Why it failed."""
    incomplete_details: NotRequired[ReadOnly[Incomplete | None]]
    """Why it is not whole."""
    service_tier: NotRequired[ReadOnly[str | None]]
    """How fast it was served, and at what price."""
    model: NotRequired[ReadOnly[str]]
    """The model that answers."""
    output: NotRequired[ReadOnly[Sequence[Item]]]
    """What it said, item by item; some leave it empty although items were streamed."""
    usage: NotRequired[ReadOnly[Usage | None]]
    """What was consumed."""


class Event(TypedDict):
    """One event of a stream. Who speaks like OpenAI may leave out the numbers."""

    type: ReadOnly[str]
    """The kind."""
    sequence_number: NotRequired[ReadOnly[int]]
    """Its number in the stream."""
    response: NotRequired[ReadOnly[Response]]
    """The answer as it stands now."""
    item: NotRequired[ReadOnly[Item]]
    """An item that begins, or that is whole."""
    output_index: NotRequired[ReadOnly[int]]
    """Which item of the answer."""
    item_id: NotRequired[ReadOnly[str]]
    """The item's id."""
    content_index: NotRequired[ReadOnly[int]]
    """Which piece of the item."""
    summary_index: NotRequired[ReadOnly[int]]
    """Which piece of what is told of the reasoning."""
    annotation_index: NotRequired[ReadOnly[int]]
    """Which reference."""
    annotation: NotRequired[ReadOnly[JsonObject]]
    """What is referred to."""
    part: NotRequired[ReadOnly[Content]]
    """A piece that begins, or that is whole."""
    delta: NotRequired[ReadOnly[str]]
    """What is new."""
    text: NotRequired[ReadOnly[str]]
    """A text that is whole."""
    refusal: NotRequired[ReadOnly[str]]
    """A refusal that is whole."""
    name: NotRequired[ReadOnly[str]]
    """The function that is called."""
    arguments: NotRequired[ReadOnly[str]]
    """Arguments that are whole."""
    logprobs: NotRequired[ReadOnly[Sequence[JsonObject] | None]]
    """How likely the words were."""
    obfuscation: NotRequired[ReadOnly[str]]
    """Noise that hides the length."""
    error: NotRequired[ReadOnly[Error | None]]
    """What went wrong."""
    code: NotRequired[ReadOnly[str | None]]
    """The same, without the wrapping."""
    message: NotRequired[ReadOnly[str]]
    """The same, in words."""
    param: NotRequired[ReadOnly[str | None]]
    """Which member of the request is at fault."""
