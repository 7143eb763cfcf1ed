"""Telling text from bytes, and in which encoding it is."""

import codecs
import re
from typing import Final

from sagent.lib.value import frozen

SAMPLE: Final = 64 * 1024
"""How many bytes are looked at."""


@frozen(kw_only=True)
class Charset:
    """How a file's bytes become text: a codec, and the mark that stands before."""

    codec: str
    mark: bytes = b""
    """The byte order mark; no part of the text."""


UTF_8: Final = Charset(codec="utf-8")


def charset_of(sample: bytes, *, whole: bool) -> Charset | None:
    """The encoding of a file that begins like this; None if it is no text, or none that can be told.

    A byte order mark is believed; NULs in every other place are UTF-16; whatever is valid UTF-8 is that; the
    rest is judged by its likeness to languages.
    """
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return Charset(codec=codec, mark=mark)
    if b"\0" in sample:
        return _wide(sample)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        return _guessed(sample)
    return UTF_8


def _wide(sample: bytes) -> Charset | None:
    """UTF-16 without a mark: mostly Latin characters, so that every other byte is zero, and no controls."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    pairs = len(sample) // 2
    if pairs < 4 or min(even, odd) or max(even, odd) * 2 < pairs:
        return None
    codec = "utf-16-be" if even else "utf-16-le"
    try:
        text = sample[: pairs * 2].decode(codec)
    except UnicodeDecodeError as error:
        if error.end < pairs * 2:
            return None
        text = sample[: error.start].decode(codec)
    return (
        None
        if any(character < " " and character not in "\t\n\f\r" for character in text)
        else Charset(codec=codec)
    )


def _guessed(sample: bytes) -> Charset | None:
    from charset_normalizer import from_bytes

    if sum(byte < 32 and byte not in _PLAIN for byte in sample) * 20 > len(sample):
        return None
    matches = from_bytes(sample, cp_isolation=list(_CANDIDATES))
    best = matches.best()
    if best is None:
        return None
    # Where the words speak for several with Latin letters, it is that of the West: the others are rare.
    western = best.encoding in _LATIN and (
        "cp1252" in best.could_be_from_charset
        or any(match.encoding == "cp1252" and match.coherence >= best.coherence for match in matches)
    )
    lonely = best.encoding in _DOUBLE and _lonely(sample)
    return Charset(codec="cp1252" if western or lonely else best.encoding)


def _lonely(sample: bytes) -> bool:
    """Whether most bytes beyond ASCII stand alone, as accented letters do; no first byte of kana is one."""
    alone = len(re.findall(rb"(?<![\x80-\xff])[\xa0-\xff](?![\x80-\xff])", sample))
    return alone * 4 >= sum(byte >= 0x80 for byte in sample) * 3


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LATIN: Final = frozenset(("cp1250", "cp1254", "cp1257"))

_DOUBLE: Final = frozenset(("cp932", "gb18030", "big5", "euc_jp", "euc_kr", "cp949"))
"""Those in which most characters take two bytes, the first of which is beyond ASCII."""

_PLAIN: Final = frozenset(b"\t\n\f\r\x1b")

_CANDIDATES: Final = (
    *("cp1252", "latin_1", "cp932", "gb18030", "big5", "euc_jp", "euc_kr", "cp949"),
    *("cp1251", "koi8_r", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
)
"""Encodings that source files are found in; none of them has states, so files can be changed in pieces."""
