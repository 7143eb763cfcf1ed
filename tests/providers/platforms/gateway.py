"""A cloud on this machine: its paths, bodies and frames outside, a vendor's wire server within."""

import json
import re
from base64 import b64encode
from binascii import crc32
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from sagent.providers.anthropic.catalog import plain
from sagent.testing import WireServer
from tests.providers.loopback import Line, whole

CLAUDE = re.compile(r"(?:/projects/p/locations/[\w-]+/publishers/anthropic/models/)([^/:]+):(\w+)$")
INVOKED = re.compile(r"/model/([^/]+)/(invoke(?:-with-response-stream)?)$")
GEMINI = re.compile(
    r"/v1beta1/(?:projects/p/locations/[\w-]+/)?publishers/google/models/([^/:]+:\w+(?:\?.*)?)$"
)
AZURE = re.compile(r"/openai(?:/v1|/deployments/[\w.-]+)?/(responses|chat/completions)(?:\?.*)?$")


@dataclass
class Seen:
    """A request as a cloud got it."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, object]
    raw: bytes


def seen(line: Line) -> Seen:
    """What a request said."""
    first, *rest = line.head.decode().strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (entry.partition(":") for entry in rest)}
    body = json.loads(line.body) if line.body else {}
    return Seen(path=first.split(" ")[1], headers=headers, body=body, raw=line.body)


@dataclass
class Gateway:
    """Translates what a cloud takes to what its vendor takes, and answers in the cloud's frames."""

    upstream: WireServer
    requests: list[Seen] = field(default_factory=list)

    async def answer(self, line: Line) -> None:
        """Answer one request."""
        asked = seen(line)
        self.requests.append(asked)
        path, body = _within(asked.path, asked.body)
        headers = {
            "x-api-key": self.upstream.key,
            "x-goog-api-key": self.upstream.key,
            "authorization": f"Bearer {self.upstream.key}",
            "anthropic-version": "2023-06-01",
            "anthropic-beta": asked.headers.get("anthropic-beta", ""),
        }
        wanted = "x-goog-api-key" if "Content" in path else "x-api-key" if "messages" in path else ""
        kept = ("authorization",) if not wanted else (wanted, "anthropic-version", "anthropic-beta")
        kept = kept[:1] if wanted == "x-goog-api-key" else kept
        sent = {name: headers[name] for name in kept if headers[name]}
        async with httpx2.AsyncClient(trust_env=False, timeout=20) as client:
            heard = await client.post(f"{self.upstream.base_url}{path}", json=body, headers=sent)
        content = heard.content
        if INVOKED.search(asked.path) and heard.status_code == 200 and body["stream"]:
            events = re.findall(rb"^data: (.*)$", content, re.MULTILINE)
            content = b"".join(chunk_frame(event.strip()) for event in events)
        await line.send(whole(f"{heard.status_code} So", content))


def _within(path: str, body: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """Path and body as the vendor takes them."""
    if claude := CLAUDE.search(path):
        assert "model" not in body
        return "/v1/messages", {**_unversioned(body, "vertex-2023-10-16"), "model": plain(claude[1])}
    if invoked := INVOKED.search(path):
        assert not {"model", "stream"} & body.keys()
        inner = _unversioned(body, "bedrock-2023-05-31")
        streams = invoked[2].endswith("stream")
        return "/v1/messages", {**inner, "model": plain(invoked[1]), "stream": streams}
    if path.endswith("/anthropic/v1/messages"):
        return "/v1/messages", {**body, "model": plain(str(body["model"]))}
    if gemini := GEMINI.search(path):
        return f"/v1beta/models/{gemini[1]}", body
    azure = AZURE.search(path)
    assert azure, path
    return f"/v1/{azure[1]}", body


def _unversioned(body: Mapping[str, object], version: str) -> Mapping[str, object]:
    assert body["anthropic_version"] == version
    return {key: value for key, value in body.items() if key not in {"anthropic_version", "anthropic_beta"}}


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """A message of Amazon's event stream."""
    head = b"".join(
        bytes((len(name),))
        + name.encode()
        + b"\x07"
        + len(value.encode()).to_bytes(2, "big")
        + value.encode()
        for name, value in headers.items()
    )
    prelude = (16 + len(head) + len(payload)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    message = prelude + crc32(prelude).to_bytes(4, "big") + head + payload
    return message + crc32(message).to_bytes(4, "big")


def chunk_frame(event: bytes) -> bytes:
    """An event of a model."""
    kinds = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
    return frame(kinds, json.dumps({"bytes": b64encode(event).decode(), "p": "abc"}).encode())


def exception_frame(kind: str, message: str) -> bytes:
    """An exception in the midst of a stream."""
    kinds = {
        ":exception-type": kind,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return frame(kinds, json.dumps({"message": message}).encode())
