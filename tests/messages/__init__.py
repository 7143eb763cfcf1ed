"""Tests of messages: their names, their words and their order."""
