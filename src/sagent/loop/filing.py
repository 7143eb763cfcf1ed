"""What becomes of files: how the core is told, what it answers, and what the model hears of an undo: pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from sagent.atoms import MessageId
from sagent.lib.value import frozen
from sagent.schema.values import FileChange

UNDO: Final = "undo"
"""The sender of the words that tell of it."""

FEW: Final = 20
"""How many files are named."""


@frozen(kw_only=True)
class Filing:
    """Files are about to be changed, by a call, or by a person where there is none."""

    call_id: str
    changes: Sequence[FileChange]
    undoes: Sequence[MessageId] = ()


@frozen()
class Filed:
    """What is to become of files is kept under this name, so it may be done; the log is flushed first."""

    entry: MessageId


def undone(undos: Iterable[Sequence[tuple[str, bool]]]) -> str:
    """What the model has to know before it goes on: which files are not as it left them, or gone."""
    files = dict(file for files in undos for file in files)
    told = [f"{path} (gone)" if gone else path for path, gone in files.items()]
    more = f", and {len(told) - FEW} more" if len(told) > FEW else ""
    return (
        "The user has taken changes of files back, or has put them in again; these are no longer as you left "
        f"them: {', '.join(told[:FEW])}{more}. Read them before you rely on them."
    )
