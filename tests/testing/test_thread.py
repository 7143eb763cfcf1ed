"""A wire server for code that does not run on an event loop."""

import json
import urllib.request

import pytest

from sagent.errors import UsageError
from sagent.lib.json import JsonObject
from sagent.testing import Served, serve
from tests.testing.asking import FLASH, HELLO, KEY


def post(server: Served) -> object:
    request = urllib.request.Request(
        f"{server.base_url}{FLASH}:generateContent",
        json.dumps(HELLO).encode(),
        {**KEY, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: object = json.loads(response.read())["candidates"][0]["content"]["parts"]
    return answer


def test_synchronous_code_is_answered_from_the_script() -> None:
    with serve("one", "two") as server:
        answers = [post(server), post(server)]

    assert answers == [[{"text": "one"}], [{"text": "two"}]]
    assert ([received.body for received in server.requests], server.left, server.complaints) == (
        [HELLO, HELLO],
        0,
        (),
    )


def test_the_environment_leads_programs_to_the_server() -> None:
    with serve(key="mine") as server:
        environment = server.environment

    assert (environment["GOOGLE_GEMINI_BASE_URL"], environment["GOOGLE_API_KEY"]) == (server.base_url, "mine")


def test_a_taken_port_is_refused_in_the_callers_thread() -> None:
    with serve() as server:
        port = int(server.base_url.rpartition(":")[2])

        with pytest.raises(UsageError, match=f"port {port} cannot be used"), serve(port=port):
            pass


def test_an_error_in_the_block_is_not_covered_by_the_server() -> None:
    def broken(body: JsonObject) -> str:
        raise KeyError(len(body))

    with pytest.raises(OSError, match="500"), serve(broken) as server:
        post(server)
