"""Secrets, taken out of what leaves the machine: a net of good mesh, and no promise."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sagent.cli.logs import MARK
from sagent.lib.json import JsonValue

SHAPES: Final = re.compile(
    r"""
      \b (?:sk|pk|rk|gsk|xai|hf|ghp|gho|ghu|ghs|ghr|nvapi|glpat|pplx|shpat|npm|r8)[-_][A-Za-z0-9_-]{8,}
    | \b AIza[A-Za-z0-9_-]{10,} | \b ya29\.[A-Za-z0-9_-]{20,}   # Google
    | \b github_pat_[A-Za-z0-9_]{30,}
    | \b xox[abeoprs]-[A-Za-z0-9-]{10,}                          # Slack
    | \b (?:AKIA|ASIA)[A-Z0-9]{16} \b                     # AWS
    | \b pypi-[A-Za-z0-9_-]{40,} | \b dop_v1_[a-f0-9]{20,}
    | \b eyJ[A-Za-z0-9_-]{10,1024}+\.[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{10,}   # a token of RFC 7519
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
"""What is a secret by its shape alone."""

NAMED: Final = re.compile(
    r"""(?ix)
    (?P<name> (?: api[_-]?key | secret | token | passw(?:or)?d | passwd | credential | private[_-]?key )
        [\w.-]{0,64} ["']? \s* [=:] \s* ["']? (?: bearer \s+ )? | \b bearer \s+ )
    (?P<value> [A-Za-z0-9+/_.~!$%^&*-]{8,} )
    """
)
"""What is a secret by what it is called: the value of a variable, a header."""

LOGIN: Final = re.compile(r"""(?P<name>://[^/\s:@"'`]*+:)(?P<value>[^/\s@"'`]++)(?=@)""")
"""What is a secret by its place: who logs in at an address says it behind a name."""

PLAIN: Final = re.compile(
    r"[A-Za-z]+|[0-9.,]+|[a-z]+(?:[._-][a-z]+)+|(?:os|self|env|process)\..*|\$\{?\w+\}?"
)
"""Values that are names, numbers or code, and no secrets."""

VARIABLE: Final = re.compile(r"(?i)(?:key|token|secret|password|passwd|credential)s?(?:_|$)")
"""The names of environment variables whose values are secrets."""


@dataclass(slots=True)
class Redaction:
    """Takes secrets out of texts, and counts them."""

    known: Sequence[str] = ()
    """Secrets of the reader's own, whatever their shape; the longest first."""
    count: int = 0
    """How many were taken out."""

    def text(self, text: str) -> str:
        """The text without what looks like a secret."""
        for secret in self.known:
            if secret in text:
                self.count += text.count(secret)
                text = text.replace(secret, MARK)
        return NAMED.sub(self._named, LOGIN.sub(self._placed, SHAPES.sub(self._shaped, text)))

    def document(self, value: JsonValue) -> JsonValue:
        """A JSON value, in whose strings none is left."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self._member(key, each) for key, each in value.items()}
        if isinstance(value, Sequence):
            return [self.document(each) for each in value]
        return value

    def _member(self, key: str, value: JsonValue) -> JsonValue:
        # Here the name and the value are two strings, and neither tells alone.
        if isinstance(value, str) and len(value) >= 8 and VARIABLE.search(key) and not PLAIN.fullmatch(value):
            self.count += 1
            return MARK
        return self.document(value)

    def _shaped(self, _: "re.Match[str]") -> str:
        self.count += 1
        return MARK

    def _placed(self, found: "re.Match[str]") -> str:
        if found["value"] == MARK or found["value"][0] in "$<{*":
            return found[0]
        self.count += 1
        return f"{found['name']}{MARK}"

    def _named(self, found: "re.Match[str]") -> str:
        if found["value"].startswith(MARK[:-1]) or PLAIN.fullmatch(found["value"]):
            return found[0]
        self.count += 1
        return f"{found['name']}{MARK}"


def own_secrets(environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """The values of the environment's variables that are called secrets, the longest first."""
    return longest_first(
        value for name, value in environ.items() if VARIABLE.search(name) and len(value) >= 12
    )


def longest_first(values: Iterable[str]) -> Sequence[str]:
    """In the order in which they are taken out: one may be a part of another."""
    return sorted(set(values), key=len, reverse=True)
