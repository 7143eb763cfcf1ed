"""How the names in schemas become the names in Python."""

import re

from codegen.shelf import Fault


def snake(name: str) -> str:
    """`ToolCall` as `tool_call`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def loud(name: str) -> str:
    """`ToolCall` as `TOOL_CALL`."""
    return snake(name).upper()


def python_pattern(pattern: str) -> str:
    """A regular expression of JSON Schema as Python's `re.search` must be given it.

    There `$` is the end of the string and nothing else; in Python it is also before a line break there.
    """
    if "$" in pattern[:-1]:
        raise Fault(f"the pattern {pattern!r} has a $ before its end")
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def article(name: str) -> str:
    """`an Image`, but `a Usage`."""
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"
