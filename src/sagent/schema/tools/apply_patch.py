# Generated from schemas/tools/apply_patch.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool ApplyPatch holds."""

from typing import TypedDict

from typing_extensions import ReadOnly


class ApplyPatchDirective(TypedDict):
    """
    Add, delete, update and move files with one patch in the *** Begin Patch format. Sections are
    applied in order; at the first that cannot be done it stops, and the answer says what was done
    before it. Use it for changes to several files at once, or if you are used to this format; Edit does
    the same for one file.
    """

    patch: ReadOnly[str]
    """
    The patch. Its first line is '*** Begin Patch', its last '*** End Patch'. Between them stands one
    section per file: '*** Add File: PATH' and the file's lines, each behind a '+'; or '*** Delete File:
    PATH'; or '*** Update File: PATH', perhaps '*** Move to: NEW PATH', and hunks. A hunk begins with
    '@@', or '@@ LINE' to say behind which line it is to be found; its lines begin with a space (they
    stay), '-' (they go) or '+' (they come). Give about three lines that stay before and after each
    change, so that the place is clear. '*** End of File' after a hunk says that it ends the file. Paths
    are relative to the workspace, or absolute.
    """
