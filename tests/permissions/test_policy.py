"""What a policy says of calls, by its rules and by its mode."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.abilities import Reach
from sagent.atoms import CallId, ToolName
from sagent.errors import UsageError
from sagent.lib.json import freeze_object
from sagent.permissions.mode import MODES, Mode
from sagent.permissions.policy import Policy
from sagent.permissions.ruling import STRICTNESS, Ruling
from sagent.schema.message import ToolCall
from tests.permissions.calls import Desk

OUTPUT = Path(tempfile.gettempdir()) / f"sagent-{os.getuid()}" / "output-1.txt"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    workspace, outside = tmp_path / "work", tmp_path / "outside"
    workspace.mkdir()
    outside.mkdir()
    (workspace / "link").symlink_to(outside)
    (workspace / "secret").symlink_to(workspace / ".env")
    (workspace / ".env").write_text("KEY=1")
    return Desk(workspace)


def patch(path: str) -> str:
    return f"*** Begin Patch\n*** Delete File: {path}\n*** End Patch"


@pytest.mark.parametrize(
    ("tool", "directive", "effects"),
    [
        ("Read", {"file_path": "a.txt"}, "allow allow allow allow"),
        ("Grep", {"pattern": "x"}, "allow allow allow allow"),
        ("Glob", {"pattern": "src/**"}, "allow allow allow allow"),
        ("List", {}, "allow allow allow allow"),
        ("Read", {"file_path": "../a.txt"}, "ask ask ask allow"),
        ("Read", {"file_path": "link/a.txt"}, "ask ask ask allow"),
        ("Read", {"file_path": "sub/../../a.txt"}, "ask ask ask allow"),
        ("Glob", {"pattern": "../*"}, "ask ask ask allow"),
        ("Glob", {"pattern": "/etc/*"}, "ask ask ask allow"),
        ("Read", {"file_path": ".env"}, "ask ask ask allow"),
        ("Read", {"file_path": "secret"}, "ask ask ask allow"),
        ("Read", {"file_path": str(OUTPUT)}, "allow allow allow allow"),
        ("Write", {"file_path": str(OUTPUT), "content": ""}, "deny ask ask allow"),
        ("Write", {"file_path": "a.txt", "content": ""}, "deny allow allow allow"),
        ("Write", {"file_path": ".env", "content": ""}, "deny allow allow allow"),
        ("Edit", {"file_path": ".env", "old_string": "", "new_string": ""}, "deny ask ask allow"),
        ("Edit", {"file_path": "a.txt", "old_string": "", "new_string": ""}, "deny allow allow allow"),
        ("ApplyPatch", {"patch": patch("a.txt")}, "deny allow allow allow"),
        ("Write", {"file_path": "../a.txt", "content": ""}, "deny ask ask allow"),
        ("Write", {"file_path": "link/a.txt", "content": ""}, "deny ask ask allow"),
        ("ApplyPatch", {"patch": patch("/etc/passwd")}, "deny ask ask allow"),
        ("Write", {"file_path": ".git/hooks/post-commit", "content": ""}, "deny ask ask allow"),
        ("Write", {"file_path": "a/.SAGENT/settings.json", "content": ""}, "deny ask ask allow"),
        ("Bash", {"command": "ls -la"}, "allow allow allow allow"),
        ("Bash", {"command": "cat a.txt | wc -l"}, "allow allow allow allow"),
        ("Bash", {"command": "git status"}, "deny ask ask allow"),  # which may run what .git/config names
        ("Bash", {"command": "cat ../a.txt"}, "ask ask ask allow"),
        ("Bash", {"command": "cat link/a.txt"}, "ask ask ask allow"),
        ("Bash", {"command": "cd link && cat a.txt"}, "ask ask ask allow"),
        ("Bash", {"command": "cat .env"}, "ask ask ask allow"),
        ("Bash", {"command": "cat *"}, "deny ask ask allow"),
        ("Bash", {"command": "echo x > a.txt"}, "deny allow allow allow"),
        ("Bash", {"command": "echo x > link/a.txt"}, "deny ask ask allow"),
        ("Bash", {"command": "echo x 2>&1 > /dev/null"}, "allow allow allow allow"),
        ("Bash", {"command": "mkdir -p a/b && touch a/b/c"}, "deny ask allow allow"),
        ("Bash", {"command": "mv a ../b"}, "deny ask ask allow"),
        ("Bash", {"command": "mv a link"}, "deny ask ask allow"),
        ("Bash", {"command": "mv a b c"}, "deny ask allow allow"),
        ("Bash", {"command": "mv .env c"}, "deny ask ask allow"),
        ("Bash", {"command": "touch .git/config"}, "deny ask ask allow"),
        ("Bash", {"command": "rm a.txt"}, "deny ask ask allow"),
        ("Bash", {"command": "LD_PRELOAD=x ls"}, "deny ask ask allow"),
        ("Bash", {"command": "ls --color=auto"}, "deny ask ask allow"),
        ("Bash", {"command": "sort -o x y"}, "deny ask ask allow"),
        ("Bash", {"command": "./ls"}, "deny ask ask allow"),
        ("Bash", {"command": "ls; python x.py"}, "deny ask ask allow"),
        ("Bash", {"command": "ls $(python x.py)"}, "deny ask ask allow"),
    ],
)
def test_each_mode_says_what_runs_what_is_asked_about_and_what_does_not(
    desk: Desk, tool: str, directive: dict[str, object], effects: str
) -> None:
    said = [desk.effect(Policy(mode=mode), tool, **directive) for mode in MODES]

    assert said == effects.split()


@pytest.mark.parametrize(
    ("mode", "effect"), [("read-only", "ask"), ("default", "ask"), ("accept-edits", "ask"), ("full", "allow")]
)
def test_a_tool_that_cannot_say_what_it_touches_is_asked_about(mode: Mode, effect: str) -> None:
    call = ToolCall(call_id=CallId("c"), vendor_id="", tool=ToolName("Deploy"), content=freeze_object({}))

    assert Policy(mode=mode).judge(call, None, Path("/")).effect == effect
    assert Policy(mode=mode).judge(call, Reach(), Path("/")).effect == "allow"


def test_what_denies_comes_before_what_asks_and_that_before_what_allows(desk: Desk) -> None:
    policy = Policy(allow=["Bash(git:*)"], ask=["Bash(git push:*)"], deny=["Bash(git push --force:*)"])

    found = [desk.runs(policy, command) for command in ("git pull", "git push", "git push --force x")]

    assert found == ["allow", "ask", "deny"]


@pytest.mark.parametrize(
    "command",
    ["git status && rm x", "git status; rm x", "git status | sh", "git status > ../x", "git status & rm x"],
)
def test_each_command_of_a_line_has_to_be_allowed(desk: Desk, command: str) -> None:
    policy = Policy(allow=["Bash(git status:*)"])

    assert desk.runs(policy, "git status -sb") == "allow"
    assert desk.runs(policy, command) == "ask"


@pytest.mark.parametrize(
    "command",
    [
        *("/usr/bin/git status", "./git status", "gitstatus", "git", "git statusx", "G=1 git status"),
        *("$g status", "{git,status}", "git $s", "sudo git status", "git `echo status`", "git status $(x)"),
    ],
)
def test_only_what_a_rule_says_is_allowed(desk: Desk, command: str) -> None:
    assert desk.runs(Policy(mode="default", allow=["Bash(git status:*)"]), command) == "ask"


@pytest.mark.parametrize(
    "command",
    [
        *(
            "rm x",
            "/bin/rm x",
            "'rm' x",
            "r\\m x",
            "sudo -n rm x",
            "env A=1 rm x",
            "A=1 rm x",
            "ls; rm x",
            "ls | xargs rm",
        ),
        *(
            "echo $(rm x)",
            "echo `rm x`",
            "(rm x)",
            "if true; then rm x; fi",
            "sh -c 'rm x'",
            "sudo bash -c 'ls && rm x'",
        ),
        *("eval rm x", "find . -exec rm {} +", "timeout 5 rm x", "cat <(rm x)", "f() { rm x; }; f"),
    ],
)
def test_what_is_denied_is_found_behind_other_names_too(desk: Desk, command: str) -> None:
    assert desk.ruling(Policy(mode="full", deny=["Bash(rm:*)"]), "Bash", command=command) == Ruling(
        "deny", "the rule Bash(rm:*) denies it"
    )


@pytest.mark.parametrize(
    ("rule", "path", "effect"),
    [
        ("Edit(src/**)", "src/a.py", "allow"),
        ("Edit(src)", "src/deep/a.py", "allow"),
        ("Edit(*.py)", "src/deep/a.py", "allow"),
        ("Edit(./src/*)", "src/a.py", "allow"),
        ("Edit(src/*.py)", "src/deep/a.py", "deny"),
        ("Edit(SRC/**)", "src/a.py", "deny"),
        ("Write(src/**)", "src/a.py", "allow"),
        ("write", "anywhere/a.py", "allow"),
        ("*", "anywhere/a.py", "allow"),
        ("ApplyPatch(src/**)", "src/a.py", "deny"),
        ("Read(src/**)", "src/a.py", "deny"),
        ("Edit(src/**)", "src/../lib/a.py", "deny"),
        ("Edit(link/**)", "link/a.py", "deny"),
    ],
)
def test_a_change_is_allowed_where_the_path_really_leads(
    desk: Desk, rule: str, path: str, effect: str
) -> None:
    policy = Policy(mode="read-only", allow=[rule])

    assert desk.effect(policy, "Write", file_path=path, content="") == effect


@pytest.mark.parametrize(
    ("tool", "directive"),
    [
        ("Read", {"file_path": ".env"}),
        ("Read", {"file_path": "secret"}),
        ("Read", {"file_path": "sub/.ENV"}),
        ("Grep", {"pattern": "x", "path": ".env"}),
        ("Edit", {"file_path": ".env", "old_string": "a", "new_string": "b"}),
        ("ApplyPatch", {"patch": "*** Begin Patch\n*** Update File: .env\n-a\n+b\n*** End Patch"}),
        ("Bash", {"command": "cat secret"}),
        ("Bash", {"command": "python x.py < .env"}),
    ],
)
def test_a_file_that_must_not_be_read_is_read_by_no_tool_and_behind_no_link(
    desk: Desk, tool: str, directive: dict[str, object]
) -> None:
    assert desk.effect(Policy(mode="full", deny=["Read(.env)"]), tool, **directive) == "deny"


def test_rules_for_paths_are_meant_from_home_root_or_workspace(desk: Desk) -> None:
    policy = Policy(mode="default", allow=["Edit(~/notes/**)", f"Edit({desk.workspace.parent}/outside/*)"])
    paths = ["~/notes/a.md", "~/other/a.md", "../outside/b", "../outside/b/c"]

    found = [desk.effect(policy, "Write", file_path=path, content="") for path in paths]

    assert found == ["allow", "ask", "allow", "allow"]


def test_a_pattern_for_a_tool_that_nobody_knows_holds_back_and_allows_nothing() -> None:
    call = ToolCall(
        call_id=CallId("c"),
        vendor_id="",
        tool=ToolName("Fetch"),
        content=freeze_object({"url": "https://example.org/x"}),
    )
    rules = ["Fetch(https://example.org/*)"]

    judged = [
        policy.judge(call, None, Path("/")).effect
        for policy in (Policy(allow=rules), Policy(mode="full", ask=rules), Policy(mode="full", deny=rules))
    ]

    assert judged == ["ask", "ask", "deny"]


@pytest.mark.parametrize("rule", ["", "Bash(", "Bash()", "git status", "Bash(x) and", "(x)", "1"])
def test_what_is_no_rule_is_refused_when_the_policy_is_made(rule: str) -> None:
    with pytest.raises(UsageError, match="is no permission rule"):
        Policy(deny=[rule])


def test_a_mode_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="read-only, default, accept-edits, full"):
        Policy(mode="yolo")  # type: ignore[arg-type]  # the point of this test


def test_rules_in_one_string_are_refused_as_each_letter_would_be_one() -> None:
    with pytest.raises(UsageError, match="give a list"):
        Policy(allow="Bash")


@pytest.mark.parametrize(
    ("tool", "directive", "rules"),
    [
        ("Bash", {"command": "pytest -q tests | tail -3"}, ["Bash(pytest:*)"]),
        ("Bash", {"command": "npm run test"}, ["Bash(npm run:*)"]),
        ("Bash", {"command": "make; npm ci"}, ["Bash(make)", "Bash(npm ci:*)"]),
        ("Bash", {"command": "git commit -m 'a b'"}, ["Bash(git commit:*)"]),
        ("Bash", {"command": "git reset --hard"}, ["Bash(git reset --hard)"]),
        ("Bash", {"command": "python -c 'x y'"}, ["Bash(python -c 'x y')"]),
        ("Bash", {"command": "python *.py"}, []),
        ("Bash", {"command": "rm -rf build"}, ["Bash(rm -rf build)"]),
        ("Bash", {"command": "sudo ls"}, ["Bash(sudo ls)"]),
        ("Bash", {"command": "cat .env"}, ["Bash(cat .env)"]),
        ("Bash", {"command": "ls $(x)"}, []),
        ("Bash", {"command": "A=1 pytest"}, []),
        ("Read", {"file_path": "/opt/x/y.txt"}, ["Read(/opt/x/**)"]),
        ("Read", {"file_path": "/y.txt"}, []),
        ("Edit", {"file_path": "/opt/x/y.txt", "old_string": "a", "new_string": "b"}, ["Edit(/opt/x/**)"]),
        ("Read", {"file_path": ".env"}, []),
        ("Write", {"file_path": "/opt/x/y.txt", "content": ""}, ["Edit(/opt/x/**)"]),
        ("Write", {"file_path": ".git/config", "content": ""}, []),
    ],
)
def test_always_is_a_rule_for_what_is_like_it_and_never_one_for_everything(
    desk: Desk, tool: str, directive: dict[str, object], rules: list[str]
) -> None:
    assert desk.lasting(Policy(), tool, **directive) == rules


def test_what_a_rule_asks_about_cannot_be_allowed_for_good(desk: Desk) -> None:
    assert desk.lasting(Policy(ask=["Bash(pytest:*)"]), "Bash", command="pytest") == []


@pytest.mark.parametrize(
    "command",
    [
        "cd && cat x",
        "cd - ; cat x",
        "cd $X && cat x",
        "cd -P y && cat x",
        "pushd /etc; cat x",
        "command cd /; cat x",
    ],
)
def test_who_may_move_anywhere_may_not_read_there(desk: Desk, command: str) -> None:
    policy = Policy(allow=["Bash(cd:*)", "Bash(pushd:*)", "Bash(command:*)"])

    assert desk.runs(policy, command.partition("cat")[0]) == "allow"
    assert desk.runs(policy, command) == "ask"


def test_a_pattern_is_about_the_path_of_a_change_and_not_about_its_words(desk: Desk) -> None:
    policy = Policy(deny=["Edit(*.lock)"])

    found = [
        desk.effect(policy, "Edit", file_path=path, old_string="a", new_string="b.lock")
        for path in ("a", "b.lock")
    ]

    assert found == ["allow", "deny"]


def test_a_command_that_moves_about_without_end_is_asked_about(desk: Desk) -> None:
    assert desk.runs(Policy(), "; ".join(["cd a"] * 40)) == "ask"


RULES = st.sampled_from(
    [
        *("Bash", "Bash(git:*)", "Bash(git push)", "Bash(rm *)", "Bash(* -rf:*)", "*", "Read", "Edit(**)"),
        *("Edit(a)", "Read(*.txt)", "Write(/etc/**)", "B*(ls)", "Read(~/x)"),
    ]
)
PIECES = ["git", "push", "rm", "-rf", "ls", "a", "&&", "|", ">", "$(", ")", "'", "../x", ";", "b.txt"]
COMMANDS = st.lists(st.sampled_from(PIECES), min_size=1).map(" ".join)


@given(
    mode=st.sampled_from(MODES),
    allow=st.lists(RULES, max_size=3),
    ask=st.lists(RULES, max_size=3),
    deny=st.lists(RULES, max_size=3),
    rule=RULES,
    text=COMMANDS,
)
def test_one_more_rule_never_does_the_opposite_of_what_it_says(
    mode: Mode, allow: list[str], ask: list[str], deny: list[str], rule: str, text: str
) -> None:
    desk, strict = Desk(Path("/work")), STRICTNESS.index
    before = desk.runs(Policy(mode=mode, allow=allow, ask=ask, deny=deny), text)

    allowed = desk.runs(Policy(mode=mode, allow=[*allow, rule], ask=ask, deny=deny), text)
    asked = desk.runs(Policy(mode=mode, allow=allow, ask=[*ask, rule], deny=deny), text)
    denied = desk.runs(Policy(mode=mode, allow=allow, ask=ask, deny=[*deny, rule]), text)

    assert strict(allowed) <= strict(before) <= strict(asked)
    assert strict(before) <= strict(denied)


def test_a_policy_that_allows_everything_looks_at_nothing(desk: Desk) -> None:
    policy = Policy(mode="full", allow=["Bash(git:*)"])

    assert policy.is_open
    assert not Policy(mode="full", deny=["Bash"]).is_open
    assert not Policy().is_open
