"""Which kind of picture some bytes are."""

from typing import Literal, TypeAlias

Picture: TypeAlias = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
"""The picture formats that models can see."""


def picture_kind(data: bytes) -> Picture | None:
    """Which format begins like this, as names of files often lie; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None
