# Generated from schemas/tools/bash.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Bash holds."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class BashDirective(TypedDict):
    """
    Run a shell command and wait until the shell ends. It starts in the workspace, anew each time: a cd
    or an exported variable does not last. There is no terminal and no input, so pass flags such as
    --yes instead of waiting for questions. The answer holds what was written to stdout and stderr, its
    exit code where that is not 0; of more than 30,000 characters the beginning and the end, and the
    path of the file that holds all. A background process (&) goes on after the call.
    """

    command: ReadOnly[str]
    """The command."""
    timeout: NotRequired[ReadOnly[int]]
    """
    After how many milliseconds the command and all that it started are stopped: at most 600000, ten
    minutes.
    """
    description: NotRequired[ReadOnly[str]]
    """What the command does, in five to ten words, for the person who watches."""
