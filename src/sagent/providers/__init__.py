"""The places where models live, and the wires to them."""

from sagent.providers.google import Google

__all__ = ["Google"]
