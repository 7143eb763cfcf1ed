"""One server for all tests of a process, and its log where a test fails."""

from collections.abc import Generator, Iterator
from typing import Final

import pytest

from tests.servers.endpoints import ENDPOINTS, Endpoint
from tests.servers.llama import Llama, serving_llama

SERVER: Final = pytest.StashKey[Llama]()


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Llama]:
    with serving_llama(tmp_path_factory.mktemp("llama")) as server:
        pytestconfig.stash[SERVER] = server
        yield server


@pytest.fixture(params=[*ENDPOINTS.values()], ids=[*ENDPOINTS])
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    found = request.param
    assert isinstance(found, Endpoint)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    server = item.config.stash.get(SERVER, None)
    if report.failed and server:
        report.sections.append(("llama.cpp's log", server.log.read_text(errors="replace")[-4000:]))
    return report
