"""The script that lets a shell complete commands and flags."""

import sys
from typing import Annotated, Literal

from cyclopts import Parameter


def completion(shell: Annotated[Literal["bash", "zsh", "fish"], Parameter(help="The shell.")], /) -> int:
    """Print the completion script of a shell."""
    from sagent.cli.app import application

    sys.stdout.write(application().generate_completion(prog_name="sagent", shell=shell))
    return 0
