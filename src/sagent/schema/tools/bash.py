# Generated from schemas/tools/bash.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Bash holds."""

from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class BashDirective(TypedDict):
    """
    Run a shell command and wait until the shell ends. A cd lasts: the next command starts where this
    one ended (unless it replaced the shell by exec, or set an EXIT trap of its own); an exported
    variable does not last. The paths of all other tools stay relative to the workspace. There is no
    terminal and no input, so pass flags such as --yes instead of waiting for questions. The answer
    holds what was written to stdout and stderr, its exit code where that is not 0; of more than 30,000
    characters the beginning and the end, and the path of the file that holds all. A background process
    (&) goes on after the call, until the session ends.
    """

    command: ReadOnly[str]
    """The command."""
    timeout: NotRequired[ReadOnly[int]]
    """
    After how many milliseconds a command that still runs moves to the background: the answer is then
    what it has written so far, and its result comes in a later message. At most 600000, ten minutes.
    """
    description: NotRequired[ReadOnly[str]]
    """What the command does, in five to ten words, for the person who watches."""
    keep_running: NotRequired[ReadOnly[bool]]
    """
    Whether what the command leaves running in the background shall outlive the session. Only if the
    user wants that.
    """
