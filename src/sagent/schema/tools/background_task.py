# Generated from schemas/tools/background_task.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool BackgroundTask holds."""

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

from typing_extensions import ReadOnly


class BackgroundTaskDirective(TypedDict):
    """
    Run any other tool in the background, now or later, and look after what runs there: your own tasks
    and calls that were moved there. The result of each comes to you by itself as a later message,
    exactly once, however it ended; never guess it. start (tool, directive, delay, promises) returns at
    once, with the task's id. list shows all. read (id, offset) shows the output of a task so far. wait
    (id, timeout) returns when that task, or without an id any task, has ended, when the timeout is
    over, or when somebody speaks to you. cancel (id) ends a task, or keeps it from beginning.
    foreground (id) makes you wait for its result before you go on.
    """

    action: ReadOnly[Literal["start", "list", "read", "wait", "cancel", "foreground"]]
    """What to do."""
    tool: NotRequired[ReadOnly[str]]
    """The tool to start, by its name; any but this one."""
    directive: NotRequired[ReadOnly[Mapping[str, object]]]
    """What that tool is called with, as its own schema wants it; an empty object if absent."""
    delay: NotRequired[ReadOnly[float]]
    """In how many seconds to start it; what is planned begins also if the program was restarted meanwhile."""
    promises: NotRequired[ReadOnly[bool]]
    """
    Whether your answer waits for the result, for up to ten minutes. false for what is not meant to end,
    such as a server: it ends with the program. What is planned for more than ten minutes from now never
    holds up an answer.
    """
    id: NotRequired[ReadOnly[str]]
    """The task, by its id: for read, cancel, foreground, and, if it matters which, wait."""
    offset: NotRequired[ReadOnly[int]]
    """For read: where to begin, as the last read told."""
    timeout: NotRequired[ReadOnly[float]]
    """For wait: the most seconds to wait."""
