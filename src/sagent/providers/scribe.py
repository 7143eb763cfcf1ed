"""A conversation as the bodies of requests, each entry written once: what all dialects share in it.

Rule 1: a body is a head (model, settings, system, tools) and a history that only grows: the history of one
    request is a prefix of the next one's.
Rule 2: a response goes back verbatim only to the model that gave it, and only if it came whole and nothing
    before it has changed; anybody else is told its visible text and its calls (LOOP R19).
Rule 3: what changes in the midst of a conversation is told there, if the wire has words for it (`inline`).
Rule 4: the calls of a response that broke off were never run, and are shown to nobody (LOOP R8, R11).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Final

from sagent.errors import Crowded, Illegal, Overflow
from sagent.messages.view import Base, View
from sagent.messages.words import calls_of, form_told
from sagent.protocols import Request
from sagent.providers.enclosures import Enclosures, Load, total
from sagent.providers.inline import Course
from sagent.providers.leeway import Leeway
from sagent.providers.tolerance import Tolerance
from sagent.providers.wording import Heading, Read, Wording
from sagent.schema.message import (
    Detached,
    ModelChanged,
    ModelResponse,
    Prompt,
    System,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Text
from sagent.schema.values import Origin

BROKEN: Final = frozenset(("interrupted", "failed"))
"""Stop reasons of responses that were not received whole."""

UNRUN: Final = BROKEN | {"length", "malformed_call"}
"""Stop reasons after which the calls of a response may not have been run; then nobody is shown them."""


class Scribe:
    """Writes the requests of one conversation for one model; what is written once is not written again."""

    __slots__ = (
        *("_course", "_done", "_followed", "_head", "_heading", "_leeway", "_loads", "_origin"),
        *("_tolerance", "_transcript", "_wording", "enclosures"),
    )

    def __init__(self, origin: Origin, wording: Wording, tolerance: Tolerance) -> None:
        self._origin = origin
        self._wording = wording
        self._tolerance = tolerance
        self.enclosures: Enclosures = Enclosures(tolerance)
        """The files as this model takes them."""
        self._heading: Heading | None = None
        self._head = b""
        self._followed = 0
        self._begin(Base(system="", tools=(), model=None))
        self._start(Leeway())

    async def prepare(self, request: Request) -> Sequence[str]:
        """Make the files that are new in a request fit for it; return what the user should know of them."""
        self._follow(request)
        begin = self._done if self._goes_on(request) else 0
        fresh, leeway = enumerate(request.view[begin:], begin), self._wanted(request)
        entries = [leeway.shown(entry, index) for index, entry in fresh]
        return await self.enclosures.prepare(entries, request.read)

    def foresee(self, request: Request) -> None:
        """Write what is new in a request whose end is still to come, if it goes on from the one before.

        The calls of the response that it ends with run; what is illegal in it is found again by `body`.
        """
        self._follow(request)
        if self._goes_on(request):
            try:
                self._extend(request.view, request.read)
            except Illegal:
                self._start(self._leeway)

    def body(self, request: Request) -> bytes:
        """The body of the next request.

        Raises:
            Illegal: the provider would refuse it; the message names the place.
            Overflow: it has more bytes than are taken at once, however large the model's window.
        """
        self._follow(request)
        if not self._goes_on(request):
            self._start(self._wanted(request))
        try:
            self._extend(request.view, request.read)
            self._begin_with(request)
            body = b"".join((self._head, *self._transcript.written(), b"]}"))
            self._weigh(len(body), len(request.view))
        except (Illegal, Overflow):
            self._start(self._leeway)
            raise
        self.enclosures.forget()
        return body

    def _begin_with(self, request: Request) -> None:
        """Write the head that goes with the history that was written."""
        heading = Heading(
            system=self._course.system,
            tools=self._course.tools,
            effort=self._course.effort,
            most=request.max_output,
            output=request.output,
            conversation=request.conversation,
            unthought=self._transcript.unthought,
        )
        if self._heading != heading:
            self._head = self._wording.head(heading)
            self._heading = heading

    def _follow(self, request: Request) -> None:
        """Take notice of what has changed in the midst of the conversation."""
        view = request.view
        base = view.base or Base(system=request.system, tools=tuple(request.tools), model=None)
        if base != self._course.base or len(view) < self._followed:
            if self._course.told:
                self._done = len(view) + 1  # what was told in place is not to be told of this view
            self._begin(base)
        if view.base is not None:
            for index in range(self._followed, len(view)):
                self._course.follow(view[index], index)
            self._followed = len(view)

    def _goes_on(self, request: Request) -> bool:
        """Whether what was written so far is the beginning of this request."""
        return self._wanted(request) == self._leeway and len(request.view) >= self._done

    def _wanted(self, request: Request) -> Leeway:
        return Leeway(
            trusted=request.trusted,
            since=self._course.since,
            unseen=request.unseen,
            withheld=request.withheld,
        )

    def _begin(self, base: Base) -> None:
        self._course = Course(self._origin, self._wording.carries, base)
        self._followed = 0

    def _start(self, leeway: Leeway) -> None:
        self._leeway = leeway
        self._done = 0
        self._loads: dict[int, Sequence[Load]] = {}
        self._transcript = self._wording.transcript()

    def _extend(self, view: View, read: Read) -> None:
        transcript = self._transcript
        for index, viewed in enumerate(view[self._done :], self._done):
            entry, loads = self.enclosures.fitted(self._leeway.shown(viewed, index), read)
            if loads:
                self._loads[index] = loads
            match entry:
                case Prompt():
                    transcript.prompt(self._told(entry), read)
                case ModelResponse():
                    self._respond(entry, index, view, read)
                case ToolResult():
                    transcript.result(entry.call_id, entry.content, read, failed=entry.failed)
                case System() | ToolsChanged() | ModelChanged():
                    if (told := self._course.told.get(index)) is not None:
                        transcript.change(told)
                case Detached():
                    transcript.result(entry.call_id, (Text(content=entry.content),), read, failed=False)
            self._done = index + 1

    def _told(self, prompt: Prompt) -> Prompt:
        if prompt.output is None or not self._wording.tells(prompt.output):
            return prompt
        return replace(prompt, content=(*prompt.content, form_told(prompt.output)))

    def _weigh(self, size: int, end: int) -> None:
        """Refuse more files than are taken; half as many may stay, so that this is not said again at once.

        Raises:
            Crowded: it says from where on the files may stay.
            Overflow: the request is too large even without files.
        """
        files, most = total(chain.from_iterable(self._loads.values())), self._tolerance
        words = size - files.size
        if most.request_bytes is not None and words > most.request_bytes:
            raise Overflow(f"the conversation has {words:,} bytes: {most.request_bytes:,} are taken")
        room = None if most.request_bytes is None else most.request_bytes - words
        excess = [
            f"{have:,} {what}, and {limit:,} are taken"
            for have, limit, what in (
                (files.pictures, most.most_pictures, "images"),
                (files.pages, most.most_pages, "pages of documents"),
                (files.size, room, "bytes of files"),
            )
            if limit is not None and have > limit
        ]
        if not excess:
            return
        limits = most.most_pictures, most.most_pages, room
        kept, since, left_out, stay = Load(), end, 0, 0
        for index, loads in sorted(self._loads.items(), reverse=True):
            kept = total((kept, *loads))
            if not _fits(kept, limits, 2):
                if since == end:  # of the latest files alone, as many as are taken
                    stay = len(loads) - next(n for n in count() if _fits(total(loads[n:]), limits, 1))
                    since, left_out = index, self._leeway.unseen.get(index, 0) + len(loads) - stay
                break
            since, stay = index, stay + len(loads)
        every = sum(map(len, self._loads.values()))
        raise Crowded(
            f"this request would be refused: it has {'; '.join(excess)}. Of {every:,} files the last "
            f"{stay:,} stay, the others are named in words",
            since=since,
            files=left_out,
        )

    def _respond(self, response: ModelResponse, index: int, view: View, read: Read) -> None:
        follows = view[index + 1] if index + 1 < len(view) else None
        ran = isinstance(follows, ToolResult | Detached) or response.stop not in UNRUN
        calls = calls_of(response)
        own = (
            response.origin == self._origin
            and index >= self._leeway.trusted
            and (index >= self._leeway.since or self._wording.carries.unbound)
            and response.stop not in BROKEN
            and (ran or not calls)
        )
        self._transcript.response(response, calls if ran else (), read, own=own)


def _fits(load: Load, limits: Sequence[int | None], times: int) -> bool:
    """Whether there is room for so many times these files: pictures, pages and bytes."""
    have = load.pictures, load.pages, load.size
    return all(limit is None or times * each <= limit for each, limit in zip(have, limits, strict=True))


def accept(complaints: Iterator[str]) -> None:
    """Go on if there is nothing to complain about.

    Raises:
        Illegal: there is.
    """
    for complaint in complaints:
        raise Illegal(f"this request would be refused: {complaint}")
