# Generated from schemas/wire/openai_chat.json by `python -m codegen`. Change the schema and run that again.
"""What OpenAI's chat/completions, and all that is compatible with it, is sent, and what it sends."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict

from sagent.lib.json import JsonObject
from typing_extensions import ReadOnly


class StreamOptions(TypedDict):
    """What else comes with the pieces of an answer."""

    include_usage: NotRequired[ReadOnly[bool]]
    """Whether a last piece says what was consumed."""
    include_obfuscation: NotRequired[ReadOnly[bool]]
    """Whether pieces are padded to the same length."""


class TextPart(TypedDict):
    """Some text."""

    type: ReadOnly[Literal["text"]]
    text: ReadOnly[str]
    """The text."""
    cache_control: NotRequired[ReadOnly[JsonObject]]
    """Up to here the prefix is kept, for Claude behind a gateway."""


class ImageUrl(TypedDict):
    """The place of a picture, or the picture itself."""

    url: ReadOnly[str]
    """An address, or the bytes as data:image/png;base64,…"""
    detail: NotRequired[ReadOnly[str]]
    """How finely it is seen."""


class File(TypedDict):
    """A document's bytes."""

    filename: NotRequired[ReadOnly[str]]
    """What it is called."""
    file_data: NotRequired[ReadOnly[str]]
    """The bytes as data:application/pdf;base64,…"""
    file_id: NotRequired[ReadOnly[str]]
    """A file that was uploaded before."""


class AudioPart(TypedDict):
    """A recording."""

    type: ReadOnly[Literal["input_audio"]]
    input_audio: ReadOnly[JsonObject]
    """The bytes and their format."""


class Function(TypedDict):
    """A function and its arguments."""

    name: ReadOnly[str]
    """The function."""
    arguments: ReadOnly[str]
    """Its arguments, as the text of a JSON object."""


class FunctionDeclaration(TypedDict):
    """A function that a model may call."""

    name: ReadOnly[str]
    """What it is called by."""
    description: NotRequired[ReadOnly[str]]
    """What it does and when to use it."""
    parameters: NotRequired[ReadOnly[JsonObject]]
    """The JSON Schema of its arguments."""
    strict: NotRequired[ReadOnly[bool]]
    """Whether the arguments must fit it, which only some schemas allow."""


class FunctionPiece(TypedDict):
    """A function and its arguments, or pieces of them."""

    name: NotRequired[ReadOnly[str | None]]
    """The function."""
    arguments: NotRequired[ReadOnly[str | JsonObject | None]]
    """A piece of its arguments; an object from a few servers."""


class PromptDetails(TypedDict):
    """Of the input."""

    cached_tokens: NotRequired[ReadOnly[int | None]]
    """The part that was read from a cache."""
    cache_write_tokens: NotRequired[ReadOnly[int | None]]
    """The part that was written to one."""


class CompletionDetails(TypedDict):
    """Of the output."""

    reasoning_tokens: NotRequired[ReadOnly[int | None]]
    """The thoughts."""


class Fault(TypedDict):
    """What went wrong."""

    message: NotRequired[ReadOnly[str | None]]
    """The same, for a person."""
    type: NotRequired[ReadOnly[str | None]]
    """Its kind, such as invalid_request_error."""
    code: NotRequired[ReadOnly[str | int | None]]
    """Its name, or the HTTP status."""
    param: NotRequired[ReadOnly[str | None]]
    """Where in the request."""


class ModelEntry(TypedDict):
    """A model on offer."""

    id: ReadOnly[str]
    """Its id."""
    object: NotRequired[ReadOnly[str]]
    """model."""
    created: NotRequired[ReadOnly[int]]
    """Since when."""
    owned_by: NotRequired[ReadOnly[str]]
    """By whom."""


class ImagePart(TypedDict):
    """A picture."""

    type: ReadOnly[Literal["image_url"]]
    image_url: ReadOnly[ImageUrl]
    """Where it is."""


class FilePart(TypedDict):
    """A document."""

    type: ReadOnly[Literal["file"]]
    file: ReadOnly[File]
    """The file."""


class Call(TypedDict):
    """A call of a function."""

    id: ReadOnly[str]
    """The call's id."""
    type: ReadOnly[Literal["function"]]
    function: ReadOnly[Function]
    """What is called."""
    extra_content: NotRequired[ReadOnly[JsonObject]]
    """What Google's compatible endpoint needs back with it."""


class Tool(TypedDict):
    """What a model may call."""

    type: ReadOnly[Literal["function"]]
    function: ReadOnly[FunctionDeclaration]
    """The function."""


