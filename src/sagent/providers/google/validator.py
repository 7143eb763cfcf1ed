"""What Google refuses with a 400, known before it is asked: a strict reading of request bodies.

Rule 1: `Turns` holds every rule of `contents`; the encoder feeds it part by part, `complaints` whole.
Rule 2: a complaint begins with its place in the body and says what would be accepted.
"""

from collections.abc import Iterator, Mapping, Sequence

from sagent.lib.json import is_object
from sagent.providers.catalog import tolerated
from sagent.providers.google.catalog import formed, is_levelled, is_signed
from sagent.providers.google.enclosed import PHRASES
from sagent.providers.google.turns import Turns, bad_name, bad_text, unknown_keys
from sagent.providers.inspection import bad_files
from sagent.providers.tolerance import GOOGLE
from sagent.schema.wire import google as wire


def complaints(body: object, model: str) -> Sequence[str]:
    """Everything that Google would refuse about a request body; none if it is legal."""
    if not is_object(body):
        return ("body: must be an object",)
    return tuple(_body(body, model))


def _body(body: Mapping[str, object], model: str) -> Iterator[str]:
    yield from unknown_keys(body, wire.Request, "body")
    if "systemInstruction" in body:
        yield from _system(body["systemInstruction"])
    yield from bad_tools(body.get("tools", ()))
    yield from _config(body.get("generationConfig", {}), model)
    yield from _form(body, model)
    turns = Turns(signed=is_signed(model))
    for index, content in _each(body.get("contents", ())):
        if not is_object(content):
            yield f"contents[{index}]: must be an object"
            continue
        yield from unknown_keys(content, wire.Content, f"contents[{index}]")
        yield from turns.turn(content.get("role"))
        for _, part in _each(content.get("parts", ())):
            yield from turns.part(part)
    yield from turns.ended()
    yield from bad_files(body, tolerated(GOOGLE, "Google", model), PHRASES)


def _each(value: object) -> Iterator[tuple[int, object]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from enumerate(value)


def _system(system: object) -> Iterator[str]:
    if not is_object(system):
        yield "systemInstruction: must be an object"
        return
    yield from unknown_keys(system, wire.SystemInstruction, "systemInstruction")
    parts = list(_each(system.get("parts")))
    if not parts:
        yield "systemInstruction.parts: must not be empty"
    for index, part in parts:
        text = part.get("text") if is_object(part) else None
        yield from bad_text(text, f"systemInstruction.parts[{index}].text")


def bad_tools(tools: object) -> Iterator[str]:
    """Say what Google would refuse about the tools."""
    names: set[str] = set()
    for index, tool in _each(tools):
        if not is_object(tool):
            yield f"tools[{index}]: must be an object"
            continue
        yield from unknown_keys(tool, wire.Tool, f"tools[{index}]")
        for number, function in _each(tool.get("functionDeclarations", ())):
            place = f"tools[{index}].functionDeclarations[{number}]"
            if not is_object(function):
                yield f"{place}: must be an object"
                continue
            yield from _function(function, place)
            name = str(function.get("name"))
            if name in names:
                yield f"{place}.name: Duplicate function declaration found: {name}"
            names.add(name)


def _function(function: Mapping[str, object], place: str) -> Iterator[str]:
    yield from unknown_keys(function, wire.FunctionDeclaration, place)
    yield from bad_name(function.get("name"), f"{place}.name")
    if not isinstance(function.get("description"), str):
        yield f"{place}.description: must be a string"
    if "parameters" in function and "parametersJsonSchema" in function:
        yield f"{place}: parameters and parametersJsonSchema exclude each other"
    schema = function.get("parametersJsonSchema", {"type": "object"})
    if not is_object(schema) or schema.get("type") != "object":
        yield f"{place}.parametersJsonSchema: must be the schema of an object"
    yield from _bad_references(schema, f"{place}.parametersJsonSchema")


def _config(config: object, model: str) -> Iterator[str]:
    if not is_object(config):
        yield "generationConfig: must be an object"
        return
    yield from unknown_keys(config, wire.GenerationConfig, "generationConfig")
    tokens = config.get("maxOutputTokens", 1)
    if not isinstance(tokens, int) or tokens < 1:
        yield "generationConfig.maxOutputTokens: must be a positive number"
    schema = config.get("responseJsonSchema")
    if schema is not None and config.get("responseMimeType") != "application/json":
        yield "generationConfig.responseJsonSchema: needs the responseMimeType application/json"
    yield from _bad_references(schema, "generationConfig.responseJsonSchema")
    thinking = config.get("thinkingConfig", {})
    if not is_object(thinking):
        yield "generationConfig.thinkingConfig: must be an object"
        return
    yield from unknown_keys(thinking, wire.ThinkingConfig, "generationConfig.thinkingConfig")
    if "thinkingLevel" in thinking and not is_levelled(model):
        yield f"generationConfig.thinkingConfig.thinkingLevel: Thinking level is not supported for {model}"
    if "thinkingLevel" in thinking and "thinkingBudget" in thinking:
        yield "generationConfig.thinkingConfig: thinkingLevel and thinkingBudget exclude each other"
    if thinking.get("thinkingBudget") == 0 and thinking.get("includeThoughts"):
        yield "generationConfig.thinkingConfig.includeThoughts: there are no thoughts without a budget"


def _form(body: Mapping[str, object], model: str) -> Iterator[str]:
    config = body.get("generationConfig")
    if not is_object(config) or config.get("responseMimeType") != "application/json":
        return
    match formed(model):
        case "never":
            yield f"generationConfig.responseMimeType: JSON mode is not enabled for models/{model}"
        case "without_tools" if body.get("tools"):
            yield "Function calling with a response mime type: 'application/json' is unsupported"
        case "without_tools" | "always":
            pass


def _bad_references(node: object, place: str) -> Iterator[str]:
    if is_object(node):
        beside = [str(key) for key in node if not str(key).startswith("$")]
        if isinstance(node.get("$ref"), str) and beside:
            yield f"{place}: nothing may stand beside $ref: {', '.join(beside)}"
        for key, inner in node.items():
            yield from _bad_references(inner, f"{place}.{key}")
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for index, inner in enumerate(node):
            yield from _bad_references(inner, f"{place}[{index}]")
