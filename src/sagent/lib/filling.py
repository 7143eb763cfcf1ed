"""How a frozen value is filled: as `dataclass` has it, but each slot by its own descriptor.

`dataclass` calls `object.__setattr__` for each, which is slower, and values are made for each call and delta.
"""

from dataclasses import MISSING, fields
from types import FunctionType


def filler(plain: type, slotted: type) -> object:
    """The `__init__` of `slotted`, which has the fields of the dataclass `plain`."""
    space: dict[str, object] = {"MISSING": MISSING, "__name__": slotted.__module__}
    given, types, body = ["self"], dict[str, object](), ["    pass"]
    for each in sorted(fields(plain), key=lambda each: bool(each.kw_only)):
        name = value = each.name
        makes = each.default_factory is not MISSING
        if makes or each.default is not MISSING:
            space |= {f"__usual_{name}": each.default, f"__make_{name}": each.default_factory}
        elif not each.init:
            continue
        if each.init:
            given += ["*"] if each.kw_only and "*" not in given else []
            given.append(f"{name}=__usual_{name}" if f"__usual_{name}" in space else name)
            types[name] = each.type
        if makes:
            value = f"__make_{name}() if {name} is MISSING else {name}" if each.init else f"__make_{name}()"
        elif not each.init:
            value = f"__usual_{name}"
        space[f"__fill_{name}"] = getattr(slotted, name).__set__
        body.append(f"    __fill_{name}(self, {value})")
    if hasattr(plain, "__post_init__"):
        body.append("    self.__post_init__()")
    exec("\n".join([f"def __init__({', '.join(given)}):", *body]), space)  # noqa: S102  # as `dataclass` does
    made = space["__init__"]
    if isinstance(made, FunctionType):
        made.__annotations__ = {**types, "return": None}
        made.__qualname__ = f"{slotted.__qualname__}.__init__"
    return made
