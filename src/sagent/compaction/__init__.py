"""Compaction: a summary stands for what a window has no room for any more."""
