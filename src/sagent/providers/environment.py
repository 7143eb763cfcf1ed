"""What the environment says of providers."""

from collections.abc import Iterator, Mapping

from typing_extensions import override


class AccountEnvironment(Mapping[str, str]):
    """The environment as an account has it, and what its variables are really called."""

    def __init__(self, seen: Mapping[str, str], names: Mapping[str, str]) -> None:
        """`names` are those of the account's own, by what they stand for."""
        self._seen = seen
        self.names = names

    @override
    def __getitem__(self, name: str) -> str:
        return self._seen[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._seen)

    @override
    def __len__(self) -> int:
        return len(self._seen)


def called(environ: Mapping[str, str], name: str) -> str:
    """What whoever set this variable has called it: an account's has the account's name behind it."""
    return environ.names.get(name, name) if isinstance(environ, AccountEnvironment) else name


def is_on(environ: Mapping[str, str], *names: str) -> bool:
    """Whether the first of these variables that is set says `true` or `1`, as Google's SDK reads them."""
    return variable(environ, *names).lower() in {"true", "1"}


def variable(environ: Mapping[str, str], *names: str) -> str:
    """What the first of these variables that is set says; empty if none is."""
    return next((environ[name].strip() for name in names if environ.get(name, "").strip()), "")
