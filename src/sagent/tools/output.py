"""What a task has told so far, a stretch at a time."""

import codecs
from pathlib import Path
from typing import Final

from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.messages.words import plain
from sagent.tasks import Output, Task, standing
from sagent.tools.lines import clipped, plain_text
from sagent.tools.threads import in_thread

STRETCH: Final = 30_000
"""How much is told at once, at most: bytes of a file, or characters of news."""

WORDS: Final = 300
"""How many bytes are kept free for the words above it."""

WIDTH: Final = 2_000
"""How much of a line is told."""


@frozen(kw_only=True)
class _Stretch:
    """Some of an output, and where it stands in it."""

    text: str
    begin: int
    end: int
    size: int
    unit: str

    def told(self) -> str:
        """Where it stands, in words."""
        whole = f"of {self.size} {self.unit}"
        if self.begin == self.end:
            return f"nothing behind {self.begin} {whole}"
        more = f", read on with offset {self.end}" if self.end < self.size else ""
        return f"{self.begin} to {self.end} {whole}{more}"


async def told_of(task: Task, output: Output, offset: int, room: int) -> str:
    """What is known of a task from this place on, as a rule in no more bytes than there is room for.

    Raises:
        ToolError: there is nothing to tell: it has not begun, or its result comes by itself.
    """
    name = f"{task.tool} call {task.call_id}"
    most = min(STRETCH, room - WORDS)
    match task.state:
        case "planned" | "asking":
            raise ToolError(f"{name} has not begun: it {standing(task)}")
        case "ended" if task.result is not None and task.told:
            content = "\n".join(map(plain, task.result.content))
            return _told(f"{name}, {standing(task)}; its result", _of_text(content, 0, offset, most), offset)
        case "ended":
            raise ToolError(f"{name} has {standing(task)}")
        case "running":
            stretch = await _so_far(output, offset, most)
            return _told(f"{name}, {standing(task)}; its output so far", stretch, offset)


async def _so_far(output: Output, offset: int, most: int) -> _Stretch:
    if output.file:
        return await in_thread(_of_file, Path(output.file), offset, most)
    return _of_text(output.text, output.skipped, offset, most)


def _told(head: str, stretch: _Stretch, offset: int) -> str:
    text = "\n".join(clipped(line, WIDTH) for line in plain_text(stretch.text).removesuffix("\n").split("\n"))
    lost = ""
    if stretch.begin > offset:
        lost = f"; {stretch.unit} {offset} to {stretch.begin} are no longer kept"
    return "\n".join(part for part in (f"[{head}: {stretch.told()}{lost}]", text) if part)


def _of_text(text: str, skipped: int, offset: int, most: int) -> _Stretch:
    size = skipped + len(text)
    begin = min(max(offset, skipped), size)
    end = min(begin + most, size)
    return _Stretch(
        text=text[begin - skipped : end - skipped], begin=begin, end=end, size=size, unit="characters"
    )


def _of_file(path: Path, offset: int, most: int) -> _Stretch:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            begin = min(offset, size)
            file.seek(begin)
            data = file.read(most)
    except OSError as error:
        raise ToolError(f"the output cannot be read: {error}") from error
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data)
    rest, _ = decoder.getstate()  # the beginning of a character that is cut
    return _Stretch(text=text, begin=begin, end=begin + len(data) - len(rest), size=size, unit="bytes")
