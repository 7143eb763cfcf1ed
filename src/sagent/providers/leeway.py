"""What of a conversation is not said to a model as it stands."""

from collections.abc import Mapping, Set
from dataclasses import field

from sagent.lib.nothing import NOTHING
from sagent.lib.value import frozen
from sagent.messages.files import without_files
from sagent.messages.view import Viewed


@frozen(kw_only=True)
class Leeway:
    """What holds for all that is written of one conversation; where it changes, all is written anew."""

    trusted: int = 0
    """The index in the view before which nothing of the provider's own goes back."""
    since: int = 0
    """The same for what is bound to the head of the request."""
    unseen: Mapping[int, int] = field(default_factory=dict)
    """How many files of which entries, the first ones, are words."""
    withheld: Set[str] = NOTHING
    """The digests of files that are words wherever they stand."""

    def shown(self, entry: Viewed, index: int) -> Viewed:
        """An entry as the model is shown it."""
        first = self.unseen.get(index, 0)
        return without_files(entry, first, self.withheld) if first or self.withheld else entry
