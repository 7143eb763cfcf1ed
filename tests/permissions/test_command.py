"""Command lines are taken apart as a shell does it, or not at all."""

import random
import shutil
import subprocess

import pytest

from sagent.permissions.command import Script, Simple, Word, script

BASH = shutil.which("bash")
PIECES = (
    "a",
    "b",
    " ",
    "  ",
    "\t",
    "'",
    '"',
    "\\",
    "#",
    "~",
    "=",
    "$",
    "-",
    "/",
    "!",
    "ä",
    "\\\n",
    "1",
    ":",
    ",",
    "%",
)
TRIES = 400


def simple(*words: str, reads: tuple[str, ...] = (), writes: tuple[str, ...] = ()) -> Simple:
    return Simple(
        words=tuple(map(Word, words)), reads=tuple(map(Word, reads)), writes=tuple(map(Word, writes))
    )


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("git status", [simple("git", "status")]),
        ("a && b || c; d & e\nf | g |& h", [simple(name) for name in "abcdefgh"]),
        ("echo 'a b' \"c d\" e\\ f", [simple("echo", "a b", "c d", "e f")]),
        ("echo a#b # and so on", [simple("echo", "a#b")]),
        ("make > out.txt 2>&1 < in", [simple("make", reads=("in",), writes=("out.txt",))]),
        ("make 2>/dev/null &>> log", [simple("make", writes=("/dev/null", "log"))]),
        ("", []),
        ("> empty", [simple(writes=("empty",))]),
    ],
)
def test_a_line_is_the_simple_commands_that_are_in_it(text: str, commands: list[Simple]) -> None:
    assert script(text) == Script(commands=tuple(commands))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("echo $(rm x)", "it has a substitution"),
        ("echo `rm x`", "it has a substitution"),
        ('echo "$(rm x)"', "it has a substitution"),
        ("echo ${x:=$(rm y)}", "it has a substitution"),
        ("echo $((1))", "it has a substitution"),
        ("echo $'\\x41'", "it has a substitution"),
        ("diff <(a) b", "it has commands in parentheses"),
        ("(cd x; rm y)", "it has commands in parentheses"),
        ("f() { rm x; }", "it has commands in parentheses"),
        ("cat <<END\nx\nEND", "it has a here-document"),
        ("cat <<< x", "it has a here-document"),
        ("if a; then b; fi", "it has control flow"),
        ("! a", "it has control flow"),
        ("'if' x", "it has control flow"),  # it has none, but that is the safe mistake
        ("{ a; }", "it has control flow"),
        ("echo 'a", "a quote in it is not closed"),
        ('echo "a', "a quote in it is not closed"),
        ("a >", "nothing stands behind a > in it"),
    ],
)
def test_what_only_a_shell_can_tell_is_opaque(text: str, why: str) -> None:
    assert script(text).opaque == why


@pytest.mark.parametrize("text", ["$x", "*.py", "{a,b}", "~bob/x", '"$HOME"', "a?", "[ab]", "${x}"])
def test_a_word_that_the_shell_makes_something_else_of_is_not_certain(text: str) -> None:
    (command,) = script(f"rm {text}").commands

    assert [word.certain for word in command.words] == [True, False]


def test_variables_before_a_command_make_it_another_one() -> None:
    (command,) = script("LD_PRELOAD=x.so git status").commands

    assert (command.sets, command.text) == (True, "git status")


@pytest.mark.skipif(BASH is None, reason="there is no bash to compare with")
def test_words_are_the_ones_that_bash_hands_to_a_program() -> None:
    dice = random.Random(7)
    lines = ["".join(dice.choices(PIECES, k=dice.randint(1, 9))) for _ in range(TRIES)]
    known: list[tuple[str, list[str]]] = []
    for line in lines:
        found = script(f"show x{line}")
        if not line.endswith(("\\", "\\\n")) and not found.opaque and len(found.commands) == 1:
            (command,) = found.commands
            if all(word.certain for word in command.words):
                known.append((line, [word.text for word in command.words[1:]]))

    shown = subprocess.run(
        [
            str(BASH),
            "-c",
            'show() { printf "%s\\0" "$@"; printf "\\1"; }\n'
            + "\n".join(f"show x{line}" for line, _ in known),
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout

    given = [words.split("\0")[:-1] for words in shown.split("\1")[:-1]]
    assert len(known) > TRIES / 5
    assert given == [words for _, words in known]
