"""Tests of agents on a real event loop, with scripted models."""
