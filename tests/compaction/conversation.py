"""Short ways to make what a compactor works with."""

from collections.abc import Sequence

from sagent.atoms import MessageId
from sagent.compaction.compactor import Condensing, Shortening
from sagent.lib.blob import Blob
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.view import View, Viewed
from sagent.protocols import Request
from sagent.schema.message import Prompt, Summary
from sagent.schema.part import Text


def summary(words: str) -> Summary:
    """A summary of everything."""
    return Summary(
        id=MessageId("s"),
        parent_id=None,
        timestamp=0.0,
        content=(Text(content=words),),
        kept_from=None,
        guidance="",
        tokens=9_000,
        model="one",
        usage=NOTHING_SPENT,
        cost_usd=None,
    )


def work(
    entries: Sequence[Viewed],
    cut: int,
    *,
    facts: Sequence[str] = (),
    guidance: str = "",
    tokens: int = 500,
    window: int | None = None,
) -> Condensing:
    """A conversation that is to be condensed."""
    return Condensing(
        request=Request(system="Be brief.", tools=(), view=View(entries), trusted=0, read=_nothing),
        shortening=Shortening(cut=cut, tokens=tokens, window=window, guidance=guidance),
        said=[entry for entry in entries[:cut] if isinstance(entry, Prompt)],
        facts=facts,
    )


def _nothing(blob: Blob) -> bytes:
    return b""
