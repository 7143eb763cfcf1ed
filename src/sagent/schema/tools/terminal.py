# Generated from schemas/tools/terminal.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Terminal holds."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict

from typing_extensions import ReadOnly

Key: TypeAlias = str


class TerminalDirective(TypedDict):
    """
    Run a program that insists on a terminal (a REPL, a debugger, an installer that asks, a full-screen
    editor) and work with it: start it, send text and keys, read its screen. It goes on between calls,
    until it is stopped or the session ends. Every answer is the screen as a person would see it, with
    the place of the cursor. For all other commands use Bash.
    """

    action: ReadOnly[Literal["start", "send", "read", "resize", "stop"]]
    """
    start: run command in a new terminal. send: type text, then press keys. read: look at the screen.
    resize: change its size to rows and columns. stop: end the program.
    """
    session: NotRequired[ReadOnly[str]]
    """The name of the terminal; several can be open at a time."""
    command: NotRequired[ReadOnly[str]]
    """For start: the command, as for a shell; without one the shell itself."""
    rows: NotRequired[ReadOnly[int]]
    """For start and resize: how many rows the screen has; 24 for a new one."""
    columns: NotRequired[ReadOnly[int]]
    """For start and resize: how many columns it has; 80 for a new one."""
    text: NotRequired[ReadOnly[str]]
    """For send: what is typed, letter by letter. It presses no Enter: name that in keys."""
    keys: NotRequired[ReadOnly[Sequence[Key]]]
    """
    For send: the keys to press after the text, in order: Enter, Tab, S-Tab, Escape, Space, Backspace,
    Delete, Insert, Up, Down, Left, Right, Home, End, PageUp, PageDown, F1 to F12, C-c for Control and a
    letter, M-x for Alt and a character.
    """
    wait_for: NotRequired[ReadOnly[str]]
    """
    For start, send and read: a regular expression; the answer comes as soon as it matches the screen,
    or for send what came on it since. Without one it comes as soon as the screen has not changed for a
    moment.
    """
    timeout: NotRequired[ReadOnly[int]]
    """How many milliseconds to wait for that at most."""
    history: NotRequired[ReadOnly[int]]
    """How many lines that have left the screen at its top are shown, too."""