class CallPiece(TypedDict):
    """A call, or a piece of one. All of it may be missing, null or empty somewhere."""

    index: NotRequired[ReadOnly[int | None]]
    """Which call; some servers never say, or say -1."""
    id: NotRequired[ReadOnly[str | None]]
    """The call's id."""
    type: NotRequired[ReadOnly[str | None]]
    """Always function."""
    function: NotRequired[ReadOnly[FunctionPiece | None]]
    """The function."""
    extra_content: NotRequired[ReadOnly[JsonObject | None]]
    """What Google's compatible endpoint needs back with it."""


class Usage(TypedDict):
    """What was consumed, in tokens."""

    prompt_tokens: NotRequired[ReadOnly[int | None]]
    """The input, the cached part included."""
    completion_tokens: NotRequired[ReadOnly[int | None]]
    """The output; for xAI without thoughts."""
    total_tokens: NotRequired[ReadOnly[int | None]]
    """Both, and for xAI the thoughts."""
    prompt_tokens_details: NotRequired[ReadOnly[PromptDetails | None]]
    """Of the input."""
    completion_tokens_details: NotRequired[ReadOnly[CompletionDetails | None]]
    """Of the output."""
    cached_tokens: NotRequired[ReadOnly[int | None]]
    """The part that was read from a cache, as Kimi says it."""
    num_cached_tokens: NotRequired[ReadOnly[int | None]]
    """The same, for Mistral."""
    prompt_cache_hit_tokens: NotRequired[ReadOnly[int | None]]
    """The same, for DeepSeek."""
    cache_read_input_tokens: NotRequired[ReadOnly[int | None]]
    """The same, for Claude behind a gateway."""
    cache_creation_input_tokens: NotRequired[ReadOnly[int | None]]
    """What Claude wrote to its cache."""
    reasoning_tokens: NotRequired[ReadOnly[int | None]]
    """The thoughts, where they stand alone."""


class ModelList(TypedDict):
    """The models on offer."""

    object: NotRequired[ReadOnly[str]]
    """list."""
    data: ReadOnly[Sequence[ModelEntry]]
    """The models."""
    has_more: NotRequired[ReadOnly[bool]]
    """Whether there is another page."""
    last_id: NotRequired[ReadOnly[str]]
    """What to ask for it with."""


class SystemMessage(TypedDict):
    """What the model is told before all else, or what changes later."""

    role: ReadOnly[Literal["system", "developer"]]
    content: NotRequired[ReadOnly[str]]
    """The system prompt; left out where tools are added."""
    name: NotRequired[ReadOnly[str]]
    """Who says it."""
    tools: NotRequired[ReadOnly[Sequence[Tool]]]
    """Tools that are offered from here on as well, in place of content (Kimi K3)."""


class AssistantMessage(TypedDict):
    """What the model said: text, calls, or both."""

    role: ReadOnly[Literal["assistant"]]
    content: NotRequired[ReadOnly[str | Sequence[JsonObject] | None]]
    """Its text; null or missing where it only calls; parts for Mistral."""
    reasoning_content: NotRequired[ReadOnly[str]]
    """What it thought, as DeepSeek, Kimi, Qwen, GLM, xAI and llama.cpp call it."""
    reasoning: NotRequired[ReadOnly[str]]
    """What it thought, as OpenRouter, Groq, Cerebras, Ollama and vLLM call it."""
    reasoning_details: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """The same in pieces with their proofs, as OpenRouter and MiniMax send it."""
    reasoning_opaque: NotRequired[ReadOnly[str]]
    """Sealed thoughts, as Copilot sends them."""
    extra_content: NotRequired[ReadOnly[JsonObject]]
    """What Google's compatible endpoint needs back, such as thought signatures."""
    refusal: NotRequired[ReadOnly[str | None]]
    """Why it declined."""
    name: NotRequired[ReadOnly[str]]
    """Who says it."""
    tool_calls: NotRequired[ReadOnly[Sequence[Call]]]
    """What it called."""
    prefix: NotRequired[ReadOnly[bool]]
    """Whether the answer is to go on from here, for DeepSeek and Mistral."""
    partial: NotRequired[ReadOnly[bool]]
    """The same, for Kimi and Qwen."""


ContentPart: TypeAlias = TextPart | ImagePart | FilePart | AudioPart
"""A piece of what somebody says."""


class GroqExtras(TypedDict):
    """What Groq adds to an event."""

    id: NotRequired[ReadOnly[str]]
    """The request."""
    usage: NotRequired[ReadOnly[Usage | None]]
    """What was consumed."""


