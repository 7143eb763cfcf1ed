"""Where the files are in a request to Chat Completions, and in which words they are refused."""

from collections.abc import Mapping
from typing import Final

from sagent.providers.inspection import Found, Phrases, data_url


def _file(value: Mapping[str, object]) -> Found | None:
    return data_url(value.get("url")) or data_url(value.get("file_data"))


PHRASES: Final = Phrases(
    find=_file,
    mute="You uploaded an unsupported image or file: {media_type}. Please make sure your image is valid.",
    spoilt="The image data you provided does not represent a valid image. Please check your input.",
    mislabelled="Invalid image: its data are not of the type {media_type}.",
    heavy="Invalid image: {have} bytes exceed the maximum of {limit} bytes.",
    large="Invalid image: at most {limit} pixels a side.",
    large_of_many="Invalid image: at most {limit} pixels a side.",
    small="Invalid image: its height and width must be at least {limit} pixels, its aspect ratio moderate.",
    crowded="messages: Too many images: {have}, at most {limit} images may be provided.",
    paper="Invalid file: its data are no PDF document that can be read.",
    thick="messages: Too many pages of documents: {have}, at most {limit}.",
    bulky="Request body too large: {have} bytes of text, images and files, at most {limit}.",
)
"""As OpenAI and those who are compatible with it say it, more or less."""
