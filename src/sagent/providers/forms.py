"""JSON Schemas of answers as strict servers take them: closed, and what they cannot say told in words.

Whatever is lost here only widens the schema: every answer is held to the whole of it when it has come.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject, JsonValue, freeze_object, is_object, json_text
from sagent.lib.value import frozen
from sagent.providers.nodes import kinds_of, object_of, of_kind, references, referred, takes_null

NAME: Final = "answer"
"""What the schema of an answer is called, where it must have a name."""

FORMATS: Final = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)
"""The formats of strings that strict servers know (OpenAI's and Anthropic's pages on structured outputs)."""

SAID: Final = frozenset(("type", "enum", "properties", "required", "items", "anyOf", "$ref", "$defs"))
"""Keywords that every strict server knows."""

SILENT: Final = frozenset(
    (
        *("$schema", "$id", "$comment", "$anchor", "$vocabulary", "title", "description", "default"),
        *("examples", "deprecated", "readOnly", "writeOnly", "additionalProperties"),
    )
)
"""Keywords that demand nothing, or that are said in another way here."""

ANYTHING: Final[Collection[JsonValue]] = ()
"""Stands for any value of a keyword."""


@frozen(kw_only=True)
class Flavour:
    """What one strict server takes beyond what all do."""

    keywords: Mapping[str, Collection[JsonValue]]
    """The keywords that it knows, with the values that they may have there."""
    demanding: bool
    """Whether every property must be required: those that need not be there may be null instead."""
    recursive: bool
    """Whether a schema may refer to itself."""
    most_choices: int | None = None
    """How many unions and optional properties there may be."""


OPENAI: Final = Flavour(
    keywords={
        **dict.fromkeys(("pattern", "multipleOf", "minItems", "maxItems"), ANYTHING),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), ANYTHING),
        "format": FORMATS,
    },
    demanding=True,
    recursive=True,
)
"""Source: developers.openai.com/api/docs/guides/structured-outputs, supported schemas."""

ANTHROPIC: Final = Flavour(
    keywords={"format": FORMATS | {"uri"}, "minItems": (0, 1)},
    demanding=False,
    recursive=False,
    most_choices=16,
)
"""Source: platform.claude.com/docs/en/build-with-claude/structured-outputs, JSON Schema limitations."""


def strict(schema: JsonObject, flavour: Flavour) -> JsonObject | None:
    """The schema of an object in that flavour; None where it cannot be said."""
    try:
        return _Writer(schema, flavour).written()
    except LookupError:
        return None


def is_of_object(schema: Mapping[str, object]) -> bool:
    """Whether only objects fit a schema, as servers demand of whole answers."""
    return schema.get("type") == "object" and not schema.keys() & {"anyOf", "oneOf", "allOf", "not"}


class _Writer:
    """Writes one schema again; what cannot be said is a `LookupError`."""

    def __init__(self, schema: JsonObject, flavour: Flavour) -> None:
        definitions = schema.get("$defs", EMPTY)
        self._definitions = definitions if is_object(definitions) else EMPTY
        self._root = schema
        self._flavour = flavour
        self._choices = 0

    def written(self) -> JsonObject:
        root = self._root
        if not self._flavour.recursive:
            self._check_ends({key: each for key, each in root.items() if key != "$defs"}, ())
        if "$ref" in root:
            root = object_of(self._definitions[referred(root)])
        if not is_of_object(root):
            raise LookupError
        node = {**self._node({key: value for key, value in root.items() if key != "$defs"})}
        if self._definitions:
            node["$defs"] = freeze_object(
                {name: self._node(object_of(each)) for name, each in self._definitions.items()}
            )
        most = self._flavour.most_choices
        if most is not None and self._choices > most:
            raise LookupError
        return freeze_object(node)

    def _check_ends(self, node: JsonValue, above: tuple[str, ...]) -> None:
        """Follow all references, so that none leads back to where it came from."""
        for name in references(node):
            if name in above:
                raise LookupError
            self._check_ends(self._definitions[name], (*above, name))

    def _node(self, schema: JsonObject) -> JsonObject:
        if "$ref" in schema:
            if referred(schema) not in self._definitions:
                raise LookupError
            return {"$ref": schema["$ref"]}  # nothing may stand beside it
        if "const" in schema:
            schema = {
                **{key: each for key, each in schema.items() if key != "const"},
                "enum": (schema["const"],),
            }
        branches = schema.get("anyOf", schema.get("oneOf"))
        if isinstance(branches, Sequence) and not isinstance(branches, str):
            return self._told(schema, {"anyOf": tuple([self._node(object_of(each)) for each in branches])})
        kinds = kinds_of(schema)
        if len(kinds) != 1:
            return self._told({}, {"anyOf": tuple([self._node(of_kind(schema, kind)) for kind in kinds])})
        match kinds[0]:
            case "object":
                return self._told(schema, self._closed(schema))
            case "array":
                return self._told(schema, {"type": "array", "items": self._items(schema)})
            case kind:
                choices = schema.get("enum")
                return self._told(
                    schema, {"type": kind} if choices is None else {"type": kind, "enum": choices}
                )

    def _closed(self, schema: JsonObject) -> JsonObject:
        properties, required = schema.get("properties"), schema.get("required", ())
        others = schema.get("additionalProperties", True)
        if not is_object(properties) or is_object(others) or "patternProperties" in schema:
            raise LookupError  # an object with keys of any name
        if not properties and others:
            raise LookupError
        names = required if isinstance(required, Sequence) else ()
        nodes = {name: self._property(object_of(each), name in names) for name, each in properties.items()}
        return {
            "type": "object",
            "properties": nodes,
            "required": tuple(name for name in nodes if self._flavour.demanding or name in names),
            "additionalProperties": False,
        }

    def _property(self, schema: JsonObject, required: bool) -> JsonObject:
        node = self._node(schema)
        if required:
            return node
        self._choices += 1
        if not self._flavour.demanding or takes_null(node):
            return node
        return {"anyOf": (node, {"type": "null"})}

    def _items(self, schema: JsonObject) -> JsonObject:
        items, first = schema.get("items"), schema.get("prefixItems")
        if isinstance(first, Sequence) and first:
            # The place of each cannot be said: any of them may stand anywhere.
            nodes = [self._node(object_of(each)) for each in first]
            distinct = [node for index, node in enumerate(nodes) if node not in nodes[:index]]
            return distinct[0] if len(distinct) == 1 else self._told({}, {"anyOf": tuple(distinct)})
        return self._node(object_of(items))

    def _told(self, schema: JsonObject, node: JsonObject) -> JsonObject:
        """The node with what is known of it, and in words with what else is demanded."""
        self._choices += "anyOf" in node
        known = self._flavour.keywords
        kept: dict[str, JsonValue] = dict(node)
        lost: dict[str, JsonValue] = {}
        for key, value in schema.items():
            if key in known and (known[key] is ANYTHING or value in known[key]):
                kept[key] = value
            elif key not in SAID and key not in SILENT and key != "oneOf":
                lost[key] = value
        words = [str(schema["description"])] if schema.get("description") else []
        words += [f"It has to fit {json_text(lost)}."] if lost else []
        return {**kept, "description": " ".join(words)} if words else kept
