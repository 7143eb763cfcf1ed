# Generated from schemas/settings/after_verdict.json by `python -m codegen`. Change the schema and run that again.
"""What a hook answers to an AfterTool of cli.json on its standard output; nothing adds nothing."""

from typing import TypedDict

from typing_extensions import ReadOnly


class AfterVerdict(TypedDict):
    """What a hook answers to an AfterTool of cli.json on its standard output; nothing adds nothing."""

    content: ReadOnly[str]
    """Words that the model reads behind the result."""
