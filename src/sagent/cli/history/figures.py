"""What a list says of a session in a word each."""

from sagent.cli.paint import one_line
from sagent.cli.render import money
from sagent.lib.value import frozen
from sagent.sessions.ledger import Ledger, skimmed
from sagent.sessions.shelf import Listing


@frozen(kw_only=True)
class Figures:
    """How old a session is, who answered last, what it cost, and how large it is."""

    age: str
    model: str
    cost: str
    size: str


def figures_of(listing: Listing, now: float, ledger: Ledger | None = None) -> Figures:
    """The figures of a session; without its ledger its log is read."""
    ledger = skimmed(listing.path) if ledger is None else ledger
    return Figures(
        age=ago(now - listing.used),
        model=one_line(ledger.models[-1], 32) if ledger.models else "-",
        cost="-" if not ledger.entries else "$?" if ledger.cost_usd is None else money(ledger.cost_usd),
        size=sized(listing.size),
    )


def ago(seconds: float) -> str:
    """How long ago something was, in one unit."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"


def sized(count: int) -> str:
    """A number of bytes, in one unit."""
    for unit, length in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= length:
            return f"{count / length:.1f} {unit}"
    return f"{count} B"
