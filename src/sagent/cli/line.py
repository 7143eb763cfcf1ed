"""The prompt line of a conversation: its keys, its looks, and the files that it completes."""

from collections.abc import Callable, Iterable
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth
from typing_extensions import override

STYLE: Final = Style.from_dict({"bottom-toolbar": "noreverse dim", "prompt": "bold", "begun": "nobold"})


ESCAPE: Final = 0.2
"""How many seconds Escape is alone before it is no part of Alt with a letter, or of an arrow."""


def prompt_line(
    interrupt: Callable[[KeyPressEvent], None],
    stop: Callable[[], None],
    begun: Callable[[], str],
    toolbar: Callable[[], str],
) -> PromptSession[str]:
    """A line to type on; `interrupt` is what Ctrl-C does, `stop` what Escape does.

    `toolbar` stands below, and `begun` above: a line that somebody else still writes; nothing of it stays.
    """
    keys = KeyBindings()
    keys.add("c-c")(interrupt)
    keys.add("<sigint>")(interrupt)
    keys.add("escape")(lambda _: stop())

    def message() -> StyleAndTextTuples:
        if line.app.is_done or not (text := begun()):
            return [("class:prompt", "> ")]
        size = line.app.output.get_size()
        rows = rows_of(text, size.columns)[-max(1, size.rows // 2) :]
        return [("class:begun", "".join(f"{row}\n" for row in rows)), ("class:prompt", "> ")]

    line: PromptSession[str] = PromptSession(
        message=message,
        key_bindings=keys,
        bottom_toolbar=toolbar,
        style=STYLE,
        completer=Mentions(),
        complete_while_typing=False,
        complete_in_thread=True,
    )
    line.app.ttimeoutlen = line.app.timeoutlen = ESCAPE
    return line


def rows_of(text: str, columns: int) -> list[str]:
    """A line as a terminal of so many columns would break it."""
    rows, used = [""], 0
    for letter in text.expandtabs():
        width = get_cwidth(letter)
        if used + width > columns:
            rows.append("")
            used = 0
        rows[-1] += letter
        used += width
    return rows


class Mentions(Completer):
    """Completes the path behind an `@`, at the press of the tabulator."""

    def __init__(self) -> None:
        self._paths = PathCompleter(expanduser=True)

    @override
    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        word = document.get_word_before_cursor(WORD=True)
        if not word.startswith("@"):
            return ()
        path = Document(word[1:], len(word) - 1)
        return self._paths.get_completions(path, complete_event)
