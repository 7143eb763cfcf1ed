"""Where a text occurs in another: as it is, or else in the first simpler form in which it does."""

from collections.abc import Iterator, Sequence

from sagent.lib.value import frozen
from sagent.tools.view import Rung, View


@frozen(kw_only=True)
class Match:
    """A stretch of a view that a wanted text fits."""

    view: View
    start: int
    end: int
    shift: str = ""
    """The indentation that all lines of the file have and those of the wanted text lack."""
    unshift: str = ""
    """The indentation that they have and those of the file lack."""
    ignoring: str = ""
    """What was left out of account; empty where the text occurs as it was given, line endings aside."""


class Ladder:
    """A text in which others are looked for: rung by rung, and no higher than the first that has an answer.

    Likeness is no rung: what merely resembles the wanted text is shown, never changed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._views: dict[Rung, View] = {}

    def view(self, rung: Rung) -> View:
        """The text as it is seen from a rung."""
        if rung is Rung.SIGNS and self.text.isascii():
            rung = Rung.BLANKS
        if rung not in self._views:
            self._views[rung] = View(self.text, rung)
        return self._views[rung]

    def matches(self, wanted: str, *, everywhere: bool = False) -> Sequence[Match]:
        """All places, of which those that are looked for everywhere do not overlap."""
        found = self._as_given(wanted, everywhere)
        if found or not wanted.strip():
            return found
        for rung in (Rung.BLANKS, Rung.SIGNS):
            if found := self._folded(wanted, rung):
                return found
        return tuple(self._shifted(wanted))

    def _as_given(self, wanted: str, everywhere: bool) -> Sequence[Match]:
        view = self.view(Rung.LINE_ENDINGS)
        plain = wanted.replace("\r\n", "\n")
        step = len(plain) if everywhere else 1
        found = [
            Match(view=view, start=place, end=place + len(plain)) for place in _places(view.text, plain, step)
        ]
        if len(found) > 1 and not everywhere:
            same = [
                match
                for match in found
                if view.original[view.start(match.start) : view.end(match.end)] == wanted
            ]
            return same if len(same) == 1 else found
        return found

    def _folded(self, wanted: str, rung: Rung) -> Sequence[Match]:
        view = self.view(rung)
        within, whole = (View(wanted, rung, whole=whole).text for whole in (False, True))
        found = [
            Match(view=view, start=place, end=place + len(plain), ignoring=rung.value)
            for plain in dict.fromkeys((within, whole))
            if plain.strip()
            for place in _places(view.text, plain, 1)
            # What was given with white space behind it ends its line.
            if plain == within or view.text[place + len(plain) : place + len(plain) + 1] in {"", "\n"}
        ]
        return [
            match
            for match in found
            if view.start(match.start) is not None and view.end(match.end) is not None
        ]

    def _shifted(self, wanted: str) -> Iterator[Match]:
        """Whole lines that are all indented by the same more, or less, than those that are wanted."""
        view = self.view(Rung.SIGNS)
        want = View(wanted, Rung.SIGNS).text.split("\n")
        tail = want[-1] == "" and len(want) > 1
        if tail:
            want.pop()
        first = next(index for index, line in enumerate(want) if line.strip())
        have = view.text.split("\n")
        key = want[first].lstrip()
        start = 0
        for index in range(len(have) - len(want) + 1):
            if have[index + first].lstrip() == key:
                lines = have[index : index + len(want)]
                shift = shift_of(lines, want)
                end = start + sum(map(len, lines)) + len(lines) - 1
                if shift is not None and end + tail <= len(view.text):
                    yield Match(
                        view=view,
                        start=start,
                        end=end + tail,
                        shift=shift[0],
                        unshift=shift[1],
                        ignoring="indentation",
                    )
            start += len(have[index]) + 1


def _places(text: str, wanted: str, step: int) -> Iterator[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + step)


def shift_of(have: Sequence[str], want: Sequence[str]) -> tuple[str, str] | None:
    """What is before all of the lines that there are, or before all of those that are wanted.

    None where the lines differ in something else. Empty lines have no indentation.
    """
    first = next((index for index, line in enumerate(want) if line), None)
    if first is None:
        return None
    more = len(have[first]) - len(want[first])
    shift, unshift = have[first][: max(more, 0)], want[first][: max(-more, 0)]
    if (shift + unshift).strip():
        return None
    for there, here in zip(have, want, strict=True):
        if (there or here) and unshift + there != shift + here:
            return None
    return shift, unshift
