# Generated from schemas/tools/edit.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Edit holds."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class Replacement(TypedDict):
    """One replacement."""

    old_string: ReadOnly[str]
    """The text to replace, exactly as the file has it, indentation included, without line numbers."""
    new_string: ReadOnly[str]
    """The text to put in its place."""
    replace_all: NotRequired[ReadOnly[bool]]
    """Replace every occurrence. Without it old_string must occur exactly once."""


class EditDirective(TypedDict):
    """
    Replace text in a file. Give either old_string and new_string, or edits for several replacements in
    one file. old_string must occur once, unless replace_all is set; a few surrounding lines make it
    unique. Copy it exactly: where it differs only in trailing white space, in the form of quotes,
    dashes or spaces, or in the indentation of all its lines alike, it is still found if there is one
    such place, and the answer says so. All replacements are found in the file as it is before the call,
    may not overlap, and are made all or none. Line endings may be written as \\n whatever the file has.
    The answer is the difference.
    """

    file_path: ReadOnly[str]
    """The file: an absolute path, or one relative to the workspace."""
    old_string: NotRequired[ReadOnly[str]]
    """
    The text to replace, exactly as the file has it, indentation included, without line numbers. Empty
    only to fill an empty or new file. Not with edits.
    """
    new_string: NotRequired[ReadOnly[str]]
    """The text to put in its place. Not with edits."""
    replace_all: NotRequired[ReadOnly[bool]]
    """Replace every occurrence. Without it old_string must occur exactly once."""
    edits: NotRequired[ReadOnly[Sequence[Replacement]]]
    """Several replacements, instead of old_string and new_string."""
