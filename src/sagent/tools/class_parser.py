"""Reading classes of characters, and writing them for Python so that they match no line's end."""

import re
from typing import Final

from sagent.tools.charclass import HORIZONTAL, POSIX, SPACE, category
from sagent.tools.unreadable import Unreadable

_CONTROL: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_BYTES: Final = "\udc80-\udcff"
"""What bytes are that are no UTF-8."""


class Classes:
    """The classes of one pattern."""

    def __init__(self, pattern: str, *, rust: bool, wide: bool, multiline: bool, crlf: bool) -> None:
        self._pattern = pattern
        self._rust = rust
        self._ends = "" if multiline else "\n\r" if crlf else "\n"
        self._line_ends = "\n\r" if crlf else "\n"
        self._bytes = _BYTES if wide else ""

    @property
    def unbroken(self) -> str:
        """What holds where no byte on either side is without text, which Rust wants of what is no edge."""
        return f"(?<![{self._bytes}])(?![{self._bytes}])" if self._bytes and self._rust else ""

    def dot(self, all_of_them: bool) -> str:
        """`.`, which may or may not match the end of a line."""
        return self._negated("", self._ends if all_of_them else self._line_ends)

    def _negated(self, items: str, ends: str | None = None) -> str:
        excluded = (self._ends if ends is None else ends).replace("\n", "\\n").replace(
            "\r", "\\r"
        ) + self._bytes
        return f"[^{items}{excluded}]" if items or excluded else r"[\s\S]"

    def _positive(self, items: str) -> str:
        try:
            found = re.compile(f"[{items}]")
        except re.error as error:
            raise Unreadable(str(error)) from error
        excluded = "".join(end for end in self._ends if found.match(end))
        if self._bytes and found.match("\udc80"):
            excluded += self._bytes
        return f"(?:(?![{excluded}])[{items}])" if excluded else f"[{items}]"

    def escaped(self, at: int) -> tuple[str, int]:
        """`\\d` and its like outside of brackets, and where it ends."""
        items, negated, end = self._named(at)
        return self._negated(items) if negated else self._positive(items), end

    def _named(self, at: int) -> tuple[str, bool, int]:
        """The characters of a class with a name, whether all others are meant, and where it ends."""
        letter = self._pattern[at + 1]
        if letter in "pP":
            named = re.compile(r"\\[pP](?:\{(\^?)([^}]*)\}|([A-Z]))").match(self._pattern, at)
            if named is None:
                raise Unreadable("\\p without a category")
            name = re.sub(r"^(?:gc|general_category)[=:]", "", named[2] or named[3], flags=re.IGNORECASE)
            items = category(name)
            if items is None:
                raise Unreadable(
                    f"\\p{{{name}}} is not known here: only general categories such as \\p{{L}} or \\p{{Lu}}"
                )
            return items, (letter == "P") != bool(named[1]), named.end()
        lower = letter.lower()
        if lower == "h" and self._rust:
            raise Unreadable(f"\\{letter} is not known")
        if lower == "v":
            if letter == "V" and self._rust:
                raise Unreadable("\\V is not known")
            return ("\\x0b" if self._rust else "\\n\\x0b\\x0c\\r\\x85\\u2028\\u2029"), letter == "V", at + 2
        items = {"s": SPACE, "h": HORIZONTAL}.get(lower, f"\\{lower}")
        return items, letter != lower, at + 2

    def character(self, at: int) -> tuple[str, int]:
        """The character that an escape stands for, and where it ends."""
        letter = self._pattern[at + 1]
        if letter in _CONTROL:
            return _CONTROL[letter], at + 2
        if letter == "e" and not self._rust:
            return "\x1b", at + 2
        if letter == "0" and not self._rust:
            octal = re.compile(r"\\0[0-7]{0,2}").match(self._pattern, at)
            assert octal is not None
            return chr(int(octal[0][1:], 8)), octal.end()
        digits = {"x": r"[0-9A-Fa-f]{2}", "u": r"[0-9A-Fa-f]{4}", "U": r"[0-9A-Fa-f]{8}"}.get(letter)
        if digits and (self._rust or letter == "x"):
            code = re.compile(rf"\\.(?:({digits})|\{{([0-9A-Fa-f]+)\}})").match(self._pattern, at)
            value = int(code[1] or code[2], 16) if code else 0x110000
            if code is None or value > 0x10FFFF or 0xD800 <= value < 0xE000:
                raise Unreadable(f"\\{letter} is not followed by a character's number")
            return chr(value), code.end()
        if (letter.isascii() and letter.isalnum()) or (
            self._rust and (letter in "<>" or not letter.isascii())
        ):
            raise Unreadable(f"\\{letter} is not known")
        return letter, at + 2

    def bracketed(self, at: int, spaced: bool) -> tuple[str, int]:
        """A class in brackets, and where it ends."""
        source, _, end = self._bracket(at, spaced, 0)
        return source, end

    def _bracket(self, at: int, spaced: bool, depth: int) -> tuple[str, str | None, int]:
        """Source, its items where it is plain, and the end."""
        if depth > 20:
            raise Unreadable("it is nested too deeply")
        negated = self._pattern.startswith("^", at + 1)
        return self._rest(at + 1 + negated, spaced, depth, negated)

    def _rest(self, at: int, spaced: bool, depth: int, negated: bool = False) -> tuple[str, str | None, int]:
        """A class from behind its bracket on."""
        begun = first = at
        items = ""
        others: list[str] = []
        while True:
            char = self._pattern[at : at + 1]
            pair = self._pattern[at : at + 2]
            if not char:
                raise Unreadable(f"the class that begins {self._pattern[begun : begun + 8]} is never closed")
            if char == "]" and at > first:
                at += 1
                break
            if spaced and self._rust and char.isspace():
                at += 1
            elif (
                self._rust
                and at > first
                and pair in {"&&", "--", "~~"}
                and self._pattern[at + 2 : at + 3] != "]"
            ):
                source, at = self._operation(pair, self._united(items, others), at + 2, spaced, depth)
                items, others = "", [source]
                if not self._pattern.startswith("]", at - 1):
                    raise Unreadable("a class is never closed")
                break
            elif posix := re.compile(r"\[:(\^?)(\w+):\]").match(self._pattern, at):
                if posix[2] not in POSIX:
                    raise Unreadable(f"[:{posix[2]}:] is not known")
                if posix[1]:
                    others.append(self._negated(POSIX[posix[2]]))
                else:
                    items += POSIX[posix[2]]
                at = posix.end()
            elif char == "[" and self._rust:
                source, plain, at = self._bracket(at, spaced, depth + 1)
                if plain is None:
                    others.append(source)
                else:
                    items += plain
            elif char == "\\" and self._pattern[at + 1 : at + 2] in set("dDwWsSpPhHvV") - {""}:
                named, inverse, at = self._named(at)
                if inverse:
                    others.append(self._negated(named))
                else:
                    items += named
                if self._pattern.startswith("-", at) and not self._pattern.startswith(
                    ("-]", "--") if self._rust else "-]", at
                ):
                    raise Unreadable("a range that begins with a class")
            else:
                piece, at = self._range(at)
                items += piece
        if others:
            united = self._united(items, others)
            return (f"(?:(?!{united}){self._negated('')})" if negated else united), None, at
        if negated:
            return self._negated(items), None, at
        return (self._positive(items) if items else "(?!)"), items, at

    def _united(self, items: str, others: list[str]) -> str:
        parts = ([self._positive(items)] if items else []) + others
        return f"(?:{'|'.join(parts)})" if parts else "(?!)"

    def _operation(self, sign: str, left: str, at: int, spaced: bool, depth: int) -> tuple[str, int]:
        """What `&&`, `--` or `~~` makes of what stands before and the rest of the class."""
        source, _, end = self._rest(at, spaced, depth + 1)
        right = source
        made = {
            "&&": f"(?:(?={left}){right})",
            "--": f"(?:(?!{right}){left})",
            "~~": f"(?:(?!{right}){left}|(?!{left}){right})",
        }[sign]
        return made, end

    def _range(self, at: int) -> tuple[str, int]:
        """A character, or a range of them."""
        low, at = self._single(at)
        if self._pattern.startswith("-", at) and self._pattern[at + 1 : at + 2] not in {"]", ""}:
            if self._rust and self._pattern.startswith("--", at):
                return _spelled(low), at
            if self._pattern[at + 1] == "[" and self._rust:
                return _spelled(low), at
            if re.compile(r"\\[dDwWsSpPhHvV]").match(self._pattern, at + 1):
                if self._rust:
                    raise Unreadable("a range that ends in a class")
                return _spelled(low) + "\\-", at + 1
            high, at = self._single(at + 1)
            if low > high:
                raise Unreadable(f"the range {low}-{high} runs backwards")
            return f"{_spelled(low)}-{_spelled(high)}", at
        return _spelled(low), at

    def _single(self, at: int) -> tuple[str, int]:
        if self._pattern[at] != "\\":
            return self._pattern[at], at + 1
        if self._pattern[at + 1 : at + 2] == "b" and not self._rust:
            return "\b", at + 2
        if at + 1 >= len(self._pattern):
            raise Unreadable("it ends in a backslash")
        return self.character(at)


def _spelled(char: str) -> str:
    return char if char.isalnum() else f"\\U{ord(char):08x}"
