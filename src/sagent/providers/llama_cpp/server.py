"""The servers of this process: one for each file and its settings, begun when it is first wanted.

Rule 1: a server is begun once, whoever asks, in whichever thread; all wait for the same one.
Rule 2: one that died is begun again, once; if it dies again before it has answered anybody, that is told.
Rule 3: one that does not come up is told at once, with the end of its log, and the next prompt tries again.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final
from weakref import WeakKeyDictionary

from sagent.errors import Refused, Unreachable
from sagent.lib.json import parse_json
from sagent.lib.value import frozen
from sagent.protocols import ModelLimits
from sagent.providers.direct import Direct
from sagent.providers.llama_cpp.process import Process
from sagent.providers.openai_chat.windows import of_props
from sagent.providers.transport import Call, HttpRefusal, fetched

_log = logging.getLogger("sagent.providers")

PATIENCE: Final = 900.0
"""Seconds that a model may take to load."""

POLL: Final = 0.05
"""Seconds between two looks at a server that is not up yet."""

NEWS: Final = 5.0
"""Seconds after which a word is said on a load that takes long; as long after it again, and so on."""

LINES: Final = 12
"""How many lines of its log tell why a server failed."""

MOURNING: Final = 0.5
"""Seconds that may pass before it is known that a server has died whose connections are gone."""

ADVICE: Final = "Choose a smaller context_size, other args (or LLAMA_ARG_ variables), or another file."
"""What helps where a server does not come up."""

RESTARTS: Final = 1
"""How often in a row a server that died is begun again."""

OURS: Final = ("MODEL", "MODEL_URL", "HF_REPO", "HF_FILE", "HOST", "PORT", "API_PREFIX", "ALIAS")
"""Variables (LLAMA_ARG_…) that would have the server serve something else, or elsewhere."""


@frozen(kw_only=True)
class Recipe:
    """What a server is begun with; who asks for the same gets the same server."""

    program: str
    file: str
    context_size: int | None = None
    """How many tokens all its conversations at once may have; None leaves that to llama.cpp."""
    args: Sequence[str] = ()
    """What else stands on its command line; a tuple."""

    def command(self) -> Sequence[str]:
        """The command; the server takes a port that is free, and says which."""
        size = () if self.context_size is None else ("--ctx-size", str(self.context_size))
        place = ("--host", "127.0.0.1", "--port", "0")
        name = ("--model", self.file, "--alias", Path(self.file).name)
        return (self.program, *name, *place, "--jinja", *size, *self.args)


@frozen(kw_only=True)
class Door:
    """Where a server is, and what opens it: no other user or web page of the machine may use it."""

    url: str
    headers: Mapping[str, str] = field(repr=False)


class LlamaServer:
    """One server of this process."""

    def __init__(self, recipe: Recipe, *, patience: float = PATIENCE, news: float = NEWS) -> None:
        self._recipe = recipe
        self._patience = patience
        self._news = news
        self._lock = Lock()
        self._process: Process | None = None
        self._door: Door | None = None
        self._key = secrets.token_hex(16)
        self._deaths = 0
        self._starting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Door]] = WeakKeyDictionary()
        self.limits: ModelLimits = ModelLimits()
        """What the model takes, as the server says once it is up."""

    async def door(self) -> Door:
        """The way in; the server is begun if it does not run, and waited for.

        Raises:
            Refused: it does not come up, or has died twice; the error has the end of its log.
        """
        process, door = self._process, self._door
        if process is not None and door is not None and not process.ended:
            return door
        loop = asyncio.get_running_loop()
        starting = self._starting.get(loop)
        if starting is None or starting.done():
            starting = self._starting[loop] = loop.create_task(self._up())
            # Who asked may have left by then.
            starting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(starting)

    async def load(self) -> AsyncGenerator[str]:
        """Wait for the door, and tell from time to time how long that takes. Raises what `door` raises."""
        coming, begun, pause = asyncio.ensure_future(self.door()), monotonic(), self._news
        try:
            while not (await asyncio.wait((coming,), timeout=pause))[0]:
                pause = waited = monotonic() - begun
                yield f"loading {Path(self._recipe.file).name}… {waited:.0f} s"
            coming.result()
        finally:
            coming.cancel()

    def answered(self) -> None:
        """Somebody had an answer: whatever was before, it works."""
        self._deaths = 0
        if self._process is not None:
            self._process.shorten()

    async def obituary(self) -> str:
        """In words how it died and what it said last; empty if it lives."""
        process = self._process
        if process is None:
            return ""
        await asyncio.to_thread(process.wait, MOURNING)
        return _obituary(process)

    def end(self) -> None:
        """End it, if it runs; who wants it later begins it anew."""
        with self._lock:
            process, self._process, self._door = self._process, None, None
        if process is not None:
            process.end()

    async def _up(self) -> Door:
        process = await asyncio.to_thread(self._running)
        begun = monotonic()
        name = Path(self._recipe.file).name
        door = None
        while door is None or not await _is_healthy(door):
            if process.ended or monotonic() - begun > self._patience:
                why = _obituary(process) or _told(process, f"was not ready in {self._patience:.0f} s")
                await asyncio.to_thread(self.end)
                raise Refused(f"LlamaCpp cannot load {name}: {why}", advice=ADVICE)
            await asyncio.sleep(POLL)
            if (port := process.port) is not None:
                key = {"authorization": f"Bearer {self._key}"}
                door = Door(url=f"http://127.0.0.1:{port}", headers=key)
        self.limits = await _limits(door)
        _log.info("llama-server has loaded %s in %.1f s, at %s", name, monotonic() - begun, door.url)
        if process is self._process:
            self._door = door
        return door

    def _running(self) -> Process:
        with self._lock:
            process = self._process
            if process is not None and not process.ended:
                return process
            if process is not None:
                words = _obituary(process)
                process.end()
                self._process = self._door = None
                self._deaths += 1
                if self._deaths > RESTARTS:
                    self._deaths = 0
                    raise Refused(f"LlamaCpp has begun {self._recipe.file} again, and {words}", advice=ADVICE)
                _log.warning("%s; it is begun again", words)
            dropped = {f"LLAMA_ARG_{name}" for name in OURS}
            environ = {name: value for name, value in os.environ.items() if name not in dropped}
            # In the environment, since everybody can read a command line.
            self._process = Process(self._recipe.command(), {**environ, "LLAMA_API_KEY": self._key})
            return self._process


def _obituary(process: Process) -> str:
    return _told(process, process.ended) if process.ended else ""


def _told(process: Process, what: str) -> str:
    said, told = process.said(LINES), f"llama-server {what}, and said"
    return f"{told} last:\n{said}" if said else f"{told} nothing"


def server(recipe: Recipe) -> LlamaServer:
    """The server of this process that is begun so; it does not run before it is wanted."""
    return _SERVERS.setdefault(recipe, LlamaServer(recipe))


_SERVERS: Final[dict[Recipe, LlamaServer]] = {}

_WAY: Final = Direct(proxied=False)


async def _is_healthy(door: Door) -> bool:
    try:
        await _got(door, "/health")
    except (HttpRefusal, Unreachable):
        return False
    return True


async def _limits(door: Door) -> ModelLimits:
    try:
        return of_props(parse_json(await _got(door, "/props")))
    except (HttpRefusal, Unreachable, ValueError):
        return ModelLimits()  # it works, and does not say how large it is


async def _got(door: Door, path: str) -> str:
    return await fetched(_WAY, Call(url=f"{door.url}{path}", headers=door.headers))
