"""Tests of how long conversations are made short."""
