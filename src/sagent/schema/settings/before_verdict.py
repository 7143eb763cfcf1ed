# Generated from schemas/settings/before_verdict.json by `python -m codegen`. Change the schema and run that again.
"""What a hook answers to a BeforeTool of cli.json on its standard output; nothing lets the call run."""

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class BeforeVerdict(TypedDict):
    """What a hook answers to a BeforeTool of cli.json on its standard output; nothing lets the call run."""

    allow: ReadOnly[bool]
    """Whether the call may run."""
    reason: NotRequired[ReadOnly[str]]
    """Why not, for the model to read."""
