# Generated from schemas/wire/google.json by `python -m codegen`. Change the schema and run that again.
"""What Google's generateContent is sent, and what it sends."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from sagent.lib.json import JsonObject
from typing_extensions import ReadOnly


class PartialArg(TypedDict):
    """A piece of the arguments of a call."""

    jsonPath: ReadOnly[str]
    """Where it belongs, such as $.files[0].path."""
    stringValue: NotRequired[ReadOnly[str]]
    """A string, or the next piece of one."""
    numberValue: NotRequired[ReadOnly[float]]
    """A number."""
    boolValue: NotRequired[ReadOnly[bool]]
    """A truth value."""
    nullValue: NotRequired[ReadOnly[str]]
    """Null."""
    willContinue: NotRequired[ReadOnly[bool]]
    """Whether the string goes on."""


class InlineData(TypedDict):
    """A file's bytes."""

    mimeType: ReadOnly[str]
    """Its media type."""
    data: ReadOnly[str]
    """The bytes in base64."""
    displayName: NotRequired[ReadOnly[str]]
    """What to call it."""


class FunctionDeclaration(TypedDict):
    """A function that a model may call."""

    name: ReadOnly[str]
    """What it is called by."""
    description: ReadOnly[str]
    """What it does and when to use it."""
    parametersJsonSchema: NotRequired[ReadOnly[JsonObject]]
    """The JSON Schema of its arguments; const is ignored in it."""
    parameters: NotRequired[ReadOnly[JsonObject]]
    """The same in the older OpenAPI dialect."""
    behavior: NotRequired[ReadOnly[str]]
    """Whether the model waits for it."""
    responseJsonSchema: NotRequired[ReadOnly[JsonObject]]
    """The JSON Schema of its outcome."""
    response: NotRequired[ReadOnly[JsonObject]]
    """The same in the older OpenAPI dialect."""


class ToolConfig(TypedDict):
    """How a model may call."""

    functionCallingConfig: NotRequired[ReadOnly[JsonObject]]
    """Which functions, and whether it must."""
    retrievalConfig: NotRequired[ReadOnly[JsonObject]]
    """Where the user is."""
    includeServerSideToolInvocations: NotRequired[ReadOnly[bool]]
    """Whether calls that run at the provider are shown."""


class ThinkingConfig(TypedDict):
    """How much a model thinks before it answers: by level from Gemini 3 on, by budget before."""

    includeThoughts: NotRequired[ReadOnly[bool]]
    """Whether its thoughts are shown."""
    thinkingLevel: NotRequired[ReadOnly[str]]
    """MINIMAL, LOW, MEDIUM or HIGH."""
    thinkingBudget: NotRequired[ReadOnly[int]]
    """In tokens; 0 is none, -1 as it likes."""


class PromptFeedback(TypedDict):
    """Why a prompt is blocked."""

    blockReason: NotRequired[ReadOnly[str]]
    """The reason."""
    blockReasonMessage: NotRequired[ReadOnly[str]]
    """The same, for a person."""
    safetyRatings: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """How it was judged."""


class UsageMetadata(TypedDict):
    """What was consumed so far, in tokens."""

    promptTokenCount: NotRequired[ReadOnly[int]]
    """The input, the cached part included."""
    cachedContentTokenCount: NotRequired[ReadOnly[int]]
    """The part of the input that was cached."""
    toolUsePromptTokenCount: NotRequired[ReadOnly[int]]
    """Input made by tools at the provider; not in promptTokenCount."""
    candidatesTokenCount: NotRequired[ReadOnly[int]]
    """The answers, without thoughts; missing where there is none."""
    thoughtsTokenCount: NotRequired[ReadOnly[int]]
    """The thoughts; not in candidatesTokenCount."""
    totalTokenCount: NotRequired[ReadOnly[int]]
    """All of these."""
    serviceTier: NotRequired[ReadOnly[str]]
    """Which service was given."""
    trafficType: NotRequired[ReadOnly[str]]
    """How it is billed."""


class Violation(TypedDict):
    """An allowance that is used up."""

    quotaId: NotRequired[ReadOnly[str]]
    """The allowance, such as GenerateRequestsPerDayPerProjectPerModel-FreeTier."""
    quotaMetric: NotRequired[ReadOnly[str]]
    """What it counts."""
    quotaValue: NotRequired[ReadOnly[str]]
    """How much it allows."""


class ModelEntry(TypedDict):
    """A model on offer."""

    name: ReadOnly[str]
    """Its name, such as models/gemini-2.5-flash."""
    displayName: NotRequired[ReadOnly[str]]
    """The same, for a person."""
    inputTokenLimit: NotRequired[ReadOnly[int]]
    """How much it reads."""
    outputTokenLimit: NotRequired[ReadOnly[int]]
    """How much it writes."""
    supportedGenerationMethods: NotRequired[ReadOnly[Sequence[str]]]
    """What it can be asked for."""


