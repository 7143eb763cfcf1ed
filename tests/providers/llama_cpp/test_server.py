"""A server that takes long to load says so, whether it comes up or not."""

from contextlib import aclosing
from pathlib import Path

import pytest

from sagent.errors import Refused
from sagent.providers.llama_cpp.server import LlamaServer, Recipe
from sagent.providers.llama_cpp.way import ServerWay
from sagent.providers.transport import Loading


def program(folder: Path) -> str:
    """A program that never listens."""
    file = folder / "llama-server"
    file.write_text("#!/bin/sh\nexec sleep 600\n")
    file.chmod(0o755)
    return str(file)


async def test_a_load_that_takes_long_is_told_until_it_is_given_up(tmp_path: Path) -> None:
    recipe = Recipe(program=program(tmp_path), file=str(tmp_path / "big.gguf"))
    server = LlamaServer(recipe, patience=0.5, news=0.05)
    news = ServerWay(server=server).load()

    told = [await anext(news), await anext(news)]
    with pytest.raises(Refused, match=r"cannot load big\.gguf: llama-server was not ready in 0 s"):
        _ = [words async for words in news]

    assert told == ["loading big.gguf… 0 s"] * 2


async def test_whoever_leaves_while_it_loads_leaves_the_server_to_those_who_come(tmp_path: Path) -> None:
    recipe = Recipe(program=program(tmp_path), file=str(tmp_path / "big.gguf"))
    server = LlamaServer(recipe, news=0.01)

    async with aclosing(server.load()) as news:
        await anext(news)
    alive = await server.obituary()
    server.end()

    assert alive == ""


def test_the_way_to_a_file_is_one_that_loads(tmp_path: Path) -> None:
    recipe = Recipe(program=program(tmp_path), file=str(tmp_path / "big.gguf"))

    assert isinstance(ServerWay(server=LlamaServer(recipe)), Loading)
