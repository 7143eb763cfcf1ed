"""Commands in a sandbox: what they can change, see and reach."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sagent.atoms import CallId
from sagent.errors import UsageError
from sagent.schema.part import Text
from sagent.tools import Bash, Sandbox
from sagent.tools import sandbox as room
from tests.tools.calls import Desk, said, told

FAULT = room._fault(False)
needs_bubblewrap = pytest.mark.skipif(FAULT is not None, reason=str(FAULT))


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a secret directory, a secret file and a project; not among the temporary files."""
    with TemporaryDirectory(prefix=".sagent-home-", dir=Path.home()) as name:
        folder = Path(name).resolve()
        (folder / ".ssh").mkdir()
        (folder / ".ssh" / "id").write_text("key")
        (folder / ".netrc").write_text("password")
        (folder / "notes").write_text("plain\n")
        (folder / "project" / "sub").mkdir(parents=True)
        yield folder


@pytest.fixture
def desk(home: Path) -> Desk:
    return Desk(home / "project")


def confined(desk: Desk, home: Path, *, network: bool = False, writable: tuple[Path, ...] = ()) -> Bash:
    return Bash(sandbox=Sandbox(network=network, writable=writable, home=home)).hosted_by(desk)


@needs_bubblewrap
async def test_only_the_workspace_and_what_is_named_can_be_written_to(home: Path, desk: Desk) -> None:
    (home / "cache").mkdir()
    bash = confined(desk, home, writable=(home / "cache",))

    answer = await said(bash, command="touch here; touch ../cache/there; touch ../elsewhere /etc/elsewhere")

    assert answer == (
        "touch: cannot touch '../elsewhere': Read-only file system\n"
        "touch: cannot touch '/etc/elsewhere': Read-only file system\nexit code 1"
    )
    assert (home / "project" / "here").exists()
    assert (home / "cache" / "there").exists()


@needs_bubblewrap
async def test_secrets_of_the_home_directory_are_hidden_and_all_else_can_be_read(
    home: Path, desk: Desk
) -> None:
    answer = await said(confined(desk, home), command="cat ../notes; ls -A ../.ssh; cat ../.netrc; ls ..")

    assert answer == "plain\nnotes\nproject"


@needs_bubblewrap
async def test_secrets_are_hidden_where_the_workspace_is_the_home_directory(home: Path) -> None:
    bash = confined(Desk(home), home)

    answer = await said(bash, command="touch here; cat .ssh/id; cat .netrc")

    assert answer == "cat: .ssh/id: No such file or directory"
    assert (home / "here").exists()


@needs_bubblewrap
async def test_a_workspace_below_a_hidden_directory_is_there(home: Path) -> None:
    (home / ".ssh" / "project").mkdir()
    bash = confined(Desk(home / ".ssh" / "project"), home)

    answer = await said(bash, command="touch here; ls -A .. .")

    assert answer == ".:\nhere\n\n..:\nproject"


@needs_bubblewrap
async def test_variables_that_hold_secrets_are_not_told(
    home: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "s3cret")
    monkeypatch.setenv("SOME_NAME", "plain")

    answer = await said(confined(desk, home), command="echo $SOME_API_KEY $SOME_NAME")

    assert answer == "plain"


@needs_bubblewrap
@pytest.mark.parametrize("network", [True, False])
async def test_the_network_is_there_if_it_is_let(home: Path, desk: Desk, *, network: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        answer = await said(
            confined(desk, home, network=network),
            command=f"(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo reached || echo alone",
        )

    assert answer == ("reached" if network else "alone")


@needs_bubblewrap
async def test_directories_last_and_exit_codes_and_output_are_as_ever(home: Path, desk: Desk) -> None:
    bash = confined(desk, home)
    first = await said(bash, command="cd sub; echo one >&2; exit 3")
    second = await said(bash, command="pwd; seq 20000")

    place = home / "project" / "sub"
    assert first == f"one\nexit code 3\n[working directory: {place}]"
    assert second.startswith(f"{place}\n1\n2\n")
    kept = second.partition("all output: ")[2].partition("]")[0]
    assert await said(bash, command=f"wc -l < {kept}") == "20001"
    Path(kept).unlink()


@needs_bubblewrap
async def test_temporary_files_last_from_call_to_call_and_are_not_those_of_others(
    home: Path, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "others").write_text("theirs")
    bash = confined(desk, home)

    await said(bash, command="echo mine > /tmp/note")
    answer = await said(bash, command=f"cat /tmp/note; cat {tmp_path}/others 2>/dev/null")

    assert answer == "mine\nexit code 1"
    assert not Path("/tmp/note").exists()


@needs_bubblewrap
async def test_a_directory_among_the_temporary_files_is_gone_on_in(home: Path, desk: Desk) -> None:
    bash = confined(desk, home)
    name = f"sagent-test-{home.name}"

    first = await said(bash, command=f"mkdir /tmp/{name}; cd /tmp/{name}")
    second = await said(bash, command="pwd")

    assert first == f"(no output)\n[working directory: /tmp/{name}]"
    assert second == f"/tmp/{name}"
    assert not Path(f"/tmp/{name}").exists()


@needs_bubblewrap
@pytest.mark.parametrize("hidden", [".ssh", "elsewhere"])
async def test_a_directory_that_is_not_to_be_seen_in_the_sandbox_is_left(
    home: Path, desk: Desk, tmp_path: Path, hidden: str
) -> None:
    desk.moved(CallId("c0"), home / hidden if hidden == ".ssh" else tmp_path)
    lost = desk.cwd

    answer = await said(confined(desk, home), command="pwd")

    assert answer == f"[{lost} is gone: this ran in {desk.workspace}]\n{desk.workspace}"
    assert desk.cwd == desk.workspace


@needs_bubblewrap
async def test_a_workspace_that_a_link_leads_to_is_there(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home / "project")

    answer = await said(confined(Desk(tmp_path / "link"), home), command="pwd -P")

    assert answer == str(home / "project")


@needs_bubblewrap
async def test_what_is_left_running_in_a_sandbox_goes_on_and_ends_with_the_agent(
    home: Path, desk: Desk
) -> None:
    bash = confined(desk, home)
    await said(bash, command="setsid sleep 600 & echo $! > pid")
    number = int((home / "project" / "pid").read_text())
    os.kill(number, 0)

    await bash.sweep()

    assert not Path(f"/proc/{number}/exe").exists()


@needs_bubblewrap
async def test_a_timeout_ends_what_runs_in_a_sandbox(home: Path, desk: Desk) -> None:
    _, answer = await told(confined(desk, home), command="sleep 600 & echo $! > pid; wait", timeout=500)

    number = int((home / "project" / "pid").read_text())
    assert not isinstance(answer, Text)
    assert not Path(f"/proc/{number}/exe").exists()


def test_without_bubblewrap_there_is_no_tool_rather_than_one_without_a_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    room._fault.cache_clear()

    with pytest.raises(UsageError, match="there is no bwrap; install bubblewrap"):
        Bash(sandbox=Sandbox())

    room._fault.cache_clear()
