"""What asks a server how much a model takes, beside the requests to it.

Rule 1: each model of a server is asked about once in a process, with the first request to it, and not
    before. Only where the server can say it for certain no earlier than a model is loaded is it asked again.
Rule 2: no request waits for it but one that names a limit of output, and that one `PATIENCE` at most.
Rule 3: what a catalog says is not asked, and stands. Where nobody can say it, a cautious window does, and
    a warning is logged.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from json import dumps
from typing import Final

from sagent.errors import SagentError, Unreachable
from sagent.lib.json import parse_json
from sagent.protocols import ModelLimits
from sagent.providers.catalog import CAUTIOUS, warn
from sagent.providers.openai_chat.windows import entry_of, listed, of_loaded, of_props, of_stored, of_studio
from sagent.providers.transport import Call, Transport, fetched

_log = logging.getLogger("sagent.providers")

PATIENCE: Final = 2.0
"""Seconds that a request waits to know the window of its model."""

LONGEST: Final = 30.0
"""Seconds after which a server that says nothing is asked no longer."""

TRIES: Final = 3
"""How often a server is asked that does not know it yet."""


class Finding:
    """What is known of one model on one server."""

    def __init__(self) -> None:
        self.limits: ModelLimits | None = None
        self.tries: int = 0
        self.settled: bool = False
        self.asking: asyncio.Task[None] | None = None


class Probe:
    """The size of one model: what is known beforehand, and what its server says."""

    def __init__(
        self,
        *,
        known: ModelLimits,
        supposed: ModelLimits,
        provider: str,
        base_url: str,
        model: str,
        headers: Mapping[str, str],
        way: Transport,
    ) -> None:
        self._known = known
        self._supposed = supposed
        self._provider = provider
        self._base_url = base_url
        self._root = re.sub(r"/v\d+$", "", base_url)
        self._model = model
        self._headers = headers
        self._way = way
        self._finding = _FINDINGS.setdefault((base_url, model), Finding())

    @property
    def limits(self) -> ModelLimits:
        """What is known by now: what was known beforehand, else what was said, else what is supposed."""
        all_ = (self._known, self._finding.limits or self._supposed, self._supposed)
        return ModelLimits(
            context_window=next((each.context_window for each in all_ if each.context_window), None),
            max_output=next((each.max_output for each in all_ if each.max_output), None),
        )

    async def begin(self) -> None:
        """Ask, if nobody has or does."""
        finding = self._finding
        if self._known.context_window is not None or finding.settled:
            return
        loop, asking = asyncio.get_running_loop(), finding.asking
        if asking is None or asking.done() or asking.get_loop() is not loop:
            finding.asking = loop.create_task(self._find())

    async def settle(self) -> None:
        """Wait for the answer, but not for long."""
        asking = self._finding.asking
        if asking is not None and asking.get_loop() is asyncio.get_running_loop():
            await asyncio.wait({asking}, timeout=PATIENCE)

    async def _find(self) -> None:
        finding = self._finding
        finding.tries += 1
        found, settled = ModelLimits(), True
        try:
            async with asyncio.timeout(LONGEST):
                found, settled = await self._asked()
        except Unreachable:
            settled = False
        except (SagentError, TimeoutError, ValueError) as error:
            # A server need not know any of this.
            _log.info("%s does not say how much %s takes: %s", self._base_url, self._model, error)
        finding.limits = ModelLimits(
            context_window=found.context_window or CAUTIOUS, max_output=found.max_output
        )
        finding.settled = settled or finding.tries >= TRIES
        if finding.settled and found.context_window is None:
            warn(self._provider, self._model)
        _log.info("%s takes %s tokens", self._model, f"{finding.limits.context_window:,}")

    async def _asked(self) -> tuple[ModelLimits, bool]:
        """What the server says, and whether it will not say more another time."""
        entry = entry_of(await self._got(f"{self._base_url}/models"), self._model)
        found = listed(entry)
        if found.context_window is not None:
            return found, True
        match entry.get("owned_by"):
            case "llamacpp":
                return of_props(await self._got(f"{self._root}/props")), True
            case "library":
                running = of_loaded(await self._got(f"{self._root}/api/ps"), self._model)
                if running.context_window is not None:
                    return running, True
                return of_stored(await self._got(f"{self._root}/api/show", {"model": self._model}))
            case "organization_owner":
                return of_studio(await self._got(f"{self._root}/api/v0/models"), self._model)
            case _:
                return found, True

    async def _got(self, url: str, question: Mapping[str, str] | None = None) -> object:
        body = None if question is None else dumps(question).encode()
        return parse_json(await fetched(self._way, Call(url=url, headers=self._headers, body=body)))


_FINDINGS: Final[dict[tuple[str, str], Finding]] = {}
"""By base URL and model, for all of the process."""
