from collections.abc import Callable

class TypeChecker:
    def redefine(self, type: str, fn: Callable[[TypeChecker, object], bool]) -> TypeChecker: ...  # noqa: A002  # its name there
