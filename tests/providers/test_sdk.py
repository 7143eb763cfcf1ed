"""The transport that goes by credentials."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from sagent.errors import UsageError
from sagent.providers.faults import Refusal
from sagent.providers.sdk import Sdk, demand, package
from sagent.providers.transport import Call, HttpRefusal

SECRET = "a-secret-of-nobody"


@dataclass
class Doorkeeper:
    """Gives the same headers each time, and counts how often they were refused."""

    given: Mapping[str, str]
    forgotten: int = 0

    async def headers(self, call: Call, /) -> Mapping[str, str]:
        return self.given

    def forget(self) -> None:
        self.forgotten += 1


@dataclass
class Way:
    """Keeps what is sent, and answers with one event, or refuses."""

    status: int = 200
    calls: list[Call] = field(default_factory=list)

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        self.calls.append(call)
        if self.status != 200:
            body = f"{SECRET} is no good".encode()
            raise HttpRefusal(Refusal(status=self.status, headers={}, body=body, host="h"))
        yield ["event"]


async def sent(sdk: Sdk, headers: Mapping[str, str]) -> Sequence[Sequence[str]]:
    return [batch async for batch in sdk.stream(Call(url="http://h", headers=headers, body=b"{}"))]


async def test_the_bytes_go_as_they_are_with_the_headers_of_the_credentials() -> None:
    way = Way()
    sdk = Sdk(credentials=Doorkeeper({"authorization": f"Bearer {SECRET}"}), way=way)

    events = await sent(sdk, {"x-mine": "1"})

    assert events == [["event"]]
    assert way.calls == [
        Call(url="http://h", headers={"x-mine": "1", "authorization": f"Bearer {SECRET}"}, body=b"{}")
    ]


async def test_a_user_who_opens_the_door_needs_no_credentials() -> None:
    way = Way()

    await sent(Sdk(credentials=Doorkeeper({"authorization": "no"}), way=way), {"Authorization": "mine"})

    assert way.calls[0].headers == {"Authorization": "mine"}


@pytest.mark.parametrize(("status", "forgotten"), [(401, 1), (403, 1), (429, 0)])
async def test_refused_credentials_are_forgotten_and_never_repeated(status: int, forgotten: int) -> None:
    keeper = Doorkeeper({"authorization": f"Bearer {SECRET}"})

    with pytest.raises(HttpRefusal) as caught:
        await sent(Sdk(credentials=keeper, way=Way(status)), {})

    assert caught.value.refusal.body == b"[the key] is no good"
    assert keeper.forgotten == forgotten


def test_a_missing_package_is_one_error_that_names_the_command() -> None:
    words = r"one more package, no_such\.package: pip install 'sagent\[vertex\]'"

    with pytest.raises(UsageError, match=words):
        package("no_such.package", "vertex")
    with pytest.raises(UsageError, match=words):
        demand("no_such.package", "vertex")


def test_a_package_is_found_without_being_imported() -> None:
    demand("botocore", "bedrock")

    assert package("json", "none").dumps({}) == "{}"
