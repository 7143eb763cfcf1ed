"""Notebooks are read by cells, with what came of each."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.schema.message import ToolResult
from sagent.schema.part import Image, Text
from sagent.tools import Read
from tests.samples import picture
from tests.tools.calls import Desk, said, told

DRAWN = picture(4, 4)


def cell(kind: str, source: object, *outputs: object, count: int | None = None) -> dict[str, object]:
    return {"cell_type": kind, "source": source, "outputs": outputs, "execution_count": count}


def written(folder: Path, *cells: object) -> Read:
    (folder / "a.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}))
    return Read(folder)


async def test_cells_are_shown_with_their_sources_and_outputs(tmp_path: Path) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]}
    result = {"output_type": "execute_result", "data": {"text/html": "<b>7</b>", "text/plain": "7"}}
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mE\x1b[0m: v"]}
    strange = {"output_type": "display_data", "data": {"application/x-widget": {}}}
    read = written(
        tmp_path,
        cell("markdown", ["# Title\n", "words"]),
        cell("code", "7", stream, result, error, strange, count=3),
    )

    answer = await said(read, file_path="a.ipynb")

    assert answer == (
        "[a.ipynb: 2 cells, here 1-2]\n\n[cell 1: markdown]\n# Title\nwords\n\n[cell 2: code, run [3]]\n7\n"
        "[cell 2: stdout]\none\ntwo\n[cell 2: output]\n7\n[cell 2: error]\nE: v\n"
        "[cell 2: output of type application/x-widget, not shown]"
    )


async def test_pictures_in_outputs_are_shown_as_pictures(tmp_path: Path) -> None:
    drawn = {
        "output_type": "display_data",
        "data": {"image/png": b64encode(DRAWN).decode(), "text/plain": "<Figure>"},
    }
    read = written(tmp_path, cell("code", "plot()", drawn, count=1), cell("markdown", "end"))

    _, answer = await told(read, file_path="a.ipynb")

    assert isinstance(answer, ToolResult)
    assert answer.content == (
        Text(content="[a.ipynb: 2 cells, here 1-2]\n\n[cell 1: code, run [1]]\nplot()"),
        Image(descriptor="image/png", content=Blob.of(DRAWN)),
        Text(content="\n[cell 2: markdown]\nend"),
    )


async def test_a_picture_that_is_none_is_told_by_its_words(tmp_path: Path) -> None:
    drawn = {"output_type": "display_data", "data": {"image/png": "?", "text/plain": "<Figure>"}}
    read = written(tmp_path, cell("code", "plot()", drawn))

    assert (await said(read, file_path="a.ipynb")).endswith("[cell 1: output]\n<Figure>")


async def test_a_long_output_is_cut_in_the_middle_and_says_so(tmp_path: Path) -> None:
    stream = {
        "output_type": "stream",
        "name": "stdout",
        "text": "".join(f"{number}\n" for number in range(9_000)),
    }
    read = written(tmp_path, cell("code", "count()", stream))

    answer = await said(read, file_path="a.ipynb")

    assert len(answer) < 4_300
    assert "[… 39889 characters left out; with offset a notebook is read as the JSON that it is]" in answer
    assert answer.endswith("\n8998\n8999")


async def test_cells_beyond_the_room_are_read_next(tmp_path: Path) -> None:
    read = written(tmp_path, *[cell("code", "x" * 999) for _ in range(50)]).hosted_by(
        Desk(tmp_path, result_room=4_000)
    )

    answers = [
        await said(read, file_path="a.ipynb", **asked) for asked in ({}, {"cells": "4-50"}, {"cells": "50"})
    ]

    assert [answer.partition("\n")[0] for answer in answers] == [
        '[a.ipynb: 50 cells, here 1-3; read on with cells="4-50"]',
        '[a.ipynb: 50 cells, here 4-6; read on with cells="7-50"]',
        "[a.ipynb: 50 cells, here 50]",
    ]
    assert all(len(answer) <= 4_000 for answer in answers)


@pytest.mark.parametrize("text", ["{", '{"cells": 7}', '{"cells": [7]}', '{"worksheets": []}', "[" * 100_000])
async def test_what_is_no_notebook_is_read_as_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)

    assert (await said(Read(tmp_path), file_path="a.ipynb")).startswith(f"     1\t{text[:10]}")


async def test_the_lines_of_a_notebook_are_the_json_that_it_is(tmp_path: Path) -> None:
    read = written(tmp_path, cell("code", "7"))

    assert (await said(read, file_path="a.ipynb", offset=1)).startswith('     1\t{"cells": [{"cell_type"')


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("two", 'cells: \'two\' is neither a number such as "3" nor a range such as "1-5"'),
        ("3", "cells: there is no 3; the last one is 2"),
        ("2-1", 'cells: \'2-1\' is neither a number such as "3" nor a range such as "1-5"'),
    ],
)
async def test_cells_that_are_not_there_are_refused(tmp_path: Path, asked: str, told: str) -> None:
    read = written(tmp_path, cell("code", "7"), cell("code", "8"))

    with pytest.raises(ToolError) as refused:
        await said(read, file_path="a.ipynb", cells=asked)

    assert str(refused.value) == told
