"""What is refused with a 400, known before it is asked: a strict reading of request bodies.

Rule 1: `Turns` holds every rule of `messages`; the encoder feeds it block by block, `complaints` whole.
Rule 2: a complaint begins with its place in the body and says what is wrong there, as Anthropic does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object, json_bytes
from sagent.providers.anthropic.catalog import LEAST, Traits
from sagent.providers.anthropic.enclosed import PHRASES
from sagent.providers.anthropic.manners import ANTHROPIC, Manners, tolerance
from sagent.providers.anthropic.manners import known as known_of
from sagent.providers.anthropic.shapes import bad_text, bad_tool, unknown_keys
from sagent.providers.anthropic.turns import Turns
from sagent.providers.form_rules import bad_schema
from sagent.providers.forms import ANTHROPIC as ANTHROPIC_FORM
from sagent.providers.inspection import bad_files
from sagent.schema.wire import anthropic as wire

SAMPLING: Final = ("temperature", "top_p", "top_k")
"""What newer models decide for themselves."""

LEAST_TOP_P: Final = 0.95
"""How little `top_p` may be while a model thinks (Anthropic's page on extended thinking)."""

MOST_STRICT: Final = 20
"""How many tools may be strict (Anthropic's page on structured outputs)."""


def complaints(body: object, model: str, manners: Manners = ANTHROPIC) -> Sequence[str]:
    """Everything that would be refused about a request body; none if it is legal."""
    if not is_object(body):
        return ("body: Input should be an object",)
    return tuple(_body(body, model, manners))


def _body(body: Mapping[str, object], model: str, manners: Manners) -> Iterator[str]:
    known = known_of(model, manners)
    for key in body.keys() - wire.Request.__annotations__.keys():
        yield f"{key}: Extra inputs are not permitted"
    if not isinstance(body.get("model"), str) or not body["model"]:
        yield "model: Field required"
    yield from _max_tokens(body.get("max_tokens"), known)
    yield from _system(body.get("system", "-"))
    yield from bad_tools(body.get("tools", ()))
    yield from _thinking(body, known)
    yield from _form(body.get("output_config"), known)
    yield from _cache_control(body, manners)
    yield from bad_sampling(body, known, manners)
    names = [str(tool.get("name")) for _, tool in _each(body.get("tools", ())) if is_object(tool)]
    turns = Turns(signs=manners.signs, told=bool(known.told), tools=names)
    for index, message in _each(body.get("messages", ())):
        if not is_object(message):
            yield f"messages.{index}: Input should be an object"
            continue
        yield from unknown_keys(message, wire.Message, f"messages.{index}")
        yield from _changed(message, known, f"messages.{index}")
        yield from turns.turn(message.get("role"), configured=bool(message.get("output_config")))
        content = message.get("content", ())
        blocks = ({"type": "text", "text": content},) if isinstance(content, str) else content
        for _, block in _each(blocks):
            yield from turns.block(block)
    yield from turns.ended()
    if manners.signs and known.thinks == "budget":
        yield from _turn_thought(body, turns)
    yield from bad_files(body, tolerance(model, manners), PHRASES)


def _each(value: object) -> Iterator[tuple[int, object]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from enumerate(value)


def _changed(message: Mapping[str, object], known: Traits, place: str) -> Iterator[str]:
    """What a message says of the system's that the model cannot be told there."""
    output = message.get("output_config")
    if output is not None:
        if message.get("role") != "system" or "effort" not in known.told:
            yield f"{place}.output_config: Extra inputs are not permitted"
        elif not is_object(output) or output.keys() - {"effort"}:
            yield f"{place}.output_config: only `effort` can be set in a message"
        elif output.get("effort") not in known.efforts:
            yield from _no_effort(output.get("effort"), known)


def _no_effort(effort: object, known: Traits) -> Iterator[str]:
    levels = ", ".join(sorted(known.efforts))
    yield f"This model does not support effort level '{effort}'. Supported levels: {levels}."


def _max_tokens(tokens: object, known: Traits) -> Iterator[str]:
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        yield "max_tokens: Field required"
    elif tokens < 1:
        yield "max_tokens: Input should be greater than or equal to 1"
    elif known.output is not None and tokens > known.output:
        yield (
            f"max_tokens: {tokens} > {known.output}, which is the maximum allowed number of output tokens "
            "for this model"
        )


def _system(system: object) -> Iterator[str]:
    if isinstance(system, str):
        yield from bad_text(system, "system")
        return
    for index, block in _each(system):
        if not is_object(block) or block.get("type") != "text":
            yield f"system.{index}: Input should be a text block"
            continue
        yield from unknown_keys(block, wire.TextBlock, f"system.{index}")
        yield from bad_text(block.get("text"), f"system.{index}.text")


def bad_tools(tools: object) -> Iterator[str]:
    """Say what would be refused about the tools."""
    names: set[str] = set()
    deferred: list[bool] = []
    for index, tool in _each(tools):
        yield from bad_tool(tool, f"tools.{index}")
        if not is_object(tool):
            continue
        deferred.append(tool.get("defer_loading") is True)
        name = tool.get("name")
        if isinstance(name, str):  # sets of tools at the provider have none
            if name in names:
                yield "tools: Tool names must be unique."
            names.add(name)
    strict = sum(is_object(tool) and tool.get("strict") is True for _, tool in _each(tools))
    if strict > MOST_STRICT:
        yield (
            f"tools: Too many strict tools ({strict}). The maximum number of strict tools supported is "
            f"{MOST_STRICT}. Try reducing the number of tools marked as strict."
        )
    if deferred and all(deferred):
        yield "tools: At least one tool must have defer_loading=false."


def bad_sampling(body: Mapping[str, object], known: Traits, manners: Manners) -> Iterator[str]:
    """Say which settings the model decides for itself, always or while it thinks."""
    config = body.get("thinking")
    thinks = manners.signs and is_object(config) and config.get("type") in ("enabled", "adaptive")
    if not known.sampled:
        yield from (f"{key}: `{key}` is not supported for this model" for key in SAMPLING if key in body)
    elif thinks:
        if body.get("temperature", 1) != 1:
            yield "temperature: `temperature` may only be set to 1 when thinking is enabled."
        if "top_k" in body:
            yield "top_k: `top_k` must be unset when thinking is enabled."
        top_p = body.get("top_p")
        if isinstance(top_p, int | float) and top_p < LEAST_TOP_P:
            yield f"top_p: `top_p` must be >= {LEAST_TOP_P} or unset when thinking is enabled."


def _thinking(body: Mapping[str, object], known: Traits) -> Iterator[str]:
    config, output = body.get("thinking", {}), body.get("output_config", {})
    if not is_object(config) or not is_object(output):
        yield "thinking: Input should be an object"
        return
    yield from unknown_keys(config, wire.ThinkingConfig, "thinking")
    yield from unknown_keys(output, wire.OutputConfig, "output_config")
    kind = str(config.get("type", "")) if config else "left out"
    if kind not in {"adaptive", "enabled", "between_tools", "disabled", "left out"}:
        yield f"thinking: Input tag {kind!r} found using 'type' does not match any of the expected tags"
    refused = (
        ("adaptive", known.thinks == "budget"),
        ("enabled", known.thinks == "adaptive" and (known.unasked or not known.sampled)),
        ("disabled", known.unasked and known.off != "disabled"),
        ("between_tools", known.thinks != "never" and known.off != "between_tools"),
    )
    if kind == "disabled" and "block_binding" in config:
        yield "thinking.disabled.block_binding: Extra inputs are not permitted"
    if (kind, True) in refused:
        yield f'thinking: "thinking.type.{kind}" is not supported for this model.'
    budget, tokens = config.get("budget_tokens"), body.get("max_tokens")
    if kind == "enabled" and (not isinstance(budget, int) or budget < LEAST):
        yield f"thinking.enabled.budget_tokens: Input should be greater than or equal to {LEAST}"
    elif isinstance(budget, int) and isinstance(tokens, int) and budget >= tokens:
        yield "max_tokens: `max_tokens` must be greater than `thinking.budget_tokens`."
    choice = body.get("tool_choice")
    forced = is_object(choice) and choice.get("type") in ("any", "tool")
    if forced and (known.bound or kind == "enabled"):
        yield "tool_choice: Thinking may not be enabled when tool_choice forces tool use."
    effort = output.get("effort")
    if effort is not None and known.thinks != "never" and effort not in known.efforts:
        yield from _no_effort(effort, known)


def _turn_thought(body: Mapping[str, object], turns: Turns) -> Iterator[str]:
    """One turn is thought through with a budget or without, from its first call to its last result.

    Models that think as they see fit have not been seen to refuse a turn that began without a thought.
    """
    config = body.get("thinking")
    kind = config.get("type") if is_object(config) else None
    if kind == "enabled" and turns.unthought:
        yield turns.unthought
    elif kind in (None, "disabled") and turns.thought:
        yield turns.thought


def _form(output: object, known: Traits) -> Iterator[str]:
    form = output.get("format") if is_object(output) else None
    if form is None:
        return
    if not known.formed:
        yield "output_config.format: structured outputs are not supported for this model."
    elif not is_object(form) or form.get("type") != "json_schema":
        yield "output_config.format: Input tag found using 'type' does not match 'json_schema'"
    else:
        yield from bad_schema(form.get("schema"), ANTHROPIC_FORM, "output_config.format.schema")


def _cache_control(body: Mapping[str, object], manners: Manners) -> Iterator[str]:
    control = body.get("cache_control")
    if control is not None and not manners.caches:
        yield "cache_control: Extra inputs are not permitted"
    if json_bytes(body).count(b'"cache_control"') > 4:  # Anthropic's page on prompt caching
        yield "A maximum of 4 blocks with cache_control may be provided."
