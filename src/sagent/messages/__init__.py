"""Making, naming and reading messages."""
