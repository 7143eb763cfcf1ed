"""When a conversation is condensed, and what of it (LOOP R13)."""

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from sagent.atoms import CallId, ToolName
from sagent.compaction.compactor import Shortening
from sagent.compaction.thinning import old_results, thinned
from sagent.errors import Overflow, ProviderError
from sagent.loop.allowance import allowance
from sagent.loop.desk import Desk
from sagent.loop.extent import Window, expected_tokens, is_overfull, narrowest
from sagent.messages.size import USUAL, Gauge
from sagent.messages.view import View
from sagent.schema.signal import Clear, Compact, Restore

Cut: TypeAlias = Callable[[View, int | None], int]
"""The index in the view before which to condense it for a window of so many tokens; 0 for not at all."""

MOST_IN_A_ROW: Final = 2
"""How often a conversation is condensed before a request because it is too long."""

Outlook: TypeAlias = Literal["open", "too long", "hopeless"]
"""What is known of its length besides a count: nothing; a provider has refused it; it cannot be condensed."""

TOO_LONG: Final = "swap to a model with a larger one, compact it with other guidance, or clear it"

TOO_SHORT: Final = (
    "the conversation is too short to be compacted: "
    "swap to a model with a larger window, clear it, or say it with less"
)


class Room:
    """Watches over the room that is left in the window; may be lost with the process."""

    __slots__ = (
        *("_cut", "_desk", "_gauge", "_in_a_row", "_outlook", "_refusal", "_renewable", "_renewal"),
        *("_window", "_wish"),
    )

    def __init__(self, desk: Desk, window: Window, cut: Cut | None, renewable: Set[ToolName]) -> None:
        self._desk = desk
        self._window = window
        self._cut = cut
        self._renewable = renewable
        self._gauge = Gauge(USUAL)
        self._wish: Compact | Restore | None = None
        self._renewal: Clear | None = None
        self._in_a_row = 0
        self._outlook: Outlook = "open"
        self._refusal = Overflow("")

    @property
    def condenses(self) -> bool:
        """Whether there is anybody to condense a conversation."""
        return self._cut is not None

    def wish(self, wish: Compact | Restore) -> None:
        """Somebody wants the conversation to be condensed, or a summary to be taken back; the last counts."""
        if self._wish is not None and self._wish != wish:
            self._drop(f"only the last wish counts; dropped: {_named(self._wish)}")
        self._wish, self._outlook = wish, "open"

    def renew(self, wish: Clear) -> None:
        """The agent wants to go on in an empty conversation, as soon as no call runs."""
        self._renewal = wish

    def renewal(self) -> Clear | None:
        """Take that wish, if there is one."""
        wish, self._renewal = self._renewal, None
        return wish

    def need(self, error: ProviderError) -> None:
        """It was too long for the provider, whatever is known of its window."""
        self._refusal = Overflow(f"{error.said}; {TOO_SHORT}", status=error.status)
        self._refusal.where = error.where
        if isinstance(self._wish, Restore):
            self._drop("the last summary is not taken back: the conversation is too long as it is")
        self._outlook = "too long"

    def shortening(self, *, asks: bool) -> Shortening | Overflow | None:
        """What is to be condensed now, or why that is no use; `asks` is whether the model is to be asked."""
        wish = self._restored()
        if self._cut is None:
            if wish is not None:
                self._drop("nobody is there to compact the conversation")
            return None
        if self._outlook == "hopeless" or not (wish or asks):
            return None
        state = self._desk.state
        tokens, window = expected_tokens(state, self._gauge), narrowest(state, self._window)
        refused = self._outlook == "too long"
        if wish is None and not refused and not is_overfull(tokens, window):
            self._in_a_row = 0
            return None
        old = old_results(state.view, self._renewable)
        cut = self._cut(View(thinned(state.view, old)), window) or self._cut(state.view, window)
        if not cut and refused:
            return self._refusal
        if not cut:
            if wish is not None:
                self._drop("the conversation is too short to be compacted")
            return None
        if wish is None and self._in_a_row == MOST_IN_A_ROW:
            model = state.model
            whose = f"{model.provider} {model.model}" if model else "the model"
            return Overflow(f"too long for the window of {whose}, even when it is condensed: {TOO_LONG}")
        self._desk.tell(f"compacting the conversation of about {tokens:,} tokens")
        wish = wish or Compact()
        return Shortening(
            cut=cut, tokens=tokens, window=window, guidance=wish.content, by=wish.by, reason=wish.reason
        )

    def result(self, call_id: CallId) -> int:
        """How many bytes of text the result of a call may have now."""
        return allowance(self._desk.state, call_id, narrowest(self._desk.state, self._window))

    def condensed(self) -> None:
        """It has been condensed: of what is kept, old results that can be had again are a line since."""
        view = self._desk.state.view
        old = old_results(view, self._renewable)
        if old:
            self._desk.thinned([entry.id for entry in view if entry.id in old])
        self._wish, self._outlook = None, "open"
        self._in_a_row += 1

    def give_up(self) -> None:
        """It cannot, or shall not, be condensed: do without until a model has answered."""
        self._wish, self._outlook = None, "hopeless"

    def hope(self) -> None:
        """What could not be condensed may be tried again."""
        self._outlook = "open"

    def halt(self) -> None:
        """Nothing is wished any more."""
        self._wish = self._renewal = None
        self._in_a_row, self._outlook = 0, "open"

    def _restored(self) -> Compact | None:
        """Take the last summary back, if that is wished; return what else is."""
        wish = self._wish
        if isinstance(wish, Restore) or (wish is not None and wish.again):
            if self._desk.state.summary is None:
                what = "take back" if isinstance(wish, Restore) else "write again"
                self._drop(f"there is no summary to {what}")
            else:
                self._desk.restored(self._desk.state.summary)
                self._wish = replace(wish, again=False) if isinstance(wish, Compact) else None
        return self._wish if isinstance(self._wish, Compact) else None

    def _drop(self, why: str) -> None:
        self._wish = None
        self._desk.tell(why)


def _named(wish: Compact | Restore) -> str:
    """What is wished, in words for a person."""
    match wish:
        case Restore():
            return "take the last summary back"
        case Compact(again=True):
            return "write the last summary again"
        case Compact(content=guidance):
            return f"compact the conversation with an eye on {guidance}" if guidance else "compact it"
