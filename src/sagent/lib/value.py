"""Frozen values: dataclasses that are finished when they are first used."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from types import new_class
from typing import Generic, TypeVar, cast

from typing_extensions import Format, dataclass_transform, get_annotations

from sagent.lib.filling import filler

_T = TypeVar("_T")

_GIVEN = (
    *("__init__", "__repr__", "__eq__", "__hash__", "__replace__"),
    *("__setattr__", "__delattr__", "__getstate__", "__setstate__"),
    *("__match_args__", "__dataclass_fields__", "__dataclass_params__"),
)
"""What `dataclass` gives to a frozen class with slots, in one version of Python or another."""

_finishing = RLock()
"""Held while a class is finished, which finishes its bases."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool = False, eq: bool = True) -> Callable[[type[_T]], type[_T]]:
    """Do what `dataclass(frozen=True, slots=True)` does, but only when the class is first used.

    To compile six methods for each of 250 classes takes a third of a start, and most of them are never
    called. Every annotation is a field: class variables go without.
    """

    def decorated(cls: type[_T]) -> type[_T]:
        return _Draft(cls, kw_only=kw_only, eq=eq).slotted

    return decorated


class _Draft(Generic[_T]):
    """A class that has its slots at once, and what `dataclass` gives when it is asked for."""

    def __init__(self, plain: type[_T], *, kw_only: bool, eq: bool) -> None:
        names = get_annotations(plain, format=Format.FORWARDREF)
        taken = {name for base in plain.__mro__ for name in vars(base).get("__slots__", ())}
        body: dict[str, object] = {
            **{name: _Later(self, name) for name in _GIVEN},
            **{name: member for name, member in vars(plain).items() if name not in names},
            "__slots__": tuple(name for name in names if name not in taken),
            "__qualname__": plain.__qualname__,
        }
        for own in ("__dict__", "__weakref__"):
            body.pop(own, None)
        self._plain: type[_T] | None = plain
        self._decorate = dataclass(init=False, frozen=True, slots=True, kw_only=kw_only, eq=eq)
        # The door: nothing is known of a class that is made of a namespace.
        made = new_class(plain.__name__, plain.__bases__, exec_body=lambda space: space.update(body))
        self.slotted = cast("type[_T]", made)

    def finished(self) -> type[_T]:
        """The class with all that `dataclass` gives."""
        with _finishing:
            if self._plain is not None:
                plain = self._decorate(self._plain)
                given = {**vars(plain), "__init__": filler(plain, self.slotted)}
                for name in _GIVEN:
                    if name in given:
                        setattr(self.slotted, name, given[name])
                    else:
                        delattr(self.slotted, name)
                self._plain = None
        return self.slotted


class _Later(Generic[_T]):
    """Stands where a member of a class will be, and has the class finished when it is looked up."""

    def __init__(self, draft: _Draft[_T], name: str) -> None:
        self._draft = draft
        self._name = name

    def __get__(self, instance: _T | None, owner: type[_T]) -> object:
        member: object = getattr(self._draft.finished(), self._name)
        bind = getattr(member, "__get__", None)
        return member if instance is None or bind is None else bind(instance, owner)
