"""Cases that are data: a folder of JSON files, each a list of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """What a file says of one case."""

    name: str
    rest: Mapping[str, object]

    def text(self, key: str) -> str:
        """A member that is text, or nothing."""
        value = self.rest.get(key, "")
        assert isinstance(value, str)
        return value

    def flag(self, key: str) -> bool:
        """A member that is true, or not there."""
        return self.rest.get(key) is True

    def items(self, key: str) -> Sequence[Mapping[str, object]]:
        """A member that is a list of objects."""
        value = self.rest[key]
        assert isinstance(value, list)
        return value


def cases(folder: str) -> list[Case]:
    """All cases of a folder beside this file."""
    return [
        Case(name=f"{path.stem}: {case['name']}", rest=case)
        for path in sorted((Path(__file__).parent / folder).glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]


def words(value: object) -> dict[str, str]:
    """A member that maps names to texts."""
    assert isinstance(value, dict)
    return value


def tree(folder: Path) -> dict[str, str]:
    """The files of a directory by their paths, as they are but for their encoding."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in folder.rglob("*")
        if path.is_file()
    }
