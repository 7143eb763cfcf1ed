"""Who searches on this machine; loaded when something is searched for."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from threading import Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sagent.tools.search import Engine, Query, Search

T = TypeVar("T")


@lru_cache(maxsize=1)
def engines() -> "tuple[Engine, ...]":
    """The engines there are, the fastest first."""
    from sagent.tools.plain_search import PlainSearch
    from sagent.tools.ripgrep import RipgrepSearch, installed

    program = installed()
    return (PlainSearch,) if program is None else (partial(RipgrepSearch, program), PlainSearch)


def searched(engines: "Sequence[Engine]", query: "Query", stop: Event, answer: "Callable[[Search], T]") -> T:
    """What is made of the search of the first engine that can do it.

    Raises:
        Unsuitable: none can.
    """
    from sagent.tools.search import Unsuitable

    refusal = Unsuitable("there is nobody to search")
    for engine in engines:
        try:
            return answer(engine(query, stop))
        except Unsuitable as refused:
            refusal = refused
    raise refusal
