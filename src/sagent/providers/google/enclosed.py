"""Where the files are in a request to Google, and in which words they are refused."""

from collections.abc import Mapping
from typing import Final

from sagent.providers.inspection import Found, Phrases


def _file(value: Mapping[str, object]) -> Found | None:
    media_type, data = value.get("mimeType"), value.get("data")
    return (media_type, data) if isinstance(media_type, str) and isinstance(data, str) else None


PHRASES: Final = Phrases(
    find=_file,
    mute="Unsupported MIME type: {media_type}",
    spoilt="Unable to process input image. Please retry or report.",
    mislabelled="Unable to process input image: it is not of the type {media_type}",
    heavy="The file is too large: {have} bytes, at most {limit}",
    large="The image is too large: at most {limit} pixels a side",
    large_of_many="The image is too large: at most {limit} pixels a side",
    small="The image is too small: at least {limit} pixels a side",
    crowded="contents: Please use fewer than {limit} images in your request, not {have}",
    paper="The document has no pages.",
    thick="contents: The document contains {have} pages which exceeds the supported page limit of {limit}.",
    bulky="Request payload size exceeds the limit: {limit} bytes, with {have} bytes of images and documents.",
)
"""As Google says it."""
