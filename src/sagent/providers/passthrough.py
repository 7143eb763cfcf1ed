"""What a user adds to the body of a request, laid over what stands there anyway: the same on all wires.

Rule 1: objects are merged member by member, at any depth; to a list is added what it does not hold yet;
    whatever else both have is the user's, null too.
Rule 2: objects of two `type`s are alternatives, each with members of its own: then the user's stands alone.
"""

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from sagent.lib.json import is_object, json_bytes


def overlaid(ours: Mapping[str, object], theirs: Mapping[str, object]) -> dict[str, object]:
    """Our object with the user's laid over it."""
    if "type" in ours and "type" in theirs and ours["type"] != theirs["type"]:
        return dict(theirs)
    both = {name: _over(ours[name], value) for name, value in theirs.items() if name in ours}
    return {**ours, **theirs, **both}


def settled(theirs: object, *path: str) -> bool:
    """Whether what the user says leaves no room for a word of ours at the end of this path."""
    for name in path:
        if not is_object(theirs):
            return True
        if name not in theirs:
            return False
        theirs = theirs[name]
    return True


def opened(body: Mapping[str, object], history: str) -> bytes:
    """A body up to where its history begins, which nobody else writes."""
    before = {name: value for name, value in body.items() if name != history}
    return json_bytes({**before, history: ()}).removesuffix(b"]}")


def _over(ours: object, theirs: object) -> object:
    if is_object(ours) and is_object(theirs):
        return overlaid(ours, theirs)
    if _is_list(ours) and _is_list(theirs):
        return (*ours, *(each for each in theirs if each not in ours))
    return theirs


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)
