"""Bytes that are named by what they are."""

from dataclasses import field
from typing import Self

from sagent.lib.value import frozen


@frozen(kw_only=True)
class Blob:
    """Some bytes by their digest; the bytes travel along until a session holds them."""

    digest: str
    """SHA-256 of the bytes, in hexadecimal."""

    size: int
    """How many bytes."""

    data: bytes | None = field(default=None, compare=False, repr=False)
    """The bytes, where they are at hand."""

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Name these bytes."""
        import hashlib

        return cls(digest=hashlib.sha256(data).hexdigest(), size=len(data), data=data)
