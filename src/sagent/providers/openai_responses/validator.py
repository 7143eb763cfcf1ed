"""What OpenAI refuses with a 400, known before it is asked: a strict reading of request bodies.

Rule 1: `Inputs` holds every rule of `input`; the encoder feeds it item by item, `complaints` whole.
Rule 2: a complaint is a place in the body, a colon, and what OpenAI says of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.catalog import tolerated
from sagent.providers.effort import EFFORTS
from sagent.providers.form_rules import bad_schema
from sagent.providers.forms import OPENAI as OPENAI_FORM
from sagent.providers.forms import is_of_object
from sagent.providers.inspection import bad_files
from sagent.providers.openai_responses.catalog import base_name, is_formed, is_sampled, levels
from sagent.providers.openai_responses.changes import carries
from sagent.providers.openai_responses.enclosed import PHRASES
from sagent.providers.openai_responses.functions import bad_name, bad_tools, names
from sagent.providers.openai_responses.inputs import Inputs
from sagent.providers.openai_responses.pieces import bad_text
from sagent.providers.tolerance import OPENAI
from sagent.schema.wire import openai_responses as wire

SEALED: Final = "reasoning.encrypted_content"
"""What `include` calls the reasoning itself."""

LEAST_OUTPUT: Final = 16
"""How small the limit of the output may be."""

SAMPLING: Final = ("temperature", "top_p")
"""Settings that reasoning models refuse."""


def complaints(body: object, model: str) -> Sequence[str]:
    """Everything that OpenAI would refuse about a request body; none if it is legal."""
    if not is_object(body):
        return ("body: Invalid type: expected an object.",)
    return tuple(_body(body, model))


def _body(body: Mapping[str, object], model: str) -> Iterator[str]:
    for key in body.keys() - wire.Request.__annotations__.keys():
        yield f"{key}: Unknown parameter: '{key}'."
    if not isinstance(body.get("model"), str):
        yield "model: Missing required parameter: 'model'."
    if "instructions" in body and body["instructions"] is not None:
        yield from bad_text(body["instructions"], "instructions")
    yield from bad_tools(body.get("tools", ()))
    yield from bad_settings(body, model)
    yield from _input(body, model)
    yield from bad_files(body, tolerated(OPENAI, "OpenAI", model), PHRASES)


def _input(body: Mapping[str, object], model: str) -> Iterator[str]:
    told = carries(model, body.get("reasoning"))
    inputs = Inputs(
        stored=body.get("store") is not False,
        tools=names(body.get("tools")) if told.additions else None,
        efforts=told.efforts.values(),
    )
    given = body.get("input")
    if isinstance(given, str) and given:
        yield from bad_text(given, "input")
        return
    if given is not None and not isinstance(given, str) and not isinstance(given, Sequence):
        yield "input: Invalid type: expected one of a string or array of input items."
        return
    for item in given or ():
        yield from inputs.item(item)
    yield from inputs.ended()


def bad_settings(settings: Mapping[str, object] | Mapping[str, object], model: str) -> Iterator[str]:
    """Say what OpenAI would refuse about all that is neither tools nor conversation."""
    tokens = settings.get("max_output_tokens")
    if tokens is not None and (not isinstance(tokens, int) or isinstance(tokens, bool)):
        yield "max_output_tokens: Invalid type: expected an integer."
    elif tokens is not None and tokens < LEAST_OUTPUT:
        yield (
            f"max_output_tokens: integer below minimum value. Expected a value >= {LEAST_OUTPUT}, "
            f"but got {tokens} instead."
        )
    for key in ("stream", "store", "parallel_tool_calls", "background"):
        if not isinstance(settings.get(key), bool | None):
            yield f"{key}: Invalid type: expected a boolean."
    yield from bad_sampling(settings, model)
    include = settings.get("include")
    if isinstance(include, Sequence) and SEALED in include and levels(model) == ():
        yield "include: Encrypted content is not supported with this model."
    yield from _reasoning(settings.get("reasoning"), model)
    yield from _text(settings.get("text"), model)


def bad_sampling(settings: Mapping[str, object], model: str) -> Iterator[str]:
    """Say which settings a model decides for itself."""
    if not is_sampled(model):
        for key in SAMPLING:
            if settings.get(key) is not None:
                yield f"{key}: Unsupported parameter: '{key}' is not supported with this model."


def _text(text: object, model: str) -> Iterator[str]:
    form = text.get("format") if is_object(text) else None
    if not is_object(form) or form.get("type") == "text":
        return
    if form.get("type") not in ("json_schema", "json_object"):
        yield f"text.format.type: Invalid value: {form.get('type')!r}."
        return
    if form["type"] == "json_schema":
        yield from bad_name(form.get("name"), "text.format.name")
        if not is_formed(model):
            yield "text.format: Invalid parameter: 'text.format' of type 'json_schema' is not supported."
        elif form.get("strict"):
            yield from bad_schema(form.get("schema"), OPENAI_FORM, "text.format.schema")
        elif not is_object(schema := form.get("schema")) or not is_of_object(schema):
            yield "text.format.schema: Invalid schema: schema must be of 'type: \"object\"'"


def _reasoning(reasoning: object, model: str) -> Iterator[str]:
    if reasoning is None:
        return
    if not is_object(reasoning):
        yield "reasoning: Invalid type: expected an object."
        return
    for key in reasoning.keys() - wire.Reasoning.__annotations__.keys():
        yield f"reasoning: Unknown parameter: 'reasoning.{key}'."
    effort, known = reasoning.get("effort"), levels(model)
    if known == ():
        for key in reasoning:
            yield (
                f"reasoning.{key}: Unsupported parameter: 'reasoning.{key}' is not supported with this model."
            )
    elif effort is not None and effort not in (known or EFFORTS):
        names = ", ".join(f"'{name}'" for name in known or EFFORTS)
        yield (
            f"reasoning.effort: Unsupported value: '{effort}' is not supported with the "
            f"'{base_name(model)}' model. Supported values are: {names}."
        )
    summary = reasoning.get("summary")
    if summary is not None and summary not in ("auto", "concise", "detailed"):
        yield (
            f"reasoning.summary: Invalid value: '{summary}'. "
            "Supported values are: 'concise', 'detailed', and 'auto'."
        )
