"""Classes of characters by name, as regular expressions spell them."""

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\x0b\\x0c\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
"""The classes of `[[:name:]]`; all are ASCII, as in Rust's regular expressions."""

SPACE: Final = "\\t\\n\\x0b\\x0c\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
"""What `\\s` is: Unicode's White_Space."""

HORIZONTAL: Final = "\\t \\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000"
"""What PCRE2's `\\h` is."""

_NAMES: Final[Mapping[str, str]] = {
    name: kind
    for name, _, kind in (
        pair.partition("=")
        for pair in """
    letter=L casedletter=LC uppercaseletter=Lu lowercaseletter=Ll titlecaseletter=Lt modifierletter=Lm
    otherletter=Lo mark=M nonspacingmark=Mn spacingmark=Mc enclosingmark=Me number=N decimalnumber=Nd digit=Nd
    letternumber=Nl othernumber=No punctuation=P punct=P connectorpunctuation=Pc dashpunctuation=Pd
    openpunctuation=Ps closepunctuation=Pe initialpunctuation=Pi finalpunctuation=Pf otherpunctuation=Po
    symbol=S mathsymbol=Sm currencysymbol=Sc modifiersymbol=Sk othersymbol=So separator=Z spaceseparator=Zs
    lineseparator=Zl paragraphseparator=Zp control=Cc format=Cf
    """.split()  # noqa: SIM905
    )
}
"""The long names of general categories (UAX 44, table 12), without what may stand between words."""

_GROUPS: Final = {"LC": ("Lu", "Ll", "Lt")}

_KINDS: Final = frozenset(kind for kind in _NAMES.values() if len(kind) == 2 and kind not in _GROUPS)


def category(name: str) -> str | None:
    """The characters of a general category, such as L or Uppercase_Letter, for brackets; None if unknown."""
    plain = "".join(name.lower().split()).replace("_", "").replace("-", "")
    if plain in {"any", "ascii"}:
        return "\\x00-\\U0010ffff" if plain == "any" else POSIX["ascii"]
    short = _NAMES.get(plain, plain.capitalize())
    wanted = _GROUPS.get(short.upper(), tuple(kind for kind in sorted(_KINDS) if kind.startswith(short)))
    return _spelled(wanted) if wanted and short else None


@lru_cache(maxsize=32)
def _spelled(kinds: Sequence[str]) -> str:
    return "".join(_range(low, high) for kind, low, high in _runs() if kind in kinds)


def _range(low: int, high: int) -> str:
    return f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}"


@lru_cache(maxsize=1)
def _runs() -> Sequence[tuple[str, int, int]]:
    """Unicode, as far as Python knows it, cut where the category changes."""

    kinds = [unicodedata.category(chr(code)) for code in range(sys.maxunicode + 1)]
    cuts = [0, *(code for code in range(1, len(kinds)) if kinds[code] != kinds[code - 1]), len(kinds)]
    return tuple((kinds[low], low, high - 1) for low, high in pairwise(cuts))
