"""Where the files are in a request to Messages, and in which words they are refused."""

from collections.abc import Mapping
from typing import Final

from sagent.providers.inspection import Found, Phrases


def _file(value: Mapping[str, object]) -> Found | None:
    if value.get("type") != "base64":
        return None
    media_type, data = value.get("media_type"), value.get("data")
    return (media_type, data) if isinstance(media_type, str) and isinstance(data, str) else None


PHRASES: Final = Phrases(
    find=_file,
    dotted=True,
    mute="media_type {media_type!r} is not supported by this model",
    spoilt="Could not process image",
    mislabelled="The image was specified using the {media_type} media type, but it appears to be another one",
    heavy="image exceeds 5 MB maximum: {have} bytes > {limit} bytes",
    large="At least one of the image dimensions exceed max allowed size: {limit} pixels",
    large_of_many=(
        "At least one of the image dimensions exceed max allowed size for many-image requests: {limit} pixels"
    ),
    small="At least one of the image dimensions is below the least allowed size: {limit} pixels",
    crowded="messages: too many images: {have} > {limit}",
    paper="The PDF specified was not valid.",
    thick="messages: A maximum of {limit} PDF pages may be provided, not {have}.",
    bulky="Request exceeds the maximum size: {have} bytes > {limit} bytes",
)
"""As Anthropic says it."""
