"""What OpenAI refuses about the items of a conversation, one rule beside the other."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.effort import EFFORTS
from sagent.providers.openai_responses.functions import bad_name, bad_tools, names, too_long
from sagent.providers.openai_responses.pieces import EMPTY, bad_arguments, bad_pieces, bad_text

KEYS: Final[Mapping[str, frozenset[str]]] = {
    "message": frozenset(("type", "id", "status", "role", "phase", "content")),
    "function_call": frozenset(
        ("type", "id", "status", "call_id", "name", "namespace", "arguments", "caller", "async")
    ),
    "function_call_output": frozenset(
        ("type", "id", "status", "call_id", "name", "namespace", "output", "caller")
    ),
    "reasoning": frozenset(("type", "id", "status", "summary", "content", "encrypted_content")),
    "additional_tools": frozenset(("type", "id", "role", "tools")),
    "configuration_update": frozenset(("type", "id", "reasoning", "text")),
}
"""The kinds that are judged here and what they may hold; other kinds come from the provider and pass."""

PREFIXES: Final[Mapping[str, str]] = {"message": "msg", "function_call": "fc", "reasoning": "rs"}
"""How the ids of items begin."""


class Inputs:
    """The rules of `input`, kept while items are added one after the other."""

    def __init__(
        self, *, stored: bool = False, tools: Collection[str] | None = (), efforts: Collection[str] = EFFORTS
    ) -> None:
        """`tools` are those at the top, None where no more can come; `efforts` those that may come."""
        self._stored = stored
        self._tools = None if tools is None else set(tools)
        self._efforts = efforts
        self._index = -1
        self._ids: set[str] = set()
        self._calls: set[str] = set()
        self._open: dict[str, None] = {}
        self._reasoning: str | None = None

    def takes(self, items: Sequence[Mapping[str, object]]) -> bool:
        """Whether none of these would repeat an id that is there already, or that stands twice among them."""
        ids = [item["id"] for item in items if isinstance(item.get("id"), str)]
        calls = [item.get("call_id") for item in items if item.get("type") == "function_call"]
        return all(
            len(set(found)) == len(found) and known.isdisjoint(found)
            for found, known in ((ids, self._ids), (calls, self._calls))
        )

    def is_taken(self, call_id: str) -> bool:
        """Whether a call has this id."""
        return call_id in self._calls

    def item(self, item: object, *, proven: bool = False) -> Iterator[str]:
        """Add an item; of one that has been proven legal by itself, only its place is in question."""
        self._index += 1
        place = f"input[{self._index}]"
        if not proven:
            yield from bad_item(item, place, stored=self._stored)
        if not is_object(item):
            return
        kind = kind_of(item)
        item_id = item.get("id")
        if isinstance(item_id, str):
            if item_id in self._ids:
                yield (
                    f"input: Duplicate item found with id {item_id}. "
                    "Remove duplicate items from your input and try again."
                )
            self._ids.add(item_id)
        if self._reasoning is not None and kind != "reasoning":
            if kind == "function_call_output" or (kind == "message" and item.get("role") != "assistant"):
                yield self._orphan(self._reasoning)
            self._reasoning = None
        if kind == "reasoning":
            self._reasoning = str(item_id)
        elif kind == "function_call":
            yield from self._call(str(item.get("call_id")), place)
        elif kind == "function_call_output":
            yield from self._output(str(item.get("call_id")))
        elif kind == "additional_tools":
            yield from self._added(item.get("tools"), place)
        elif kind == "configuration_update":
            yield from self._updated(item, place)

    def ended(self) -> Iterator[str]:
        """End the input."""
        if self._index < 0:
            yield (
                'input: One of "input" or "previous_response_id" or "prompt" or "conversation_id" '
                "must be provided."
            )
        if self._reasoning is not None:
            yield self._orphan(self._reasoning)
        for call_id in self._open:
            yield f"input: No tool output found for function call {call_id}."

    def _call(self, call_id: str, place: str) -> Iterator[str]:
        if call_id in self._calls:
            yield f"{place}.call_id: Duplicate function call {call_id}: each call needs an id of its own."
        self._calls.add(call_id)
        self._open[call_id] = None

    def _output(self, call_id: str) -> Iterator[str]:
        if call_id not in self._calls:
            yield f"input: No tool call found for function call output with call_id {call_id}."
        elif call_id not in self._open:
            yield f"input: Duplicate function call output with call_id {call_id}."
        self._open.pop(call_id, None)

    def _added(self, tools: object, place: str) -> Iterator[str]:
        if self._tools is None:
            yield f"{place}.type: Invalid value: 'additional_tools' is not supported with this model."
            return
        for name in sorted(names(tools) & self._tools):
            yield f"{place}.tools: Duplicate tool name: {name}"
        self._tools |= names(tools)

    def _updated(self, item: Mapping[str, object], place: str) -> Iterator[str]:
        reasoning = item.get("reasoning")
        effort = reasoning.get("effort") if is_object(reasoning) else None
        if effort is not None and effort not in self._efforts:
            yield f"{place}.reasoning.effort: Unsupported value: '{effort}' is not supported with this model."
        elif effort is None and "text" not in item:
            yield f"{place}: Missing required parameter: '{place}.reasoning'."

    def _orphan(self, item_id: str) -> str:
        return (
            f"input: Item '{item_id}' of type 'reasoning' was provided without its required following item."
        )


def kind_of(item: Mapping[str, object]) -> str:
    """What an item is; a message need not say so."""
    kind = item.get("type", "message" if "role" in item else "")
    return kind if isinstance(kind, str) else ""


def bad_item(item: object, place: str, *, stored: bool = False, verbatim: bool = False) -> Iterator[str]:
    """Say what OpenAI would refuse about an item, wherever it stands."""
    if not is_object(item):
        yield f"{place}: Invalid type: expected an object."
        return
    kind = kind_of(item)
    if not kind:
        yield f"{place}: Missing required parameter: '{place}.type'."
    known = KEYS.get(kind)
    if known is not None and not verbatim:
        for key in item.keys() - known:
            yield f"{place}: Unknown parameter: '{place}.{key}'."
    yield from _bad_id(item.get("id"), f"{place}.id", "" if verbatim else PREFIXES.get(kind, ""))
    match kind:
        case "message":
            yield from _bad_message(item, place, verbatim=verbatim)
        case "function_call":
            yield from bad_name(item.get("name"), f"{place}.name")
            yield from _bad_call_id(item.get("call_id"), f"{place}.call_id")
            yield from bad_arguments(item.get("arguments"), f"{place}.arguments")
        case "function_call_output":
            yield from _bad_call_id(item.get("call_id"), f"{place}.call_id")
            yield from _bad_output(item.get("output"), f"{place}.output")
        case "reasoning":
            yield from _bad_reasoning(item, place, stored=stored)
        case "additional_tools":
            if item.get("role") != "developer":
                yield f"{place}.role: Invalid value: {item.get('role')!r}. Supported values are: 'developer'."
            yield from bad_tools(item.get("tools") or "", f"{place}.tools")
        case "item_reference" if not stored:
            yield _forgotten(item.get("id"))
        case _:
            pass


def _bad_message(item: Mapping[str, object], place: str, *, verbatim: bool) -> Iterator[str]:
    role, content = item.get("role"), item.get("content")
    if not isinstance(role, str) or role not in {"user", "assistant", "system", "developer"}:
        yield (
            f"{place}.role: Invalid value: {role!r}. "
            "Supported values are: 'assistant', 'system', 'developer', and 'user'."
        )
    if isinstance(content, str):
        yield from bad_text(content, f"{place}.content", empty=False)
    elif content is None:
        yield f"{place}: Missing required parameter: '{place}.content'."
    else:
        yield from bad_pieces(content, f"{place}.content", spoken=role == "assistant", verbatim=verbatim)


def _bad_output(output: object, place: str) -> Iterator[str]:
    if isinstance(output, str):
        yield from bad_text(output, place)
    elif output is None:
        yield f"{place}: Missing required parameter: '{place}'."
    else:
        yield from bad_pieces(output, place, spoken=False)


def _bad_reasoning(item: Mapping[str, object], place: str, *, stored: bool) -> Iterator[str]:
    for key in ("id", "summary"):
        if item.get(key) is None:
            yield f"{place}: Missing required parameter: '{place}.{key}'."
    sealed = item.get("encrypted_content")
    if sealed is not None and not isinstance(sealed, str):
        yield f"{place}.encrypted_content: Invalid type: expected a string."
    if not sealed and not item.get("content") and not stored:
        yield _forgotten(item.get("id"))


def _forgotten(item_id: object) -> str:
    return (
        f"input: Item with id '{item_id}' not found. Items are not persisted when `store` is set to false. "
        "Try again with `store` set to true, or remove this item from your input."
    )


def _bad_id(item_id: object, place: str, prefix: str) -> Iterator[str]:
    if item_id is None:
        return
    if not isinstance(item_id, str):
        yield f"{place}: Invalid type: expected a string."
    elif not item_id.startswith(prefix):
        yield f"{place}: '{item_id}'. Expected an ID that begins with '{prefix}'."
    else:
        yield from too_long(item_id, place)


def _bad_call_id(call_id: object, place: str) -> Iterator[str]:
    if not isinstance(call_id, str):
        yield f"{place}: Missing required parameter: '{place}'."
    elif not call_id:
        yield f"{place}: {EMPTY}"
    else:
        yield from too_long(call_id, place)