class Delta(TypedDict):
    """A message of the model, or what is new of it."""

    role: NotRequired[ReadOnly[str | None]]
    """Always the assistant."""
    content: NotRequired[ReadOnly[str | Sequence[JsonObject] | JsonObject | None]]
    """Text; parts from Mistral; an object from Cloudflare."""
    reasoning_content: NotRequired[ReadOnly[str | None]]
    """What it thought, as DeepSeek, Kimi, Qwen, GLM, xAI and llama.cpp call it."""
    reasoning: NotRequired[ReadOnly[str | None]]
    """What it thought, as OpenRouter, Groq, Cerebras, Ollama and vLLM call it."""
    reasoning_details: NotRequired[ReadOnly[Sequence[JsonObject] | None]]
    """The same in pieces with their proofs, as OpenRouter and MiniMax send it."""
    reasoning_opaque: NotRequired[ReadOnly[str | None]]
    """Sealed thoughts, as Copilot sends them."""
    extra_content: NotRequired[ReadOnly[JsonObject | None]]
    """What Google's compatible endpoint needs back, such as thought signatures."""
    refusal: NotRequired[ReadOnly[str | None]]
    """Why it declined."""
    tool_calls: NotRequired[ReadOnly[Sequence[CallPiece] | None]]
    """Its calls, or pieces of them."""


class UserMessage(TypedDict):
    """What somebody says to the model."""

    role: ReadOnly[Literal["user"]]
    content: ReadOnly[str | Sequence[ContentPart]]
    """What is said: text, or parts."""
    name: NotRequired[ReadOnly[str]]
    """Who says it."""


class ToolMessage(TypedDict):
    """What came of one call."""

    role: ReadOnly[Literal["tool"]]
    tool_call_id: ReadOnly[str]
    """The call."""
    content: ReadOnly[str | Sequence[ContentPart]]
    """Its outcome: text, or parts of text."""
    name: NotRequired[ReadOnly[str]]
    """The function, for servers that want it."""


class Choice(TypedDict):
    """An answer, or what is new of it."""

    index: NotRequired[ReadOnly[int]]
    """Which of several answers."""
    delta: NotRequired[ReadOnly[Delta | None]]
    """What is new."""
    message: NotRequired[ReadOnly[Delta | None]]
    """The whole answer."""
    finish_reason: NotRequired[ReadOnly[str | None]]
    """Why it ended; may come more than once, or never."""
    native_finish_reason: NotRequired[ReadOnly[str | None]]
    """The same in the words of whom OpenRouter asked."""
    logprobs: NotRequired[ReadOnly[JsonObject | None]]
    """How likely its words were."""
    usage: NotRequired[ReadOnly[Usage | None]]
    """What was consumed; Kimi says it here."""
    error: NotRequired[ReadOnly[Fault | str | None]]
    """What went wrong; OpenRouter says it here."""


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolMessage
"""One message of a conversation."""


class Response(TypedDict):
    """One event of a stream, or a whole answer."""

    id: NotRequired[ReadOnly[str]]
    """The answer's id."""
    object: NotRequired[ReadOnly[str]]
    """chat.completion.chunk, or chat.completion."""
    created: NotRequired[ReadOnly[int]]
    """When it began."""
    model: NotRequired[ReadOnly[str]]
    """The model that answers."""
    choices: NotRequired[ReadOnly[Sequence[Choice]]]
    """The answers, or what is new of them; empty in events that bring something else."""
    usage: NotRequired[ReadOnly[Usage | None]]
    """What was consumed so far; null until it is known."""
    x_groq: NotRequired[ReadOnly[GroqExtras | None]]
    """What Groq adds."""
    error: NotRequired[ReadOnly[Fault | str | None]]
    """What went wrong."""
    system_fingerprint: NotRequired[ReadOnly[str | None]]
    """What the model runs on."""
    service_tier: NotRequired[ReadOnly[str | None]]
    """How fast it was served."""
    provider: NotRequired[ReadOnly[str]]
    """Whom OpenRouter asked."""
    obfuscation: NotRequired[ReadOnly[str]]
    """Padding."""
    p: NotRequired[ReadOnly[str]]
    """Padding."""