class FunctionCall(TypedDict):
    """A call of a function. Older models give no id; without arguments, args may be missing."""

    id: NotRequired[ReadOnly[str]]
    """The call's id."""
    name: NotRequired[ReadOnly[str]]
    """The function."""
    args: NotRequired[ReadOnly[JsonObject]]
    """Its arguments."""
    partialArgs: NotRequired[ReadOnly[Sequence[PartialArg]]]
    """Pieces of the arguments, where they are streamed."""
    willContinue: NotRequired[ReadOnly[bool]]
    """Whether more pieces follow."""


class FunctionResponsePart(TypedDict):
    """A file that a function gave back."""

    inlineData: ReadOnly[InlineData]
    """The file's bytes."""


class Tool(TypedDict):
    """What a model may call."""

    functionDeclarations: NotRequired[ReadOnly[Sequence[FunctionDeclaration]]]
    """Functions that the client runs."""
    codeExecution: NotRequired[ReadOnly[JsonObject]]
    """Code, run at the provider."""
    googleSearch: NotRequired[ReadOnly[JsonObject]]
    """Search, run at the provider."""
    urlContext: NotRequired[ReadOnly[JsonObject]]
    """Pages, fetched by the provider."""
    fileSearch: NotRequired[ReadOnly[JsonObject]]
    """Files, searched by the provider."""
    googleMaps: NotRequired[ReadOnly[JsonObject]]
    """Places, found by the provider."""


class GenerationConfig(TypedDict):
    """How a model answers."""

    maxOutputTokens: NotRequired[ReadOnly[int]]
    """At most so many tokens."""
    thinkingConfig: NotRequired[ReadOnly[ThinkingConfig]]
    """How much it thinks first."""
    temperature: NotRequired[ReadOnly[float]]
    """How freely it chooses."""
    topP: NotRequired[ReadOnly[float]]
    """From which share of the likely words."""
    topK: NotRequired[ReadOnly[float]]
    """From how many of the likely words."""
    seed: NotRequired[ReadOnly[int]]
    """What its choice starts from."""
    candidateCount: NotRequired[ReadOnly[int]]
    """How many answers."""
    stopSequences: NotRequired[ReadOnly[Sequence[str]]]
    """Where it stops."""
    presencePenalty: NotRequired[ReadOnly[float]]
    """What repeating a word costs."""
    frequencyPenalty: NotRequired[ReadOnly[float]]
    """What repeating it often costs."""
    responseMimeType: NotRequired[ReadOnly[str]]
    """The media type of the answer."""
    responseJsonSchema: NotRequired[ReadOnly[JsonObject]]
    """The JSON Schema of the answer."""
    responseSchema: NotRequired[ReadOnly[JsonObject]]
    """The same in the older OpenAPI dialect."""
    responseModalities: NotRequired[ReadOnly[Sequence[str]]]
    """Whether it writes, draws or speaks."""
    mediaResolution: NotRequired[ReadOnly[str]]
    """How finely it sees pictures."""
    speechConfig: NotRequired[ReadOnly[JsonObject]]
    """How it speaks."""
    imageConfig: NotRequired[ReadOnly[JsonObject]]
    """How it draws."""


class StatusDetail(TypedDict):
    """More about a fault; which of these there are depends on its kind."""

    reason: NotRequired[ReadOnly[str]]
    """Its name, such as API_KEY_INVALID."""
    retryDelay: NotRequired[ReadOnly[str]]
    """How long to wait, such as 48s."""
    violations: NotRequired[ReadOnly[Sequence[Violation]]]
    """Which allowances are used up."""
    metadata: NotRequired[ReadOnly[JsonObject]]
    """What it is about."""


class ModelList(TypedDict):
    """A page of the models on offer."""

    models: NotRequired[ReadOnly[Sequence[ModelEntry]]]
    """The models."""
    nextPageToken: NotRequired[ReadOnly[str]]
    """What to ask for the next page with; missing on the last."""


class FunctionResponse(TypedDict):
    """What came of a call."""

    id: NotRequired[ReadOnly[str]]
    """The call's id, where it had one."""
    name: ReadOnly[str]
    """The function."""
    response: ReadOnly[JsonObject]
    """Its outcome, under output or error."""
    parts: NotRequired[ReadOnly[Sequence[FunctionResponsePart]]]
    """Files that belong to it, for models that read them there."""
    willContinue: NotRequired[ReadOnly[bool]]
    """Whether more responses follow."""
    scheduling: NotRequired[ReadOnly[str]]
    """When the model is to read it."""


class Status(TypedDict):
    """What went wrong."""

    code: NotRequired[ReadOnly[int]]
    """The HTTP status."""
    message: NotRequired[ReadOnly[str]]
    """What went wrong, for a person."""
    status: NotRequired[ReadOnly[str]]
    """The kind of fault, such as RESOURCE_EXHAUSTED."""
    details: NotRequired[ReadOnly[Sequence[StatusDetail]]]
    """More about it, of several kinds."""


