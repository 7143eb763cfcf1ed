"""Which pages, or cells, are meant: `3`, or `2-5`."""

import re

from sagent.errors import ToolError


def meant(words: str, noun: str, there: int, most: int) -> range:
    """The numbers that are meant, of so many that there are; a range may go beyond the end.

    Raises:
        ToolError: the words mean none that is there, or more than `most`.
    """
    match = re.fullmatch(r"\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*", words)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last:
        raise ToolError(f'{noun}: {words!r} is neither a number such as "3" nor a range such as "1-5"')
    if first > there:
        raise ToolError(f"{noun}: there is no {words}; the last one is {there}")
    last = min(last, there)
    if last - first >= most:
        raise ToolError(f"{noun}: {words} are {last - first + 1}; at most {most} can be read at once")
    return range(first, last + 1)


def named(numbers: range) -> str:
    """The numbers in words that mean them."""
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