class Request(TypedDict):
    """The body of one call of chat/completions. What only some servers know is named with them."""

    model: ReadOnly[str]
    """The model."""
    stream: NotRequired[ReadOnly[bool]]
    """Whether the answer comes in pieces."""
    stream_options: NotRequired[ReadOnly[StreamOptions]]
    """What else comes with the pieces."""
    max_tokens: NotRequired[ReadOnly[int]]
    """At most so many tokens; not for OpenAI's newer models."""
    max_completion_tokens: NotRequired[ReadOnly[int]]
    """The same, where thoughts are counted in."""
    reasoning_effort: NotRequired[ReadOnly[str]]
    """How much it thinks first."""
    reasoning: NotRequired[ReadOnly[JsonObject]]
    """The same, for OpenRouter."""
    thinking: NotRequired[ReadOnly[JsonObject]]
    """Whether it thinks first, for DeepSeek, Kimi, GLM."""
    enable_thinking: NotRequired[ReadOnly[bool]]
    """The same, for Qwen."""
    thinking_budget: NotRequired[ReadOnly[int]]
    """For how many tokens Qwen thinks."""
    preserve_thinking: NotRequired[ReadOnly[bool]]
    """Whether Qwen reads its thoughts of earlier turns."""
    chat_template_kwargs: NotRequired[ReadOnly[JsonObject]]
    """What the chat template of a self-hosted model is told."""
    reasoning_split: NotRequired[ReadOnly[bool]]
    """Whether MiniMax keeps its thoughts out of the content."""
    reasoning_format: NotRequired[ReadOnly[str]]
    """Where Groq and llama.cpp put the thoughts."""
    include_reasoning: NotRequired[ReadOnly[bool]]
    """Whether they send them at all."""
    tools: NotRequired[ReadOnly[Sequence[Tool]]]
    """What the model may call."""
    tool_choice: NotRequired[ReadOnly[str | JsonObject]]
    """Whether it must call, and what."""
    parallel_tool_calls: NotRequired[ReadOnly[bool]]
    """Whether it may make several calls at once."""
    temperature: NotRequired[ReadOnly[float]]
    """How freely it chooses."""
    top_p: NotRequired[ReadOnly[float]]
    """From which share of the likely words."""
    top_k: NotRequired[ReadOnly[int]]
    """From how many of the likely words."""
    min_p: NotRequired[ReadOnly[float]]
    """Words less likely than this are left out."""
    seed: NotRequired[ReadOnly[int]]
    """What its choice starts from."""
    n: NotRequired[ReadOnly[int]]
    """How many answers."""
    stop: NotRequired[ReadOnly[str | Sequence[str]]]
    """Where it stops."""
    presence_penalty: NotRequired[ReadOnly[float]]
    """What using a word again costs."""
    frequency_penalty: NotRequired[ReadOnly[float]]
    """What using it often costs."""
    repetition_penalty: NotRequired[ReadOnly[float]]
    """The same, for self-hosted models."""
    logit_bias: NotRequired[ReadOnly[JsonObject]]
    """Which words are made more or less likely."""
    logprobs: NotRequired[ReadOnly[bool]]
    """Whether it is said how likely the words were."""
    top_logprobs: NotRequired[ReadOnly[int]]
    """Of how many others that is said as well."""
    response_format: NotRequired[ReadOnly[JsonObject]]
    """What the answer must look like."""
    modalities: NotRequired[ReadOnly[Sequence[str]]]
    """Whether it writes or speaks."""
    audio: NotRequired[ReadOnly[JsonObject]]
    """How it speaks."""
    prediction: NotRequired[ReadOnly[JsonObject]]
    """What much of the answer is expected to be."""
    web_search_options: NotRequired[ReadOnly[JsonObject]]
    """How it searches the web."""
    verbosity: NotRequired[ReadOnly[str]]
    """How much it says."""
    service_tier: NotRequired[ReadOnly[str]]
    """How fast it is served."""
    store: NotRequired[ReadOnly[bool]]
    """Whether the answer is kept."""
    metadata: NotRequired[ReadOnly[JsonObject]]
    """What the answer is kept with."""
    user: NotRequired[ReadOnly[str]]
    """On whose behalf."""
    safety_identifier: NotRequired[ReadOnly[str]]
    """The same, as a digest."""
    prompt_cache_key: NotRequired[ReadOnly[str]]
    """What requests with the same beginning share."""
    prompt_cache_retention: NotRequired[ReadOnly[str]]
    """How long that is kept."""
    prompt_cache_options: NotRequired[ReadOnly[JsonObject]]
    """How it is kept."""
    provider: NotRequired[ReadOnly[JsonObject]]
    """Which providers OpenRouter may ask."""
    models: NotRequired[ReadOnly[Sequence[str]]]
    """What OpenRouter may ask instead."""
    transforms: NotRequired[ReadOnly[Sequence[str]]]
    """What OpenRouter does with a conversation that is too long."""
    plugins: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """What OpenRouter adds."""
    usage: NotRequired[ReadOnly[JsonObject]]
    """Whether OpenRouter says what it costs."""
    cache_prompt: NotRequired[ReadOnly[bool]]
    """Whether llama.cpp keeps what it has read."""
    id_slot: NotRequired[ReadOnly[int]]
    """In which of its places."""
    keep_alive: NotRequired[ReadOnly[str | int]]
    """How long Ollama keeps the model loaded."""
    options: NotRequired[ReadOnly[JsonObject]]
    """How Ollama runs it."""
    messages: ReadOnly[Sequence[Message]]
    """The conversation: a system prompt, then user, assistant and tools."""
