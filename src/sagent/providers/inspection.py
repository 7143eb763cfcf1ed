"""What is refused about the files in a request body: types, pixels, bytes, pages and counts.

Rule 1: encoders need no inspection: what they write of files was made fit before (`enclosures`).
Rule 2: each wire says in its table where its files are, and in which words they are refused.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import TypeAlias

from sagent.lib.json import is_object, json_bytes
from sagent.lib.papers import Unreadable, page_count, readable
from sagent.lib.value import frozen
from sagent.messages.pictures import picture_kind
from sagent.providers.tolerance import Tolerance

Found: TypeAlias = tuple[str, str]
"""The media type and the base64 of a file."""


@frozen(kw_only=True)
class Phrases:
    """How one provider refuses files; the words in braces are filled in."""

    find: Callable[[Mapping[str, object]], Found | None]
    """The file in an object of the body, if there is one."""
    dotted: bool = False
    """Whether places in arrays are said with dots (`messages.0`) rather than brackets (`messages[0]`)."""
    mute: str
    """The type is not taken: `media_type`."""
    spoilt: str
    """It is no picture, or broken."""
    mislabelled: str
    """It is of another type than is said: `media_type`."""
    heavy: str
    """It has too many bytes: `have`, `limit`."""
    large: str
    """It has too many pixels: `limit`."""
    large_of_many: str
    """It has too many for so many pictures: `limit`."""
    small: str
    """It has too few, or is too narrow: `limit`."""
    crowded: str
    """There are too many pictures: `have`, `limit`."""
    paper: str
    """It is no PDF, or broken."""
    thick: str
    """There are too many pages: `have`, `limit`."""
    bulky: str
    """The request has too many bytes: `have`, `limit`."""


def bad_files(body: object, files: Tolerance, phrases: Phrases) -> Iterator[str]:
    """Say what would be refused about all files of a body."""
    found = list(_walk(body, "", phrases))
    pictures = [place for place, media_type, _ in found if media_type.startswith("image/")]
    pages = 0
    for place, media_type, encoded in found:
        at = f"{place}: " if place else ""
        try:
            data = b64decode(encoded, validate=True)
        except ValueError:
            continue  # told where the shape of blocks is looked at
        if media_type.startswith("image/"):
            for complaint in _bad_picture(media_type, data, len(pictures), files, phrases):
                yield at + complaint
        elif media_type == "application/pdf":
            if not files.documents:
                yield at + phrases.mute.format(media_type=media_type)
            if b"%PDF-" not in data[:1_024]:
                yield at + phrases.paper
            elif readable():
                try:
                    pages += page_count(data)
                except Unreadable:
                    yield at + phrases.paper
            if files.document_bytes is not None and len(encoded) > files.document_bytes:
                yield at + phrases.heavy.format(have=len(encoded), limit=files.document_bytes)
    if files.most_pictures is not None and len(pictures) > files.most_pictures:
        yield phrases.crowded.format(have=len(pictures), limit=files.most_pictures)
    if files.most_pages is not None and pages > files.most_pages:
        yield phrases.thick.format(have=pages, limit=files.most_pages)
    if files.request_bytes is not None and (size := len(json_bytes(body))) > files.request_bytes:
        yield phrases.bulky.format(have=size, limit=files.request_bytes)


def data_url(url: object) -> Found | None:
    """The file in a `data:` address."""
    if not isinstance(url, str) or not url.startswith("data:"):
        return None
    media_type, comma, encoded = url.removeprefix("data:").partition(";base64,")
    return (media_type, encoded) if comma else None


def _walk(value: object, place: str, phrases: Phrases) -> Iterator[tuple[str, str, str]]:
    if is_object(value):
        found = phrases.find(value)
        if found is not None:
            yield place, *found
            return
        for key, inner in value.items():
            yield from _walk(inner, f"{place}.{key}" if place else str(key), phrases)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{place}.{index}" if phrases.dotted else f"{place}[{index}]", phrases)


def _bad_picture(
    media_type: str, data: bytes, count: int, files: Tolerance, phrases: Phrases
) -> Iterator[str]:
    if media_type not in files.pictures:
        yield phrases.mute.format(media_type=media_type)
        return
    size = _pixels(data)
    if size is None:
        yield phrases.spoilt
        return
    if picture_kind(data) != media_type:
        yield phrases.mislabelled.format(media_type=media_type)
    if (have := (len(data) + 2) // 3 * 4) > files.picture_bytes:
        yield phrases.heavy.format(have=have, limit=files.picture_bytes)
    longer, shorter = max(size), min(size)
    many = files.many is not None and count > files.many
    if files.refused_side is not None and longer > files.refused_side:
        yield phrases.large.format(limit=files.refused_side)
    elif many and files.refused_side_of_many is not None and longer > files.refused_side_of_many:
        yield phrases.large_of_many.format(limit=files.refused_side_of_many)
    if shorter < files.least_side or (files.ratio is not None and longer > files.ratio * shorter):
        yield phrases.small.format(limit=files.least_side)


def _pixels(data: bytes) -> tuple[int, int] | None:
    """The width and height of a picture that is whole."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            image.load()
            return image.size
    # Decoders raise whatever a broken file leads them to.
    except Exception:
        return None
