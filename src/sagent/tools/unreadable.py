"""What is raised where a pattern cannot be read."""


class Unreadable(Exception):
    """A pattern is no regular expression that every engine understands alike; the text says why."""
