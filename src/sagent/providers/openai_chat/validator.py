"""What a server of this wire refuses with a 400, known before it is asked: a strict reading of bodies.

Rule 1: `Order` holds every rule of `messages`; the encoder feeds it message by message, `complaints` whole.
Rule 2: a complaint begins with its place in the body and says what would be accepted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sagent.lib.json import is_object, json_text
from sagent.providers.form_rules import bad_schema
from sagent.providers.forms import OPENAI
from sagent.providers.inspection import bad_files
from sagent.providers.openai_chat.enclosed import PHRASES
from sagent.providers.openai_chat.functions import bad_tools
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.openai_chat.order import Order
from sagent.providers.openai_chat.shapes import bad_name
from sagent.providers.openai_chat.suited import efforts
from sagent.schema.wire import openai_chat as wire


def complaints(body: object, model: str, manners: Manners = COMPATIBLE) -> Sequence[str]:
    """Everything that a server of these manners would refuse about a request body; none if it is legal."""
    if not is_object(body):
        return ("body: must be an object",)
    return tuple(_body(body, model, manners))


def _body(body: Mapping[str, object], model: str, manners: Manners) -> Iterator[str]:
    for key in body.keys() - wire.Request.__annotations__.keys():
        yield f"{key}: Unrecognized request argument supplied: {key}"
    if body.get("model") != model:
        yield f"model: you must provide a model parameter, here {model!r}"
    yield from _output(body, manners)
    yield from _effort(body, model)
    yield from bad_sampling(body, model, manners)
    yield from _form(body, manners)
    if "tools" in body:
        yield from bad_tools(body["tools"], manners)
    messages = body.get("messages")
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        yield "messages: Missing required parameter: 'messages'."
        return
    switch = body.get("thinking")
    if is_object(switch) and switch.get("type") == "disabled":
        manners = replace(manners, reasoning_filler="")
    order = Order(manners)
    for message in messages:
        yield from order.message(message)
    yield from order.ended()
    yield from bad_files(body, manners.files, PHRASES)


def _output(body: Mapping[str, object], manners: Manners) -> Iterator[str]:
    other = ({"max_tokens", "max_completion_tokens"} - {manners.max_tokens}).pop()
    if other in body:
        yield (
            f"{other}: Unsupported parameter: '{other}' is not supported with this model. "
            f"Use '{manners.max_tokens}' instead."
        )
    tokens = body.get(manners.max_tokens, 1)
    if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 1:
        yield f"{manners.max_tokens}: integer below minimum value. Expected a value >= 1, but got {tokens!r}"
    if "stream_options" in body and body.get("stream") is not True:
        yield "stream_options: The 'stream_options' parameter is only allowed when 'stream' is enabled."
    if not isinstance(body.get("stream", False), bool):
        yield "stream: must be true or false"


def _effort(body: Mapping[str, object], model: str) -> Iterator[str]:
    known = efforts(model)
    if "reasoning_effort" in body and known is not None and body["reasoning_effort"] not in known:
        yield (
            f"reasoning_effort: Unsupported value: {body['reasoning_effort']!r} is not supported with the "
            f"{model!r} model. Supported values are: {', '.join(known) or 'none'}."
        )


def bad_sampling(body: Mapping[str, object], model: str, manners: Manners) -> Iterator[str]:
    """Say which settings the model decides for itself, and which one only a stream can have."""
    if manners.sampled == "at one" and body.get("temperature", 1) != 1:
        yield "temperature: invalid temperature: only 1 is allowed for this model"
    if manners.sampled == "never" or (manners.sampled == "unless reasoning" and efforts(model)):
        for key in ("temperature", "top_p"):
            if body.get(key) is not None:
                yield f"{key}: Unsupported parameter: '{key}' is not supported with this model."
    if manners.streams_only and body.get("enable_thinking") and body.get("stream") is not True:
        yield "enable_thinking: parameter.enable_thinking must be set to false for non-streaming calls"


def _form(body: Mapping[str, object], manners: Manners) -> Iterator[str]:
    form = body.get("response_format")
    if form is None:
        return
    kind = form.get("type") if is_object(form) else None
    told = form.get("json_schema") if is_object(form) else None
    taken = {"strict": ("json_schema", "json_object"), "schema": ("json_schema", "json_object")}
    if kind not in taken.get(manners.form, (f"json_{manners.form}",)):
        yield f"response_format: This response_format type {kind!r} is unavailable now"
    elif manners.form_alone and body.get("tools"):
        yield "response_format: it cannot be set while tools are offered"
    elif kind == "json_object" and "json" not in json_text(body.get("messages")).lower():
        yield "messages: 'messages' must contain the word 'json' to use 'response_format' 'json_object'."
    elif kind == "json_schema" and not is_object(told):
        yield "response_format.json_schema: Missing required parameter"
    elif is_object(told) and kind == "json_schema":
        yield from bad_name(told.get("name"), "response_format.json_schema.name")
        if told.get("strict"):
            yield from bad_schema(told.get("schema"), OPENAI, "response_format.json_schema.schema")
