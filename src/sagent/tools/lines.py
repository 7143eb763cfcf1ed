"""Text for a model to read: numbered, clipped, and with the bytes that steer terminals taken out."""

import re

_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor (ECMA-48, 5.4)
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC: titles, links (ECMA-48, 5.6)
    r"|\x1b[ -/]*[0-~]"  # all shorter ones
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one character
)
_OVERSTRIKE = re.compile(r"[^\n]\x08")
_STEERING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\udc80-\udcff]")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\x1b": "\\e"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SIGNS = {
    **{code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A}},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0x2426),
}
"""The Unicode block Control Pictures."""


def plain_text(output: str) -> str:
    """What a terminal would show in the end: no escape sequences, no control characters but tab and newline.

    A line that was overwritten after a carriage return, as progress bars do, is what it was at last.
    """
    if not _CONTROLS.search(output):
        return output
    text = _OVERSTRIKE.sub("", _SEQUENCES.sub("", output))
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROLS.sub("", "\n".join(lines))


def printable(text: str) -> str:
    """The text on one line, with characters that steer terminals, and bytes that are no text, as escapes."""
    if text.isprintable():
        return text
    return _STEERING.sub(lambda found: _ESCAPES.get(found[0]) or f"\\x{ord(found[0]) & 0xFF:02x}", text)


def visible(line: str) -> str:
    """The line with signs for control characters, so that it can be shown to anybody: ␛ for Escape."""
    return line.translate(_SIGNS) if _CONTROLS.search(line) else line


def clipped(line: str, width: int) -> str:
    """The line, or its beginning and how much of it is missing."""
    if len(line) <= width:
        return line
    return f"{line[:width]}… [{len(line) - width} more characters]"


def numbered(number: int, line: str) -> str:
    """A line with its number, as `cat -n` writes it."""
    return f"{number:6}\t{line}"


def counted(count: int, noun: str) -> str:
    """A number and its noun: `1 line`, `2 lines`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
