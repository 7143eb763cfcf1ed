"""A folder of generated files: written whole, or held against what is on disk."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tree:
    """The text of every file in a folder, by its path below it."""

    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Make the folder hold these files and nothing else."""
        for stray in self._strays(folder):
            stray.unlink()
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")

    def drift(self, folder: Path) -> Iterator[str]:
        """The lines of a unified diff from what is in the folder to these files; none where they agree."""
        old = {path.relative_to(folder).as_posix(): path for path in self._present(folder)}
        for name in sorted(old.keys() | self.files.keys()):
            before = old[name].read_text(encoding="utf-8") if name in old else ""
            after = self.files.get(name, "")
            yield from difflib.unified_diff(
                before.splitlines(keepends=True),
                after.splitlines(keepends=True),
                fromfile=f"{name} (on disk)" if name in old else f"{name} (missing)",
                tofile=f"{name} (generated)" if name in self.files else f"{name} (not generated)",
            )

    def _strays(self, folder: Path) -> list[Path]:
        return [
            path for path in self._present(folder) if path.relative_to(folder).as_posix() not in self.files
        ]

    @staticmethod
    def _present(folder: Path) -> list[Path]:
        return sorted(
            path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )
