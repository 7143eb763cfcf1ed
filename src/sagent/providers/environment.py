"""What the environment says of providers."""

from collections.abc import Mapping


def variable(environ: Mapping[str, str], *names: str) -> str:
    """What the first of these variables that is set says; empty if none is."""
    return next((environ[name].strip() for name in names if environ.get(name, "").strip()), "")
