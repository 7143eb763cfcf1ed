"""The compactor that comes along: the model itself writes the summary."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from sagent.atoms import MessageId
from sagent.compaction.asking import PIECE, piece, whole
from sagent.compaction.brief import brief, last_round
from sagent.compaction.compactor import Condensing, Digest
from sagent.compaction.cut import USUAL_WINDOW, cut_of
from sagent.compaction.transcript import pieces_of
from sagent.errors import BadAnswer, Overflow, ProviderError
from sagent.lib.streams import Closing
from sagent.messages.size import USUAL
from sagent.messages.usage import NOTHING_SPENT, added
from sagent.messages.view import View
from sagent.messages.words import visible_text
from sagent.protocols import Model, Reply, Request
from sagent.schema.message import Prompt
from sagent.schema.part import Text
from sagent.schema.values import Usage

MOST_OUTPUT: Final = 16_000
"""The tokens that a summary may have, with what the model thinks before it."""

MOST_HALVINGS: Final = 4
"""How often a piece that is still too long is made half as long."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the requests for one summary consumed together."""

    model: str = ""
    usage: Usage = NOTHING_SPENT
    cost_usd: float | None = 0.0

    def plus(self, reply: Reply) -> "Spent":
        """One request more."""
        unknown = self.cost_usd is None or reply.cost_usd is None
        return Spent(
            model=reply.model,
            usage=added(self.usage, reply.usage),
            cost_usd=None if unknown else (self.cost_usd or 0.0) + (reply.cost_usd or 0.0),
        )


@dataclass(frozen=True, slots=True)
class Summarizer:
    """Asks the model with the conversation as it stands, so that the provider's cache is used.

    Where that does not fit its window, it asks with a record of the conversation, piece by piece.
    """

    def cut(self, view: View, window: int | None, /) -> int:
        """The index in the view before which it would condense; 0 where little would be gained."""
        return cut_of(view, window)

    async def condense(self, model: Model, work: Condensing, /) -> Digest:
        """What is to stand for the entries before the cut, written by the model.

        Raises:
            ProviderError: it could not be asked, or wrote none.
        """
        room = model.limits.context_window
        summary, spent = "", Spent()
        if room is None or work.shortening.tokens + _output(work, room) < room:
            with suppress(Overflow):  # it may be longer than was thought
                summary, spent = await _ask(model, _whole(work, room), spent)
        if not summary:
            summary, spent = await _piecewise(model, work, room or USUAL_WINDOW, spent)
        view = work.request.view
        last = last_round(view) if work.shortening.cut == len(view) else ()
        content = brief(summary, work.said, work.facts, last, work.shortening.window or USUAL_WINDOW)
        return Digest(content=content, model=spent.model, usage=spent.usage, cost_usd=spent.cost_usd)


SUMMARIZER: Final = Summarizer()
"""The usual one."""


async def _piecewise(model: Model, work: Condensing, room: int, spent: Spent) -> tuple[str, Spent]:
    entries = work.request.view[: work.shortening.cut]
    longest = room // 2 * USUAL
    summary = ""
    for halving in range(MOST_HALVINGS + 1):
        try:
            for record in pieces_of(entries, longest):
                summary, spent = await _ask(model, _piece(work, summary, record, room), spent)
                if not summary:  # what came before it would be forgotten
                    raise BadAnswer(f"{model.spec.model} wrote no summary of the conversation")
            break
        except ProviderError as error:
            error.begun = error.begun or bool(spent.model)  # what was written before has to be paid for
            if not isinstance(error, Overflow) or halving == MOST_HALVINGS:
                raise
            summary, longest = "", longest // 2
    return summary, spent


async def _ask(model: Model, request: Request, spent: Spent) -> tuple[str, Spent]:
    """The text of the answer; none where the model called tools or was cut off."""
    reply: Reply | None = None
    async with Closing(model.stream(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Reply):
                reply = chunk
    if reply is None:
        raise BadAnswer(f"{model.spec.model} ended its summary without a reply")
    told = visible_text(reply.content).strip() if reply.stop == "end" else ""
    return told, spent.plus(reply)


def _whole(work: Condensing, room: int | None) -> Request:
    """The same system prompt, tools and history as ever, and then the question: a prefix that is cached."""
    asking = _asking(whole(work.shortening.guidance))
    request = work.request
    view = View([*request.view, asking], request.view.base)
    return replace(request, view=view, max_output=_output(work, room))


def _piece(work: Condensing, summary: str, record: str, room: int) -> Request:
    return Request(
        system=PIECE,
        tools=(),
        view=View([_asking(piece(summary, record, work.shortening.guidance))]),
        trusted=0,
        read=work.request.read,
        max_output=_output(work, room),
    )


def _output(work: Condensing, room: int | None) -> int:
    most = min(MOST_OUTPUT, (room or USUAL_WINDOW) // 8)
    return most if work.request.max_output is None else min(most, work.request.max_output)


def _asking(text: str) -> Prompt:
    return Prompt(
        id=MessageId("summary"),
        parent_id=None,
        timestamp=0.0,
        author="user",
        sender="",
        content=(Text(content=text),),
    )
