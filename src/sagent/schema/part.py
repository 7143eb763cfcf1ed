# Generated from schemas/part.json by `python -m codegen`. Change the schema and run that again.
"""What can be said: the pieces that turns are made of."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sagent.lib.blob import Blob
from sagent.lib.json import JsonValue
from sagent.lib.value import frozen


@frozen(kw_only=True)
class Text:
    """Plain text."""

    descriptor: Literal["text/plain"] = "text/plain"
    content: str
    """The text."""


@frozen(kw_only=True)
class Thinking:
    """What a model thought before it spoke."""

    descriptor: Literal["text/x-thinking"] = "text/x-thinking"
    content: str
    """The thought, as far as the provider shows it."""
    signature: str = ""
    """The provider's proof of it, opaque to everybody else."""


@frozen(kw_only=True)
class ErrorText:
    """Something that went wrong, in words."""

    descriptor: Literal["text/x-error"] = "text/x-error"
    content: str
    """What went wrong and what can be done."""


@frozen(kw_only=True)
class Data:
    """A JSON value."""

    descriptor: Literal["application/json"] = "application/json"
    content: JsonValue
    """The value."""


@frozen(kw_only=True)
class Image:
    """A picture."""

    descriptor: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    content: Blob
    """The file's bytes."""


@frozen(kw_only=True)
class Document:
    """A PDF document."""

    descriptor: Literal["application/pdf"] = "application/pdf"
    content: Blob
    """The file's bytes."""


@frozen(kw_only=True)
class Audio:
    """A sound recording."""

    descriptor: Literal["audio/wav", "audio/mpeg", "audio/ogg", "audio/flac"]
    content: Blob
    """The file's bytes."""


@frozen(kw_only=True)
class Foreign:
    """Anything of another media type, kept as it came."""

    descriptor: Literal["application/x-foreign"] = "application/x-foreign"
    media_type: str
    """The media type it came with."""
    content: Blob
    """Its bytes."""


Part: TypeAlias = Text | Thinking | ErrorText | Data | Image | Document | Audio | Foreign
"""Something that can be said."""
