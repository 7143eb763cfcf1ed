"""What an answer has to be: the JSON Schema of a type, or of one's own, and the way from JSON to a value."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sagent.errors import Malformed, OutputError, UsageError
from sagent.lib.json import JsonObject, JsonValue, freeze_object
from sagent.lib.value import frozen
from sagent.loop.resolution import Answered
from sagent.schema.values import ModelSpec, StopReason

WRAPPER: Final = "answer"
"""The only member of the object around an answer that is none: servers let one ask only for objects."""

SHOWN: Final = 200
"""How many characters of an answer an error repeats."""


@frozen()
class Output:
    """The form that was asked for."""

    schema: JsonObject
    """What the answer has to fit: always an object."""
    read: Callable[[JsonValue], object]
    """Makes the value of what fits.

    Raises:
        Malformed: it fits only the schema.
        ValueError: the same, said by somebody's own type.
    """


def output_of(asked: object) -> Output:
    """The form of a type, or of a JSON Schema.

    Raises:
        UsageError: JSON has no such type, or the schema is none.
    """
    if isinstance(asked, Mapping):
        return _enveloped(_own_schema(asked), lambda value: value)
    from sagent.tools.inference import Inference

    inference = Inference("output")
    shape = inference.shape(asked, "the answer")
    schema = {**shape.schema, "$defs": inference.definitions} if inference.definitions else shape.schema
    return _enveloped(freeze_object(schema), lambda value: shape.decode(value, "$"))


def answered(resolution: Answered, output: Output, spec: ModelSpec) -> object:
    """The value of an answer.

    Raises:
        OutputError: it is not of the form that was asked for, or there is none.
    """
    who, formed = f"{spec.provider} {spec.model}", resolution.formed
    if formed is None:
        raise _unfinished(resolution, who)
    complaint = formed.complaint
    if not complaint:
        try:
            return output.read(formed.value)
        except Malformed as error:
            raise _misfit(resolution.text, f"at {error.path}: {error.complaint}", who) from error
        except ValueError as error:
            raise _misfit(resolution.text, str(error), who) from error
    raise _misfit(resolution.text, complaint, who)


def _own_schema(asked: Mapping[object, object]) -> JsonObject:
    from sagent.validation import schema_complaint  # jsonschema is heavy

    try:
        schema = freeze_object(asked)
    except TypeError as error:
        raise UsageError(f"output is no JSON Schema: {error}") from error
    if complaint := schema_complaint(schema):
        raise UsageError(f"output is no JSON Schema: {complaint}")
    return schema


def _enveloped(schema: JsonObject, read: Callable[[JsonValue], object]) -> Output:
    """The form itself where it is that of an object; else of an object with one member."""
    definitions = schema.get("$defs")
    if isinstance(definitions, Mapping) and "$ref" in schema:
        inner = definitions.get(str(schema["$ref"]).removeprefix("#/$defs/"))
        if isinstance(inner, Mapping) and inner.get("type") == "object":
            return Output(freeze_object({**inner, "$defs": definitions}), read)
    if schema.get("type") == "object" and not schema.keys() & {"anyOf", "oneOf", "allOf", "not", "$ref"}:
        return Output(schema, read)
    around = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            WRAPPER: {
                key: _moved(node) for key, node in schema.items() if key not in ("$defs", "$id", "$schema")
            }
        },
        "required": (WRAPPER,),
    }
    whole = around if definitions is None else {**around, "$defs": _moved(definitions)}
    return Output(freeze_object(whole), lambda value: read(_unwrapped(value)))


def _moved(node: JsonValue) -> JsonValue:
    """A part of a schema that was wrapped, so that its references lead where they led before."""
    if isinstance(node, Mapping):
        return {key: _led(each) if key == "$ref" else _moved(each) for key, each in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return tuple([_moved(each) for each in node])
    return node


def _led(reference: JsonValue) -> JsonValue:
    if not isinstance(reference, str):
        return _moved(reference)  # a property of that name
    if reference == "#" or (reference.startswith("#/") and not reference.startswith("#/$defs/")):
        return f"#/properties/{WRAPPER}{reference[1:]}"
    return reference


def _unwrapped(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        return value[WRAPPER]
    raise Malformed("answer", "$", "expected an object")


def _misfit(text: str, complaint: str, who: str) -> OutputError:
    said = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return OutputError(
        f"{who} gave no answer of the form that was asked for: {complaint}. "
        f"It said {said!r}. Ask for less, or ask another model.",
        text,
        complaint,
    )


def _unfinished(resolution: Answered, who: str) -> OutputError:
    complaint, advice = _ENDS.get(resolution.stop, ("it did not come to its end", "Ask again."))
    return OutputError(
        f"{who} gave no answer of the form that was asked for: {complaint}. {advice}",
        resolution.text,
        complaint,
    )


_ENDS: Final[Mapping[StopReason, tuple[str, str]]] = {
    "refusal": ("it declined to answer", "Ask in another way, or ask another model."),
    "filter": ("the provider's filter withheld it", "Ask in another way, or ask another model."),
    "length": ("the output limit cut it off", "Raise max_output_tokens, or ask for less."),
    "malformed_call": ("its tool calls came out malformed each time", "Ask again, or ask another model."),
}
"""What became of an answer that did not come to its end, and what can be done."""