class Part(TypedDict):
    """One piece of a turn: one kind of data, with what belongs to it."""

    text: NotRequired[ReadOnly[str]]
    """Text."""
    thought: NotRequired[ReadOnly[bool]]
    """Whether it is a thought."""
    thoughtSignature: NotRequired[ReadOnly[str]]
    """The model's sealed thoughts, in base64; they go back in the very part that brought them."""
    functionCall: NotRequired[ReadOnly[FunctionCall]]
    """The model asks for a function to be run."""
    functionResponse: NotRequired[ReadOnly[FunctionResponse]]
    """What came of that."""
    inlineData: NotRequired[ReadOnly[InlineData]]
    """A file's bytes."""
    fileData: NotRequired[ReadOnly[JsonObject]]
    """A file by its address."""
    executableCode: NotRequired[ReadOnly[JsonObject]]
    """Code that runs at the provider."""
    codeExecutionResult: NotRequired[ReadOnly[JsonObject]]
    """What came of that."""
    toolCall: NotRequired[ReadOnly[JsonObject]]
    """A call that runs at the provider."""
    toolResponse: NotRequired[ReadOnly[JsonObject]]
    """What came of that."""
    videoMetadata: NotRequired[ReadOnly[JsonObject]]
    """Which frames of a video count."""
    mediaResolution: NotRequired[ReadOnly[JsonObject]]
    """How finely a picture is seen."""
    partMetadata: NotRequired[ReadOnly[JsonObject]]
    """Whatever the client keeps with the part."""


class SystemInstruction(TypedDict):
    """The system prompt."""

    role: NotRequired[ReadOnly[Literal["user", "model", "system"]]]
    """Ignored."""
    parts: ReadOnly[Sequence[Part]]
    """Its text."""


class Content(TypedDict):
    """One turn of the conversation."""

    role: ReadOnly[Literal["user", "model"]]
    """Whose turn it is."""
    parts: ReadOnly[Sequence[Part]]
    """What is said, in order."""


class Candidate(TypedDict):
    """An answer, or what is new of it."""

    index: NotRequired[ReadOnly[int]]
    """Which of several answers."""
    content: NotRequired[ReadOnly[Content]]
    """What it says; content, its parts and its role may each be missing."""
    finishReason: NotRequired[ReadOnly[str]]
    """Why it ended; may come more than once."""
    finishMessage: NotRequired[ReadOnly[str]]
    """The same, for a person."""
    safetyRatings: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """How it was judged."""
    citationMetadata: NotRequired[ReadOnly[JsonObject]]
    """What it quotes."""
    groundingMetadata: NotRequired[ReadOnly[JsonObject]]
    """What it rests on."""
    urlContextMetadata: NotRequired[ReadOnly[JsonObject]]
    """The pages that were fetched."""
    logprobsResult: NotRequired[ReadOnly[JsonObject]]
    """How likely its words were."""
    avgLogprobs: NotRequired[ReadOnly[float]]
    """How likely they were on the whole."""
    tokenCount: NotRequired[ReadOnly[int]]
    """Its length."""


class Request(TypedDict):
    """The body of one call of generateContent or streamGenerateContent."""

    systemInstruction: NotRequired[ReadOnly[SystemInstruction]]
    """The system prompt."""
    tools: NotRequired[ReadOnly[Sequence[Tool]]]
    """What the model may call."""
    toolConfig: NotRequired[ReadOnly[ToolConfig]]
    """How it may call that."""
    generationConfig: NotRequired[ReadOnly[GenerationConfig]]
    """How it answers."""
    safetySettings: NotRequired[ReadOnly[Sequence[JsonObject]]]
    """What is filtered."""
    cachedContent: NotRequired[ReadOnly[str]]
    """The name of a prefix that was stored before."""
    labels: NotRequired[ReadOnly[JsonObject]]
    """What the bill is sorted by."""
    contents: ReadOnly[Sequence[Content]]
    """The conversation: user and model in turn, a user first and last."""


class Response(TypedDict):
    """One event of a stream, or a whole answer."""

    candidates: NotRequired[ReadOnly[Sequence[Candidate]]]
    """The answers, or what is new of them; none where the prompt is blocked."""
    promptFeedback: NotRequired[ReadOnly[PromptFeedback]]
    """Why the prompt is blocked."""
    usageMetadata: NotRequired[ReadOnly[UsageMetadata]]
    """What was consumed so far."""
    modelVersion: NotRequired[ReadOnly[str]]
    """The model that answers."""
    responseId: NotRequired[ReadOnly[str]]
    """The answer's id."""
    createTime: NotRequired[ReadOnly[str]]
    """When it began."""
    modelStatus: NotRequired[ReadOnly[JsonObject]]
    """How long the model will be offered."""
    error: NotRequired[ReadOnly[Status]]
    """What went wrong."""
