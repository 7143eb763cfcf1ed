"""Where the references in a JSON Schema lead."""

from collections.abc import Iterator, Mapping

from sagent.lib.json import JsonObject


def lost_reference(schema: JsonObject) -> str | None:
    """A reference that leads nowhere; none is looked for where parts have addresses of their own."""
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

    if any("$id" in node for node in _nodes(list(schema.values()))):
        return None
    # A dialect that is not known would have no references at all.
    whole = DRAFT202012.create_resource({key: node for key, node in schema.items() if key != "$schema"})
    resolver = EMPTY_REGISTRY.resolver_with_root(whole)
    for node in _nodes(schema):
        reference = node.get("$ref")
        if isinstance(reference, str):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                return reference
    return None


def _nodes(schema: object) -> Iterator[Mapping[str, object]]:
    """All objects in a schema, but for the values that it only tells of."""
    if isinstance(schema, dict):
        yield schema
        for key, node in schema.items():
            if key not in ("const", "default", "enum", "examples"):
                yield from _nodes(node)
    elif isinstance(schema, list):
        for node in schema:
            yield from _nodes(node)
