"""Making a picture that a model can be shown out of one that it cannot: pure, and the same each time.

Rule 1: what a model takes as it is stays as it is, byte for byte.
Rule 2: everything else becomes a PNG or a JPEG: upright, one frame, eight bits, no larger than is worth it.
Rule 3: what cannot be decoded whole is not shown: a provider would refuse it, and all that follows with it.
"""

from io import BytesIO
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from sagent.lib.value import frozen
from sagent.messages.pictures import Picture, picture_kind
from sagent.providers.tolerance import Tolerance

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 64_000_000
"""A picture of more is not decoded: it may be a bomb, and takes 256 MB even if it is none."""

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "JPEG2000", "PPM")
"""What is decoded: no format that starts other programs, or is no picture."""

PHOTOGRAPHS: Final = frozenset(("JPEG", "MPO", "AVIF", "JPEG2000"))
"""Formats that lose a little anyway, and what is in them does not get smaller without."""

PLAIN: Final = frozenset(("1", "L", "LA", "P", "RGB", "RGBA"))
"""How pixels are stored in pictures that every decoder knows."""

WORTH: Final = 1_500_000
"""How many bytes a picture that is made here may have without loss: larger ones fill up requests."""

QUALITIES: Final = (85, 70, 50)
"""How well JPEG is made to remember, the best first."""

SMALLEST: Final = 16
"""No picture is made smaller than so many pixels to save bytes."""

ORIENTATION: Final = 0x0112
"""The EXIF tag that says how the camera was held."""

UPRIGHT: Final = 1
SIDEWAYS: Final = frozenset((5, 6, 7, 8))

BENCH: Final = BoundedSemaphore(2)
"""How many pictures are decoded at a time in this process, so that memory is bounded."""


class Spoilt(ValueError):
    """A picture that cannot be shown; the text says why."""


@frozen(kw_only=True)
class Developed:
    """A picture that can be shown."""

    data: bytes
    media_type: Picture
    size: tuple[int, int]
    """Its width and height."""
    original: tuple[int, int]
    """Those of the picture that it was made of."""


def encoded_size(size: int) -> int:
    """How many bytes so many become in base64."""
    return (size + 2) // 3 * 4


def developed(data: bytes, tolerance: Tolerance) -> Developed:
    """The picture as the model takes it: the very bytes where that can be.

    Raises:
        Spoilt: it cannot be shown.
    """
    with BENCH:
        try:
            return _developed(data, tolerance)
        except Spoilt:
            raise
        except MemoryError as error:
            raise Spoilt("it is too large to be decoded here") from error
        # Decoders raise whatever a broken file leads them to, warnings that are errors among it.
        except Exception as error:
            raise Spoilt(_reason(error)) from error


def _developed(data: bytes, tolerance: Tolerance) -> Developed:
    from PIL import Image, ImageOps

    Image.init()
    with Image.open(BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]) as image:
        photograph = image.format in PHOTOGRAPHS
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Spoilt(f"it has {width} x {height} pixels, and at most {MOST_PIXELS:,} are decoded")
        orientation = image.getexif().get(ORIENTATION, UPRIGHT)
        kind = picture_kind(data)
        if (
            kind is not None
            and kind in tolerance.pictures
            and getattr(image, "n_frames", 1) == 1
            and orientation == UPRIGHT
            and image.mode in PLAIN
            and encoded_size(len(data)) <= tolerance.picture_bytes
            and _padded(_scaled(image.size, tolerance.side), tolerance) == image.size
        ):
            image.load()
            return Developed(data=data, media_type=kind, size=image.size, original=image.size)
        if image.format == "JPEG":
            image.draft(None, (tolerance.side, tolerance.side))  # decodes no more than is needed
        image.load()
        upright = (
            ImageOps.exif_transpose(_eight_bits(image)) if orientation != UPRIGHT else _eight_bits(image)
        )
    original = (height, width) if orientation in SIDEWAYS else (width, height)
    return _printed(upright, original, tolerance, photograph=photograph)


def _printed(
    image: "Image", original: tuple[int, int], tolerance: Tolerance, *, photograph: bool
) -> Developed:
    """The picture as a file: without loss where that is worth it, smaller until it is small enough."""
    side = tolerance.side
    while side >= SMALLEST:
        made = _canvas(image, _scaled(image.size, side), tolerance)
        if not photograph:
            data = _file(made, "PNG", 0)
            if encoded_size(len(data)) <= min(WORTH, tolerance.picture_bytes):
                return Developed(data=data, media_type="image/png", size=made.size, original=original)
        for quality in QUALITIES:
            data = _file(made, "JPEG", quality)
            if encoded_size(len(data)) <= tolerance.picture_bytes:
                return Developed(data=data, media_type="image/jpeg", size=made.size, original=original)
        side = min(side, max(made.size)) * 3 // 4
    raise Spoilt("it cannot be made small enough")


def _file(image: "Image", kind: str, quality: int) -> bytes:
    paper = BytesIO()
    if kind == "PNG":
        image.save(paper, "PNG", icc_profile=None)
    else:
        image.convert("RGB" if image.mode != "L" else "L").save(paper, "JPEG", quality=quality)
    return paper.getvalue()


def _canvas(image: "Image", size: tuple[int, int], tolerance: Tolerance) -> "Image":
    """The picture in this size, with white around it where it is too small or too narrow to be taken."""
    from PIL import Image

    scaled = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    whole = _padded(size, tolerance)
    if whole == size:
        return scaled
    canvas = Image.new("RGB", whole, "white")
    canvas.paste(scaled.convert("RGB"))
    return canvas


def _eight_bits(image: "Image") -> "Image":
    """The picture in grey or in colours of eight bits, its own transparency become white."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        low, high = _extremes(image)
        if low < 0 or high > 255:
            wide = image.convert("F")
            scale = 255 / (high - low)
            image = wide.point(lambda value: (value - low) * scale)
        return image.convert("L")
    if image.mode in {"1", "L"} and "transparency" not in image.info:
        return image.convert("L")
    if image.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return image.convert("RGB")


def _extremes(image: "Image") -> tuple[float, float]:
    """The least and the greatest value among the pixels."""
    match image.getextrema():
        case (int() | float() as low, int() | float() as high):
            return low, high
        case _:
            return 0, 255


def _scaled(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size, made to fit a square of this side."""
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _padded(size: tuple[int, int], tolerance: Tolerance) -> tuple[int, int]:
    """The size, made large and broad enough."""
    least = tolerance.least_side
    if tolerance.ratio:
        least = max(least, -(-max(size) // tolerance.ratio))
    return max(size[0], least), max(size[1], least)


def _reason(error: Exception) -> str:
    """Always the same words for the same file: they are sent in its place."""
    from PIL import UnidentifiedImageError
    from PIL.Image import DecompressionBombError, DecompressionBombWarning

    match error:
        case UnidentifiedImageError():
            return "it is in no format that is known here"
        case DecompressionBombError() | DecompressionBombWarning():
            return f"it has more than {MOST_PIXELS:,} pixels"
        case _:
            return "it is damaged, or cut short"
