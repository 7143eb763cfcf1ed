"""Requests to a model and to a wire, short to write."""

from collections.abc import Sequence
from typing import Protocol

import httpx2

from sagent.atoms import MessageId
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.view import View
from sagent.protocols import Chunk, Model, Request
from sagent.schema.message import Prompt
from sagent.schema.part import Text
from sagent.testing import WireServer

KEY = {"x-goog-api-key": "loopback-key"}
HELLO: JsonObject = freeze_object({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]})
FLASH = "/v1beta/models/gemini-2.5-flash"


class Addressed(Protocol):
    """Something that listens somewhere."""

    @property
    def base_url(self) -> str: ...


def no_bytes(blob: Blob) -> bytes:
    raise AssertionError(f"nobody should ask for blob {blob.digest}")


def requested(view: View | None = None, *, system: str = "Be brief.") -> Request:
    return Request(system=system, tools=(), view=view or View(), trusted=0, read=no_bytes)


async def chunks(model: Model, asked: Request | None = None) -> Sequence[Chunk]:
    return [chunk async for chunk in model.stream(asked or requested())]


def client(server: Addressed) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.base_url, headers=KEY, timeout=10, trust_env=False)


async def ask(
    server: WireServer, body: JsonObject = HELLO, *, path: str = f"{FLASH}:generateContent"
) -> httpx2.Response:
    async with client(server) as http:
        return await http.post(path, json=body)


async def lines(server: WireServer, body: JsonObject = HELLO, model: str = FLASH) -> Sequence[str]:
    """The events of one stream."""
    answer = await ask(server, body, path=f"{model}:streamGenerateContent?alt=sse")
    return [event.removeprefix("data: ") for event in answer.text.split("\r\n\r\n")[:-1]]


def said(words: str) -> Prompt:
    return Prompt(
        id=MessageId("m1"),
        parent_id=None,
        timestamp=0.0,
        content=(Text(content=words),),
        author="user",
        sender="",
    )
