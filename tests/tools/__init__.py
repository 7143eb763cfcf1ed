"""Tests of the built-in tools and of tools made of functions."""
