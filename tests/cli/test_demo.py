"""The demonstration, as a newcomer runs it."""

import subprocess
from pathlib import Path

from sagent.cli.demo_project import AFTER, BASKET, BEFORE, PROJECT, script
from sagent.lib.json import freeze_object
from tests.cli.command import Place, interrupted


def test_the_demo_mends_a_failing_test_without_a_key_and_leaves_nothing_behind(place: Place) -> None:
    ended = place.run(None, "demo", TMPDIR=str(place.work))

    assert (ended.code, ended.err) == (0, "")
    assert "FAILED (failures=1)" in ended.out
    assert "● Edit basket.py\n" in ended.out
    assert "● ApplyPatch test_basket.py\n" in ended.out
    assert "● Start Bash in the background\n" in ended.out
    assert "begins in the background" not in ended.out
    assert "-    return round(sum(prices) * (1 - discount), 2)\n" in ended.out
    assert "+    return round(sum(prices) * (1 - discount / 100), 2)\n" in ended.out
    assert "● Spawn reviewer: Read the uncommitted changes" in ended.out
    assert "basket.py divides the discount by 100, as its docstring says" in ended.out
    assert "The reviewer has read the diff and has nothing against it." in ended.out
    assert "The tests pass.\n" in ended.out
    assert ended.out.splitlines()[-1].endswith("(at the vendors' prices; the script was free)")
    assert [line for line in ended.out.splitlines() if line.startswith("[")] == [
        "[Anthropic claude-sonnet-5-5]",
        "[Google gemini-2.5-flash]",
        "[OpenAI gpt-6.1-sol]",
    ]
    assert ended.out.index("FAILED") < ended.out.index("What was changed")
    assert list(place.work.glob("sagent-demo-*")) == []
    assert place.logs() == []


def test_control_c_ends_the_demo_and_leaves_nothing_behind(place: Place) -> None:
    command = place.start(None, "demo", environ={"TMPDIR": str(place.work), "PYTHONUNBUFFERED": "1"})
    assert command.stdout is not None
    while not command.stdout.readline().startswith("●"):
        pass
    ended = interrupted(command)

    assert (ended.code, ended.err) == (130, "interrupted\n")
    assert list(place.work.glob("sagent-demo-*")) == []


def test_without_git_the_demo_says_what_to_install(place: Place) -> None:
    ended = place.run(None, "demo", PATH=str(place.home))

    assert (ended.code, ended.err) == (2, "sagent: the demo needs git, which is not installed here\n")


def test_the_bug_of_the_project_is_a_real_one_and_the_edit_mends_it(tmp_path: Path) -> None:
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text)

    before = unittest_in(tmp_path)
    (tmp_path / "basket.py").write_text(BASKET.replace(BEFORE, AFTER))
    after = unittest_in(tmp_path)

    assert (before, after) == (1, 0)


def unittest_in(folder: Path) -> int:
    import sys

    command = [sys.executable, "-B", "-m", "unittest"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_the_last_words_do_not_claim_what_did_not_happen() -> None:
    conclusion = script("python -m unittest")[-4]
    failed, passed = (
        freeze_object({"input": [{"type": "function_call_output", "call_id": "c1", "output": output}]})
        for output in ("FAILED (failures=1)", "OK")
    )

    assert callable(conclusion)
    assert "still fail" in str(conclusion(failed))
    assert "all tests pass now" in str(conclusion(passed))
