"""Which files a model takes, how large and how many: a row for each vendor."""

from collections.abc import Sequence
from typing import Final

from sagent.lib.value import frozen


@frozen(kw_only=True)
class Tolerance:
    """What a model takes of files; the defaults are what nearly every server that sees pictures takes."""

    pictures: Sequence[str] = ("image/png", "image/jpeg")
    """The media types of pictures; none for a model that sees nothing."""
    side: int = 2_048
    """How many pixels the longer side of a picture has at most when it is sent: legal however many follow."""
    least_side: int = 1
    """How many the shorter side has at least."""
    ratio: int | None = None
    """How many times as long as the shorter side the longer one may be."""
    refused_side: int | None = None
    """More pixels than so many on a side are refused."""
    many: int | None = None
    """A request with more pictures than this is held to `refused_side_of_many`."""
    refused_side_of_many: int | None = None
    """More pixels than so many are refused there."""
    picture_bytes: int = 5 * 1024 * 1024
    """How many bytes a picture has at most, in base64."""
    most_pictures: int | None = None
    """How many pictures a request holds at most."""
    documents: bool = False
    """Whether PDF documents are read."""
    document_bytes: int | None = None
    """How many bytes one has at most, in base64."""
    most_pages: int | None = None
    """How many pages all documents of a request have at most."""
    request_bytes: int | None = None
    """How many bytes a request has at most."""


COMPATIBLE: Final = Tolerance()
"""A server of which nothing is known; llama.cpp, for one, reads no WebP."""

_ALL: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")

ANTHROPIC: Final = Tolerance(
    pictures=_ALL,
    side=2_000,
    refused_side=8_000,
    many=20,
    refused_side_of_many=2_000,
    most_pictures=600,
    documents=True,
    most_pages=600,
    request_bytes=32_000_000,
)
"""Anthropic's newer models, which see up to 2,576 pixels, but are refused more than 2,000 of each of many.

Source: platform.claude.com/docs, "Vision" (sizes, counts), "PDF support" (pages), "API overview" (bytes).
"""

ANTHROPIC_WORKING_SIDE: Final = 1_568
"""What Claude 4.6 and older ones scale pictures down to by themselves (same page)."""

FEWER: Final = 100
"""How many pictures, and how many pages, Anthropic takes for windows of 200,000 tokens (same pages)."""

OPENAI: Final = Tolerance(
    pictures=_ALL,
    picture_bytes=20_000_000,
    most_pictures=500,
    documents=True,
    document_bytes=44_000_000,
    request_bytes=50_000_000,
)
"""OpenAI, by the older and narrower of its figures for a request (its guides to images and to files)."""

GOOGLE: Final = Tolerance(
    pictures=("image/png", "image/jpeg", "image/webp"),
    side=3_072,
    picture_bytes=20_000_000,
    most_pictures=3_600,
    documents=True,
    most_pages=1_000,
    request_bytes=20 * 1024 * 1024,
)
"""Google, where files are sent inline; larger pictures are scaled down there anyway.

Source: ai.google.dev/gemini-api/docs, image and document understanding.
"""

MOONSHOT: Final = Tolerance(pictures=_ALL, picture_bytes=20_000_000, request_bytes=100_000_000)
"""Moonshot, which advises against more than 4k pixels (platform.moonshot.ai, the guide to Kimi's vision)."""

DASHSCOPE: Final = Tolerance(
    pictures=("image/png", "image/jpeg", "image/webp"),
    least_side=11,
    ratio=200,
    picture_bytes=10_000_000,
    most_pictures=250,
)
"""DashScope (Alibaba Cloud Model Studio, visual understanding, image limits)."""

MISTRAL: Final = Tolerance(
    pictures=("image/png", "image/jpeg", "image/webp"), picture_bytes=10_000_000, most_pictures=8
)
"""Mistral (docs.mistral.ai, vision)."""
