"""Recorded traffic of real providers, where the folder is at hand."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("SAGENT_RECORDINGS", HERE.parent / "shared" / "recordings"))

needed = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recordings at {FOLDER}; set SAGENT_RECORDINGS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One exchange."""

    name: str
    model: str
    status: int
    body: bytes
    asked: object
    """The request's body, where it was recorded."""
    tags: Sequence[str]

    @property
    def streamed(self) -> bool:
        """Whether the body is a stream of events and not one object."""
        return not self.body.lstrip().startswith(b"{")


def recorded(api: str) -> Sequence[Recording]:
    """Every recording of an API; none where there is no folder."""
    return [_recording(path) for path in sorted((FOLDER / api).glob("*.json"))]


def one(api: str, name: str) -> Recording:
    """The recording of this name."""
    return _recording(FOLDER / api / f"{name}.json")


def _recording(path: Path) -> Recording:
    record: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
    answer, request = record["response"], record.get("request")
    assert isinstance(answer, dict)
    tags = record["tags"]
    assert isinstance(tags, list)
    return Recording(
        name=path.stem,
        model=str(record.get("model") or "unknown"),
        status=answer["status"],
        body=answer["body"].encode(),
        asked=request.get("body") if isinstance(request, dict) else None,
        tags=tags,
    )
