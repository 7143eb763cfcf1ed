"""The prompt line of a conversation: its keys, its looks, and the files that it completes."""

from collections.abc import Callable, Iterable
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style
from typing_extensions import override

STYLE: Final = Style.from_dict({"bottom-toolbar": "noreverse dim", "prompt": "bold"})


def prompt_line(interrupt: Callable[[KeyPressEvent], None], toolbar: Callable[[], str]) -> PromptSession[str]:
    """A line to type on; `interrupt` is what Ctrl-C does, `toolbar` what stands below."""
    keys = KeyBindings()
    keys.add("c-c")(interrupt)
    keys.add("<sigint>")(interrupt)
    return PromptSession(
        message=[("class:prompt", "> ")],
        key_bindings=keys,
        bottom_toolbar=toolbar,
        style=STYLE,
        completer=Mentions(),
        complete_while_typing=False,
        complete_in_thread=True,
    )


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
