"""Write the generated package, or with --check say where it has drifted.

python -m codegen            rewrite src/sagent/schema/
python -m codegen --check    exit 1, with a diff, if a rewrite would change it
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from codegen import catalog, doors, models, readers, writers
from codegen.rules import uphold
from codegen.shapes import shapes
from codegen.shelf import Fault, load
from codegen.tree import Tree

ROOT = Path(__file__).resolve().parent.parent


def build(schemas: Path, root: Path = ROOT) -> Tree:
    """Everything under src/sagent/schema/, computed from a folder of schemas alone."""
    shelf = load(schemas)
    uphold(shelf)
    known = shapes(shelf)
    return Tree(
        files={
            **models.package(shelf, root),
            "reading.py": readers.module(known),
            "writing.py": writers.module(known),
            "codec.py": doors.module(known),
            "catalog.py": catalog.module(shelf),
            "bundle.json": catalog.bundle(shelf),
        }
    )


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write the package of a project, or check it, and return the exit code."""
    try:
        tree = build(root / "schemas")
    except Fault as fault:
        sys.stderr.write(f"codegen: {fault}\n")
        return 1
    package = root / "src" / "sagent" / "schema"
    if list(arguments) != ["--check"]:
        tree.write(package)
        return 0
    drift = list(tree.drift(package))
    sys.stdout.writelines(drift)
    if drift:
        sys.stderr.write("src/sagent/schema/ is not what schemas/ makes: run `python -m codegen`\n")
    return 1 if drift else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
