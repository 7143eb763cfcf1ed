"""Where a headless run is shown: the answer on stdout, what happens meanwhile on stderr."""

from typing import TextIO

from sagent.cli.paint import Paint, printable
from sagent.cli.render import activity
from sagent.messages.words import calls_of, visible_text
from sagent.schema.event import Halted, TextDelta
from sagent.schema.message import Message, ModelResponse


class Screen:
    """Two streams that may be the same terminal."""

    def __init__(self, out: TextIO, notes: TextIO, paint: Paint, *, streams: bool) -> None:
        self._out = out
        self._notes = notes
        self._paint = paint
        self._streams = streams
        self._open = False

    def show(self, message: Message) -> None:
        """Show one thing that happens; what ends the run is told at its end."""
        if isinstance(message, TextDelta):
            if self._streams:
                self._stream(printable(message.content))
            return
        if isinstance(message, ModelResponse):
            self._said(message)
        line = "" if isinstance(message, Halted) else activity(message, self._paint)
        if line:
            self.note(line)

    def note(self, line: str) -> None:
        """Write a line about what happens."""
        self._end_line()
        try:
            self._notes.write(f"{line}\n")
            self._notes.flush()
        except OSError:
            if self._notes is self._out:
                raise  # else notes that nobody can read are not worth the answer

    def aside(self, line: str) -> None:
        """Write a line that nobody has to read."""
        self.note(self._paint.dim(line))

    def answer(self, text: str) -> None:
        """Write the answer, unless it has been seen as it came."""
        self._end_line()
        if not self._streams:
            self._out.write(f"{text}\n")
            self._out.flush()

    def _stream(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._out.flush()
            self._open = not text.endswith("\n")

    def _said(self, response: ModelResponse) -> None:
        """What was said on the way is no part of the answer: where that is not streamed, it is a note."""
        text = printable(visible_text(response.content)).strip()
        if self._streams:
            self._end_line()
        elif text and calls_of(response):
            self.note(text)

    def _end_line(self) -> None:
        if self._open:
            self._out.write("\n")
            self._out.flush()
            self._open = False
