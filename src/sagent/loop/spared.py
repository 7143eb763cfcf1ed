"""What one model is spared of a history that it refuses, and nobody else (LOOP R10)."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import field, replace
from itertools import dropwhile

from sagent.atoms import MessageId
from sagent.lib.nothing import NOTHING
from sagent.lib.value import frozen
from sagent.messages.files import files_of
from sagent.messages.view import Viewed
from sagent.schema.message import ModelResponse, Repaired


@frozen(kw_only=True)
class Spared:
    """What it is spared of one view."""

    trusted: int = 0
    """The index in the view from which its native items may go back (R19)."""
    files: Mapping[MessageId, int] = field(default_factory=dict)
    """How many files of an entry, the first ones, are only words for it."""
    named: Set[str] = NOTHING
    """The digests of files that are only words for it, wherever they stand."""
    before: "Spared | None" = None
    """The same before a refusal, until a response shows that what was left out since has helped."""

    def more(self, repaired: Repaired, view: Sequence[Viewed]) -> "Spared":
        """What it is spared after one more repair."""
        if repaired.omitted == "nothing":
            return self.before or self
        if not (repaired.until or repaired.files):  # else it was found before anything was sent
            return replace(self._with(repaired, view), before=self.before or self)
        return self._with(repaired, view)

    def _with(self, repaired: Repaired, view: Sequence[Viewed]) -> "Spared":
        if repaired.omitted == "native":
            return replace(self, trusted=len(view))
        if repaired.named:
            after = dropwhile(lambda entry: not _holds(entry, repaired.named), view)
            bound = any(isinstance(entry, ModelResponse) for entry in after)
            return replace(
                self,
                trusted=len(view) if bound else self.trusted,  # what came before it is not bound to it
                named=self.named | {repaired.named},
            )
        until = repaired.until if repaired.until or repaired.files else len(view)
        files = {entry.id: n for entry in view[repaired.since : until] if (n := len(files_of(entry)))}
        if repaired.files:
            files[view[until].id] = repaired.files
        return replace(self, trusted=len(view), files={**self.files, **files})


def _holds(entry: Viewed, digest: str) -> bool:
    return any(file.content.digest == digest for file in files_of(entry))
