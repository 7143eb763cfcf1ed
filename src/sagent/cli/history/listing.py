"""The list of sessions, as a person reads it and as a program does."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sagent.cli.history.figures import figures_of
from sagent.cli.paint import one_line

if TYPE_CHECKING:
    from sagent.sessions.ledger import Ledger
    from sagent.sessions.shelf import Listing


def sessions(
    *,
    all_: Annotated[bool, Parameter(name="--all", negative="", help="Of every directory.")] = False,
    json_: Annotated[bool, Parameter(name="--json", negative="", help="A JSON array.")] = False,
) -> int:
    """Print the sessions of this directory, the last used first: id, age, model, cost, size, first words."""
    from sagent.sessions.ledger import skimmed
    from sagent.sessions.shelf import Shelf

    rows = [(listing, skimmed(listing.path)) for listing in Shelf().list(None if all_ else Path.cwd())]
    if json_:
        sys.stdout.write(json.dumps([_document(*row) for row in rows], indent=2, ensure_ascii=False) + "\n")
        return 0
    cells = [_cells(listing, ledger) for listing, ledger in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for (listing, _), row in zip(rows, cells, strict=True):
        figures = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        where = f"  {one_line(listing.workspace)}" if all_ else ""
        about = one_line(listing.problem or listing.title or "(nothing was said)")
        sys.stdout.write(f"{figures}{where}  {about}\n")
    return 0


def _cells(listing: "Listing", ledger: "Ledger") -> Sequence[str]:
    used = datetime.fromtimestamp(listing.used).astimezone()
    known = figures_of(listing, time.time(), ledger)
    return listing.session_id, f"{used:%Y-%m-%d %H:%M}", known.age, known.model, known.cost, known.size


def _document(listing: "Listing", ledger: "Ledger") -> dict[str, object]:
    return {
        "session_id": listing.session_id,
        "file": str(listing.path),
        "workspace": listing.workspace,
        "began": listing.began,
        "used": listing.used,
        "size": listing.size,
        "title": listing.title,
        "models": list(ledger.models),
        "cost_usd": ledger.cost_usd if ledger.entries else 0.0,
        "problem": listing.problem,
    }
