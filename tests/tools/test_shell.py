"""Where a shell ends, told without disturbing what it does."""

import os
import subprocess
from pathlib import Path

import pytest

from sagent.schema.part import Text
from sagent.tools import Bash
from sagent.tools.shell import last_directory, shell, spoken
from tests.tools.calls import Desk, said, told


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "sub").mkdir()
    return Desk(tmp_path.resolve())


@pytest.fixture
def bash(desk: Desk) -> Bash:
    return Bash().hosted_by(desk)


async def test_the_next_command_starts_where_the_last_one_ended(bash: Bash, desk: Desk) -> None:
    first = await said(bash, command="cd sub")
    second = await said(bash, command="pwd")

    assert first == f"(no output)\n[working directory: {desk.workspace / 'sub'}]"
    assert second == str(desk.workspace / "sub")


ENDINGS = {
    "cd sub; exit 3": "exit code 3",
    "set -e; cd sub; false; echo no": "exit code 1",
    "cd sub && nosuchprogram": f"{shell()}: line 1: nosuchprogram: command not found\nexit code 127",
    "cd sub; (cd /; exit 4)": "exit code 4",
    "cd sub; trap 'echo err $?' ERR; false": "err 1\nexit code 1",
    "cd sub; set -x; echo hi": "+ echo hi\nhi",
    "cd sub; set -uo pipefail; set -o noclobber; echo $#": "0",
    "go() { cd sub; return 2; }; go": "exit code 2",
    "cd sub; exec >/dev/null 2>&1; echo lost": "",
    "cd sub; kill -TERM $$": "killed by signal 15",
    "pwd() { echo mine; }; cd sub; pwd": "mine",
    "pushd sub >/dev/null": "",
}


@pytest.mark.parametrize("command", ENDINGS)
async def test_a_shell_tells_where_it_ended_however_it_ends(bash: Bash, desk: Desk, command: str) -> None:
    answer = await said(bash, command=command)

    place = f"[working directory: {desk.workspace / 'sub'}]"
    assert answer == f"{ENDINGS[command] or '(no output)'}\n{place}"


STAYING = {
    "true": "(no output)",
    "(cd sub); cd sub | cat; cd sub & wait": "(no output)",
    "cd sub; cd ..": "(no output)",
    "cd nosuch 2>/dev/null": "exit code 1",
    "trap 'echo bye $?' EXIT; exit 5": "bye 5\nexit code 5",
    "exec echo replaced": "replaced",
    "mkdir gone; cd gone; rmdir ../gone": "(no output)",
    "env | grep -e ^BASH_ENV -e ^SAGENT_CWD": "exit code 1",
    "cd sub; kill -KILL $$": "killed by signal 9",
    "mkdir $'no\\xfftext' && cd $'no\\xfftext'": "(no output)",
}


@pytest.mark.parametrize("command", STAYING)
async def test_where_the_shell_has_not_moved_or_cannot_tell_nothing_changes(
    bash: Bash, desk: Desk, command: str
) -> None:
    answer = await said(bash, command=command)

    assert (answer, desk.cwd) == (STAYING[command], desk.workspace)


async def test_a_syntax_error_is_told_as_the_shell_tells_it(bash: Bash) -> None:
    answer = await said(bash, command="echo one\necho (")

    assert answer == (
        f"one\n{shell()}: -c: line 2: syntax error near unexpected token `newline'\n"
        f"{shell()}: -c: line 2: `echo ('\nexit code 2"
    )


async def test_a_directory_that_is_gone_is_told_and_the_workspace_stands_in_for_it(
    bash: Bash, desk: Desk
) -> None:
    await said(bash, command="cd sub")
    (desk.workspace / "sub").rmdir()

    answer = await said(bash, command="pwd")

    assert answer == f"[{desk.workspace / 'sub'} is gone: this ran in {desk.workspace}]\n{desk.workspace}"
    assert desk.cwd == desk.workspace


async def test_a_name_of_a_directory_cannot_steer_a_terminal(bash: Bash, desk: Desk) -> None:
    answer = await said(bash, command="mkdir $'a\\033[31mb' && cd $'a\\033[31mb'")

    assert answer == f"(no output)\n[working directory: {desk.workspace / 'ab'}]"


async def test_without_an_agent_each_command_starts_in_the_workspace(desk: Desk) -> None:
    bash = Bash(desk.workspace)

    await said(bash, command="cd sub")

    assert await said(bash, command="pwd") == str(desk.workspace)


async def test_the_start_file_of_the_user_is_read_as_ever(
    bash: Bash, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").write_text("echo started; mine() { echo mine; }\n")
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "mine"))

    _, answer = await told(bash, command="mine; cd sub; bash -c mine")

    place = f"[working directory: {desk.workspace / 'sub'}]"
    assert answer == Text(content=f"started\nmine\nstarted\nmine\n{place}")


@pytest.mark.parametrize("report", ["report", 'it\'s a "report" of $HOME'])
@pytest.mark.parametrize("program", ["/bin/sh", "/bin/bash"])
def test_any_shell_writes_down_where_it_ends(tmp_path: Path, program: str, report: str) -> None:
    words = spoken(program, "cd /usr; exit 3", tmp_path / report)

    ended = subprocess.run(words.command, env={**os.environ, **words.environment}, check=False)

    assert (ended.returncode, last_directory(tmp_path / report)) == (3, Path("/usr"))
    assert list(tmp_path.iterdir()) == []
