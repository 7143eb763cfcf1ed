"""Lines that another program writes while the agent works."""

import asyncio
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sagent.cli.intake import Intake


async def test_lines_come_as_they_are_written_and_the_last_needs_no_end() -> None:
    reading, writing = os.pipe()
    intake = Intake(reading)
    intake.open()
    lines = aiter(intake)

    os.write(writing, b"one\ntw")
    first = await anext(lines)
    os.write(writing, b"o\n\nthree")
    os.close(writing)
    rest = [line async for line in lines]

    os.close(reading)
    assert (first, rest) == (b"one", [b"two", b"", b"three"])


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=8))
def test_the_lines_are_the_same_however_they_are_cut_into_pieces(pieces: list[bytes]) -> None:
    async def read() -> list[bytes]:
        reading, writing = os.pipe()
        intake = Intake(reading)
        intake.open()
        for piece in pieces:
            os.write(writing, piece)
        os.close(writing)
        lines = [line async for line in intake]
        os.close(reading)
        return lines

    whole = b"".join(pieces).split(b"\n")

    assert asyncio.run(read()) == (whole if whole[-1] else whole[:-1])


async def test_a_regular_file_is_read_like_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"x" * 200_000 + b"\nlast\n")
    with (tmp_path / "lines").open("rb") as file:
        intake = Intake(file.fileno())
        intake.open()

        lines = [line async for line in intake]

    assert [len(line) for line in lines] == [200_000, 4]


async def test_once_closed_it_gives_nothing_more_not_even_what_has_come() -> None:
    reading, writing = os.pipe()
    intake = Intake(reading)
    intake.open()
    os.write(writing, b"one\ntwo\nthree\n")
    lines = aiter(intake)
    first = await anext(lines)
    intake.close()

    async with asyncio.timeout(10):
        rest = [line async for line in lines]

    os.close(writing)
    os.close(reading)
    assert (first, rest) == (b"one", [])
