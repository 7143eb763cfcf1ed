# Generated from schemas/tools/write.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool Write holds."""

from typing import TypedDict

from typing_extensions import ReadOnly


class WriteDirective(TypedDict):
    """
    Write a whole file. It is created, with its missing directories, or replaced. A file that exists
    must have been read before, and not been changed by anybody else since; it keeps its encoding, its
    line endings and its mode. To change a part of a file use Edit.
    """

    file_path: ReadOnly[str]
    """The file: an absolute path, or one relative to the workspace."""
    content: ReadOnly[str]
    """All that the file shall contain."""
