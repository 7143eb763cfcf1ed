"""The default system prompt, in directories of several kinds."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from sagent.abilities import Instructed
from sagent.agent.prompting import LARGEST, environment, project_instructions, system_prompt
from sagent.tools import Read, builtin

TODAY = date(2026, 11, 22)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@b.invalid")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src" / "deep").mkdir(parents=True)
    git(root, "init", "--initial-branch=trunk")
    return root


def test_instructions_are_read_from_the_root_of_the_repository_down_to_here(repository: Path) -> None:
    (repository / "AGENTS.md").write_text("root rules\n")
    (repository / "src" / "deep" / "AGENTS.md").write_text("deep rules\n")
    (repository.parent / "AGENTS.md").write_text("rules of somebody else\n")

    sections = list(project_instructions(repository / "src" / "deep"))

    assert sections == [
        f"# Instructions from {repository / 'AGENTS.md'}\n\nroot rules",
        f"# Instructions from {repository / 'src' / 'deep' / 'AGENTS.md'}\n\ndeep rules",
    ]


def test_outside_of_a_repository_only_the_directory_itself_is_asked(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "AGENTS.md").write_text("not for inner")
    (inner / "AGENTS.md").write_text("for inner")

    sections = list(project_instructions(inner))

    assert sections == [f"# Instructions from {inner / 'AGENTS.md'}\n\nfor inner"]


def test_instructions_of_any_bytes_and_any_length_are_shown_as_far_as_they_go(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_bytes(b"\xef\xbb\xbfcaf\xe9 " + b"x" * LARGEST)

    (section,) = project_instructions(tmp_path)

    assert section.startswith(
        f"# Instructions from {tmp_path / 'AGENTS.md'}\n\ncaf\N{REPLACEMENT CHARACTER} xx"
    )
    assert section.endswith(f"read the rest of {tmp_path / 'AGENTS.md'} before you rely on it]")


def test_a_directory_named_like_the_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").mkdir()

    assert list(project_instructions(tmp_path)) == []


def test_the_environment_names_the_place_the_day_and_the_state_of_git(repository: Path) -> None:
    (repository / "new.txt").write_text("new")

    told = environment(repository / "src", TODAY)

    assert f"- Working directory: {repository / 'src'}\n" in told
    assert "- Today: 2026-11-22\n" in told
    assert told.endswith("- Git: branch trunk, 1 uncommitted change")


def test_a_clean_repository_is_called_clean_and_a_detached_head_detached(repository: Path) -> None:
    (repository / "a.txt").write_text("a")
    git(repository, "add", ".")
    git(repository, "commit", "--message=a")

    on_a_branch = environment(repository, TODAY)
    git(repository, "checkout", "--detach")
    detached = environment(repository, TODAY)

    assert on_a_branch.endswith("- Git: branch trunk, clean")
    assert detached.endswith("- Git: detached HEAD, clean")


def test_where_there_is_no_repository_that_is_said(tmp_path: Path) -> None:
    assert environment(tmp_path, TODAY).endswith("- Git: not a repository")


def test_a_broken_repository_does_not_keep_an_agent_from_starting(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n")

    assert environment(tmp_path, TODAY).endswith("- Git: a repository whose state could not be read")


def test_a_program_that_a_repository_names_for_git_is_not_run(repository: Path) -> None:
    trap = repository.parent / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {repository.parent}/sprung\n")
    trap.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(trap))

    environment(repository, TODAY)

    assert not (repository.parent / "sprung").exists()


def test_each_tool_brings_its_own_section(tmp_path: Path) -> None:
    tools = builtin()

    prompt = system_prompt(tmp_path, tools, TODAY)

    sections = [tool.prompt() for tool in tools if isinstance(tool, Instructed)]
    assert len(sections) == len(tools)
    assert [section for section in sections if section not in prompt] == []


def test_the_prompt_begins_with_who_the_agent_is_and_ends_with_what_the_project_wants(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("use tabs\n")

    prompt = system_prompt(tmp_path, [Read()], TODAY)

    assert prompt.startswith("# Who you are\n\nYou are sagent")
    assert prompt.endswith("use tabs")
    assert prompt == system_prompt(tmp_path, [Read()], TODAY)
