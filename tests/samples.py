"""Small files that are what they say: pictures that can be decoded, and a PDF of one page."""

from base64 import b64encode
from io import BytesIO
from typing import Final

from PIL import Image as Pillow


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB", colour: int = 0) -> bytes:
    """A picture of this size and colour, the same each time."""
    file = BytesIO()
    Pillow.new(mode, (width, height), colour).save(file, kind)
    return file.getvalue()


def noise(width: int, height: int, kind: str = "PNG", seed: int = 0) -> bytes:
    """A picture that cannot be compressed, another one for each seed."""
    from random import Random

    file = BytesIO()
    data = Random(seed).randbytes(width * height * 3)
    Pillow.frombytes("RGB", (width, height), data).save(file, kind)
    return file.getvalue()


def pdf(pages: int = 1, words: str = "hello") -> bytes:
    """A PDF with this text on each page, without a table of where its objects are."""
    text = f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode()
    kids = " ".join(f"{number + 5} 0 R" for number in range(pages))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        *[page] * pages,
    ]
    body, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    body += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)


PNG: Final = picture(16, 16)
GIF: Final = picture(16, 16, "GIF", "P")
PDF: Final = pdf()


def in_base64(data: bytes) -> str:
    """As all wires write bytes."""
    return b64encode(data).decode()
