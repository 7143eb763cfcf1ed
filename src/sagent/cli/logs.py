"""What is logged, on stderr, without any key."""

import logging
import os
import re
from collections.abc import Iterable, Mapping
from typing import Final

from typing_extensions import override

from sagent.cli.standard import whisper

MARK: Final = "[redacted]"
"""What stands where a secret stood."""

SHORTEST: Final = 6
"""How many characters a secret has at least: to strike out a shorter one would only make words unreadable."""

TELLING: Final = re.compile(
    r"(?i)((?:(?:proxy-)?authorization|cookie|(?:x-)?(?:goog-)?api[-_]?key|access_token|[?&]key)"
    r"['\"]?\s*[:=]\s*['\"]?|\bbearer\s+)(?:(?:bearer|basic)\s+)?[^\s'\",&}]+"
)
"""A header or a parameter that holds a key, by its name."""

UNLISTED: Final = ("ANTHROPIC_AUTH_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Variables of secrets that are not the key of a provider."""


TALKATIVE: Final = ("azure", "botocore", "google")
"""Packages that warn on stderr of what the error says anyway, where nobody listens to them."""


class Discreet(logging.Formatter):
    """Writes records, tracebacks and all, without the secrets that are known and what looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(message)s")
        from sagent.cli.redaction import Redaction, longest_first

        self._net = Redaction(longest_first(word for word in secrets if len(word) >= SHORTEST))

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self.redacted(super().format(record))

    def redacted(self, text: str) -> str:
        """The text with each secret struck out."""
        return self._net.text(TELLING.sub(rf"\1{MARK}", text))


class Whisper(logging.Handler):
    """Writes to whatever stderr is at the moment; that it takes nothing is no reason to fail."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        from sagent.cli.paint import printable

        whisper(f"{printable(self.format(record))}\n")


def listen(level: str | None, headers: Mapping[str, str]) -> None:
    """Show what is logged from this level on; without one, only that the size of a model is unknown."""
    for name in TALKATIVE:
        logging.getLogger(name).addHandler(logging.NullHandler())
    log, sizes = logging.getLogger("sagent"), logging.getLogger("sagent.providers.sizes")
    for handler in [handler for handler in (*log.handlers, *sizes.handlers) if isinstance(handler, Whisper)]:
        for logger in (log, sizes, logging.getLogger("httpx2")):
            logger.removeHandler(handler)
    if level is None:
        log.addHandler(logging.NullHandler())
        sizes.addHandler(Whisper(logging.WARNING))
        return
    handler = Whisper()
    handler.setFormatter(Discreet([*secrets(os.environ), *headers.values()]))
    number = logging.getLevelNamesMapping()[level.upper()]
    # What is below HTTP writes headers down, and there are keys among them.
    for name, least in (("sagent", number), ("httpx2", max(number, logging.INFO))):
        logger = logging.getLogger(name)
        logger.setLevel(least)
        logger.addHandler(handler)


def secrets(environ: Mapping[str, str]) -> Iterable[str]:
    """The keys of all providers that the environment holds, of all accounts."""
    from sagent.providers.roster import cards

    known = {*UNLISTED, *(key for card in cards() for key in card.keys)}
    held = [value.strip() for name, value in environ.items() if name.partition("__")[0] in known]
    return [value for value in held if value]
