"""Tests of the core, fed directly, and of what it is made of."""
