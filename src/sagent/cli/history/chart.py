"""What each request of a session took, as a small drawing."""

from collections.abc import Iterable
from html import escape
from typing import Final

from sagent.cli.render import bill, money
from sagent.sessions.ledger import Entry, Ledger

HEIGHT: Final = 100
WIDTH: Final = 1000


def chart(ledger: Ledger) -> str:
    """A bar for each request, as high as it had tokens: those that were cached, those that were not, those
    that came; pointing at one tells its price. Nothing for a session without requests."""
    if not ledger.entries:
        return ""
    most = max(entry.usage.input_tokens + entry.usage.output_tokens for entry in ledger.entries) or 1
    step = WIDTH / max(len(ledger.entries), 12)
    bars = "".join(_bar(entry, index * step, step, most) for index, entry in enumerate(ledger.entries))
    kinds = (("cached", "input from the cache"), ("fresh", "other input"), ("out", "output"))
    legend = "".join(f'<span><i class="{kind}"></i>{what}</span>' for kind, what in kinds)
    cost = "price unknown" if ledger.cost_usd is None else money(ledger.cost_usd)
    requests = "1 request" if len(ledger.entries) == 1 else f"{len(ledger.entries)} requests"
    told = f"<span>{requests}, {most:,} tokens at most, {cost}</span>"
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="tokens of each request">{bars}</svg><div class="legend">{legend}{told}</div>'
    )


def _bar(entry: Entry, left: float, step: float, most: int) -> str:
    usage = entry.usage
    tell = escape(f"{entry.model}: {bill(usage, entry.cost_usd)}")
    stack = (
        ("cached", usage.cache_read_tokens),
        ("fresh", usage.input_tokens - usage.cache_read_tokens),
        ("out", usage.output_tokens),
    )
    return f"<g><title>{tell}</title>{''.join(_boxes(stack, left, step * 0.86, HEIGHT / most))}</g>"


def _boxes(stack: Iterable[tuple[str, int]], left: float, width: float, scale: float) -> Iterable[str]:
    bottom = float(HEIGHT)
    for kind, tokens in stack:
        height = max(tokens, 0) * scale
        bottom -= height
        if height:
            yield (
                f'<rect class="{kind}" x="{left:.1f}" y="{bottom:.2f}" '
                f'width="{width:.1f}" height="{height:.2f}"/>'
            )
