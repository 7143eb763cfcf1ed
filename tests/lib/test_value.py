"""A frozen value is a dataclass in all that can be told of it, but is finished late."""

import copy
import inspect
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from importlib import import_module
from pkgutil import walk_packages
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

import sagent
from sagent.lib.value import frozen


@frozen(kw_only=True)
class Stamp:
    """A thing with an id."""

    stamp: str
    note: str = "none"


@frozen(kw_only=True)
class Word(Stamp):
    """A stamped thing, with all that a field can be."""

    text: str
    parts: Sequence[str] = field(default_factory=tuple)
    secret: str = field(default="s", repr=False, compare=False)
    width: int = field(default=3, init=False)

    def twice(self) -> str:
        """Methods stay."""
        return self.text * 2


@frozen()
class Point:
    """Fields by position."""

    x: int
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class PlainPoint:
    """The same by the standard library alone."""

    x: int
    y: float = 0.0


@frozen(eq=False)
class Thing:
    """A value that equals itself alone."""

    x: int


@frozen(kw_only=True)
class Checked:
    """A value that looks at itself, and shows itself in its own way."""

    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("negative")

    @override
    def __repr__(self) -> str:
        return f"<{self.x}>"


@dataclass(frozen=True)
class Below(Point):
    """What somebody else derives by the standard library."""

    z: int = 1


numbers = st.integers(-2, 2)


@given(numbers, numbers, numbers, numbers)
def test_values_by_position_act_as_those_of_the_standard_library(a: int, b: int, c: int, d: int) -> None:
    ours, theirs = (Point(a, b), Point(c, d)), (PlainPoint(a, b), PlainPoint(c, d))

    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1])
    assert hash(ours[0]) == hash(theirs[0])
    assert repr(ours[0]) == repr(theirs[0]).removeprefix("Plain")


def test_a_value_is_made_as_the_standard_library_makes_it_and_refuses_what_that_refuses() -> None:
    assert inspect.signature(Point) == inspect.signature(PlainPoint)
    refusals: list[str] = []
    for make in (Point, PlainPoint):
        for arguments in ((), (1, 2.0, 3)):
            with pytest.raises(TypeError) as refused:
                make(*arguments)
            refusals.append(str(refused.value).replace("Plain", ""))
    assert refusals[:2] == refusals[2:]


def test_defaults_factories_and_hidden_fields_are_kept_below_a_base() -> None:
    word = Word(stamp="a", text="t")

    assert (word.note, word.parts, word.secret, word.width, word.twice()) == ("none", (), "s", 3, "tt")
    assert repr(word) == "Word(stamp='a', note='none', text='t', parts=(), width=3)"
    assert word == Word(stamp="a", text="t", secret="other")
    assert [made.name for made in fields(word)] == ["stamp", "note", "text", "parts", "secret", "width"]


def test_a_value_can_neither_be_changed_nor_given_more() -> None:
    word = Word(stamp="a", text="t")

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'text'"):
        word.text = "u"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'text'"):
        del word.text
    assert not hasattr(word, "__dict__")


def test_a_value_is_replaced_copied_and_pickled_whole() -> None:
    word = Word(stamp="a", text="t", secret="kept")

    assert replace(Word(stamp="b", text="t"), stamp="a") == word
    for again in (copy.copy(word), copy.deepcopy(word), pickle.loads(pickle.dumps(word))):
        assert (again, again.secret, again.width) == (word, "kept", 3)


def test_a_value_whose_class_nobody_used_yet_is_read_from_a_pickle() -> None:
    kept = pickle.dumps(Point(1, 2.0)).replace(b"Point", b"Fresh")

    assert pickle.loads(kept) == Fresh(1, 2.0)


@frozen()
class Fresh:
    """Used by one test alone."""

    x: int
    y: float


def test_patterns_find_fields_by_position_and_by_name() -> None:
    def told(thing: object) -> object:
        match thing:
            case Point(x, y=y):
                return (x, y)
            case _:
                return None

    assert (told(Point(1, 2.0)), told(PlainPoint(1, 2.0))) == ((1, 2.0), None)


def test_what_a_class_says_of_itself_is_left_to_it() -> None:
    assert repr(Checked(x=1)) == "<1>"
    with pytest.raises(ValueError, match="negative"):
        Checked(x=-1)


def test_things_that_are_compared_by_identity_stay_so() -> None:
    thing = Thing(1)

    assert (thing == copy.copy(thing), thing == thing, len({thing, Thing(1)})) == (False, True, 2)


def test_the_standard_library_may_derive_from_a_value() -> None:
    assert repr(Below(1, z=2)) == "Below(x=1, y=0.0, z=2)"


def test_each_frozen_class_of_the_package_can_be_finished() -> None:
    found = [module.name for module in walk_packages(sagent.__path__, "sagent.")]
    modules = [import_module(name) for name in found if "__main__" not in name]
    classes = {member for module in modules for member in vars(module).values() if isinstance(member, type)}

    finished = [fields(made) for made in classes if is_dataclass(made)]

    assert len(finished) > 250


FIRST_USES: Sequence[Callable[[type[object]], object]] = (
    inspect.signature,
    is_dataclass,
    lambda cls: cls.__eq__,
    lambda cls: vars(cls)["__init__"].__get__(None, cls),
    lambda cls: hasattr(cls, "__replace__"),
)


@pytest.mark.parametrize("use", FIRST_USES)
def test_whatever_is_asked_of_a_class_first_finishes_it(use: Callable[[type[object]], object]) -> None:
    @frozen(kw_only=True)
    class Late:
        """Made here, so that nobody used it."""

        x: int
        y: str = "y"

    use(Late)

    assert repr(Late(x=1)) == f"{Late.__qualname__}(x=1, y='y')"
    assert str(inspect.signature(Late)) == "(*, x: int, y: str = 'y') -> None"


def test_threads_that_use_a_class_first_at_once_finish_it_once() -> None:
    @frozen()
    class Late:
        """Made here, so that nobody used it."""

        x: int
        y: list[int] = field(default_factory=list)

    start = Barrier(8)

    def make(number: int) -> Late:
        start.wait()
        return Late(number)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))

    assert made == [Late(number, []) for number in range(8)]
