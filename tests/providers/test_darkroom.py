"""Pictures are made fit for the model that is to see them, and what cannot be shown is told."""

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from sagent.providers.darkroom import Spoilt, developed, encoded_size
from sagent.providers.tolerance import ANTHROPIC, COMPATIBLE, DASHSCOPE, GOOGLE, MISTRAL, MOONSHOT, OPENAI
from tests.samples import GIF, PNG, noise, picture

VENDORS = (ANTHROPIC, COMPATIBLE, DASHSCOPE, GOOGLE, MISTRAL, MOONSHOT, OPENAI)
MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16")
KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "JPEG2000", "PPM")


def opened(data: bytes) -> Pillow.Image:
    image = Pillow.open(BytesIO(data))
    image.load()
    return image


@settings(deadline=None, max_examples=80)
@given(
    mode=st.sampled_from(MODES),
    kind=st.sampled_from(KINDS),
    width=st.integers(1, 40) | st.sampled_from((1_569, 2_001, 4_000)),
    height=st.integers(1, 40) | st.sampled_from((1_569, 2_001)),
    vendor=st.sampled_from(VENDORS),
)
def test_any_picture_that_can_be_written_becomes_one_that_the_vendor_takes(
    mode: str, kind: str, width: int, height: int, vendor: object
) -> None:
    files = next(each for each in VENDORS if each is vendor)
    try:
        data = picture(width, height, kind, mode)
    except (OSError, ValueError, KeyError):
        return  # this kind cannot hold it

    shown = developed(data, files)

    image = opened(shown.data)
    assert image.size == shown.size
    assert max(image.size) <= max(files.side, files.least_side)
    assert min(image.size) >= files.least_side
    assert files.ratio is None or max(image.size) <= files.ratio * min(image.size)
    assert f"image/{(image.format or '').lower()}" == shown.media_type
    assert shown.media_type in files.pictures
    assert encoded_size(len(shown.data)) <= files.picture_bytes
    assert developed(shown.data, files).data == shown.data


def test_a_picture_that_is_taken_as_it_is_stays_as_it_is() -> None:
    assert developed(PNG, ANTHROPIC).data == PNG
    assert developed(GIF, ANTHROPIC).data == GIF
    assert developed(GIF, GOOGLE).media_type == "image/png"


def test_a_large_picture_is_scaled_to_what_stays_legal_in_any_company() -> None:
    shown = developed(picture(9_000, 3_000), ANTHROPIC)

    assert (shown.size, shown.original) == ((2_000, 667), (9_000, 3_000))


def test_a_picture_with_too_many_bytes_is_made_smaller_until_it_fits() -> None:
    files = replace(COMPATIBLE, picture_bytes=20_000)

    shown = developed(noise(800, 800), files)

    assert encoded_size(len(shown.data)) <= 20_000
    assert shown.media_type == "image/jpeg"


def test_a_picture_is_turned_as_its_camera_was() -> None:
    file = BytesIO()
    image = Pillow.new("RGB", (40, 20))
    image.putpixel((0, 0), (255, 255, 255))
    exif = Pillow.Exif()
    exif[0x0112] = 6
    image.save(file, "PNG", exif=exif)

    shown = developed(file.getvalue(), ANTHROPIC)

    assert (shown.size, shown.original) == ((20, 40), (20, 40))
    assert opened(shown.data).getpixel((19, 0)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_frame_is_shown() -> None:
    file = BytesIO()
    frames = [Pillow.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])

    shown = developed(file.getvalue(), OPENAI)

    assert shown.media_type == "image/png"
    assert opened(shown.data).convert("RGB").getpixel((4, 4)) == (255, 0, 0)


def test_grey_of_sixteen_bits_keeps_its_shades() -> None:
    image = Pillow.new("I;16", (2, 1))
    image.putpixel((1, 0), 65_535)
    file = BytesIO()
    image.save(file, "PNG")

    shown = opened(developed(file.getvalue(), ANTHROPIC).data)

    assert (shown.getpixel((0, 0)), shown.getpixel((1, 0))) == (0, 255)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x89PNG\r\n\x1a\n", "in no format that is known"),
        (b"", "in no format that is known"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "in no format that is known"),
        (noise(64, 64)[:3_000], "damaged, or cut short"),
        (noise(64, 64, "JPEG")[:900], "damaged, or cut short"),
        (picture(9_000, 9_000, mode="1"), "81|64,000,000"),
    ],
)
def test_what_cannot_be_decoded_whole_is_not_shown(data: bytes, why: str) -> None:
    with pytest.raises(Spoilt, match=why):
        developed(data, ANTHROPIC)


def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "from hashlib import sha256\n"
        "from sagent.providers.darkroom import developed\n"
        "from sagent.providers.tolerance import ANTHROPIC\n"
        "from tests.samples import noise\n"
        "print(sha256(developed(noise(2100, 300), ANTHROPIC).data).hexdigest())"
    )

    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    here = sha256(developed(noise(2_100, 300), ANTHROPIC).data).hexdigest()
    assert there.stdout.strip() == here
