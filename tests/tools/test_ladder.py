"""Where a text occurs in another, and that nothing else is touched."""

import codecs
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given
from hypothesis import strategies as st

from sagent.errors import ToolError
from sagent.tools.charset import Charset, charset_of
from sagent.tools.replacement import located
from sagent.tools.spans import spliced
from sagent.tools.text_file import load
from sagent.tools.view import Rung, View

MARKS = {
    "utf-8": (b"", codecs.BOM_UTF8),
    "utf-16-le": (codecs.BOM_UTF16_LE,),
    "utf-16-be": (codecs.BOM_UTF16_BE,),
    "utf-32-le": (codecs.BOM_UTF32_LE,),
}
CHARSETS = st.sampled_from(
    [Charset(codec=codec, mark=mark) for codec, marks in MARKS.items() for mark in marks]
)
WORDS = st.text(
    st.one_of(
        st.characters(exclude_characters="\r\n\0\ufeff", exclude_categories=["Cs"]),
        st.sampled_from(" \t\u00a0\u201c\u2019\u2014\u2026e\u0301x"),
    ),
    max_size=8,
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from(["\n", "\r\n"])), min_size=1, max_size=10).map(
    lambda lines: "".join(line + ending for line, ending in lines)
)


def places(words: str, text: str) -> int:
    """Where some words stand in a text; places may overlap."""
    return sum(text.startswith(words, place) for place in range(len(text)))


@given(text=TEXTS, charset=CHARSETS, data=st.data())
def test_in_any_encoding_and_any_mix_of_line_ends_an_edit_changes_its_range_and_no_other_byte(
    text: str, charset: Charset, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume("\r\n" not in (text[start - 1 : start + 1], text[end - 1 : end + 1]))
    old, new = text[start:end], data.draw(WORDS)
    assume(old != new and places(old, text) == 1)
    before = charset.mark + text.encode(charset.codec)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(before)
        file = load(path, "a")
        try:
            found = located(file.text, [{"old_string": old, "new_string": new}], "a")
        except ToolError:
            # Where line ends are left out of account it may occur more than once.
            assert places(old.replace("\r\n", "\n"), text.replace("\r\n", "\n")) > 1
            return
        file.replace(file.encoded(spliced(file.text, found.spans)))
        after = path.read_bytes()

    assert after == charset.mark + text.replace(old, new).encode(charset.codec)
    head = len(charset.mark) + len(text[:start].encode(charset.codec))
    assert after[:head] == before[:head]
    assert after.endswith(text[end:].encode(charset.codec))


@given(text=TEXTS, data=st.data())
def test_an_edit_found_by_a_simpler_form_leaves_every_line_that_it_keeps_as_it_is(
    text: str, data: st.DataObject
) -> None:
    old = View(text, Rung.SIGNS).text
    assume(old.strip() and old not in text.replace("\r\n", "\n"))  # else no simpler form is needed
    lines = old.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    new = "\n".join((*lines[:place], "a line that is new", *lines[place:]))

    try:
        found = located(text, [{"old_string": old, "new_string": new}], "a")
    except ToolError:
        # More than one place is alike in the simpler form.
        return
    after = spliced(text, found.spans)

    kept = text.split("\n")
    assert [line.removesuffix("\r") for line in after.split("\n")] == [
        line.removesuffix("\r") for line in (*kept[:place], "a line that is new", *kept[place:])
    ]


@given(text=TEXTS, rung=st.sampled_from(list(Rung)))
def test_every_place_of_a_view_that_has_an_origin_leads_back_to_its_character(text: str, rung: Rung) -> None:
    view = View(text, rung)

    for index in range(len(view.text) + 1):
        start, end = view.start(index), view.end(index)
        if start is not None and end is not None:
            assert 0 <= end <= start <= len(text)
            assert View(text[start:], rung).text == view.text[index:]


def test_utf_16_without_a_mark_is_told_from_bytes_that_are_no_text() -> None:
    assert charset_of("some words\n".encode("utf-16-le"), whole=True) == Charset(codec="utf-16-le")
    assert charset_of("some words\n".encode("utf-16-be"), whole=True) == Charset(codec="utf-16-be")
    assert charset_of(b"a\0b\0\1\0c\0d\0", whole=True) is None
    assert charset_of(b"\x7fELF\0\0\0\0", whole=True) is None
