"""Which shell commands run tests: a look at the words, and a guess where it is a script of somebody's own."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

ALONE: Final = frozenset(
    str.split(
        "ava bats behave busted ctest jest karma mocha nose2 nosetests nox pest phpunit playwright prove "
        "pytest py.test robot rspec stestr tox trial unittest vitest ward"
    )
)
"""Programs that do little else."""

FIRST: Final = {
    name: frozenset(arguments.split())
    for names, arguments in (
        ("cargo", "nextest t test"),
        ("bazel cabal composer dart deno dotnet flutter go hatch lein meson mix sbt stack swift zig", "test"),
    )
    for name in names.split()
}
"""Programs that run tests if their first argument says so."""

AMONG: Final = {
    name: frozenset(arguments.split())
    for names, arguments in (
        ("bun npm pnpm yarn", "spec t test tests tst"),
        ("gradle gradlew mvn mvnw", "check integrationTest test verify"),
        ("gmake invoke just make ninja rake task", "check spec test tests"),
        ("artisan manage.py rails setup.py", "test"),
    )
    for name in names.split()
}
"""Programs that do if any of their arguments does; `test:unit` and `:app:test` do."""

AROUND: Final = {
    **dict.fromkeys(
        str.split("bunx command env exec nice nohup npx php stdbuf sudo time timeout xvfb-run"), ""
    ),
    **dict.fromkeys(str.split("conda coverage hatch pdm pipenv pixi poetry rye uv"), "run"),
    "bundle": "exec",
}
"""Programs that run what their arguments name, some of them behind a word."""

VALUED: Final = frozenset(
    str.split(
        "--directory --env-file --extra --group --name --package --project --python --signal --source --with "
        "--with-editable --with-requirements -C -e -k -n -p -s -u"
    )
)
"""Options of those that are followed by a value."""

IDLE: Final = frozenset({"--co", "--collect-only", "--help", "--list", "--version", "-h"})
"""Arguments with which no test is run."""

DEEPEST: Final = 5
"""How many programs run one another at most."""

_PYTHON: Final = re.compile(r"python[0-9.]*|pypy[0-9.]*")
_SHELL: Final = re.compile(r"bash|sh|zsh|node|perl|ruby")
_SCRIPT: Final = re.compile(r"(?:run[-_]?)?(?:all[-_]?|unit[-_]?)?tests?|test_\w+|\w+_test")
_SKIPPED: Final = re.compile(r"-.*|[0-9.]+[smhd]?|\w+=.*", re.DOTALL)
_DOCUMENT: Final = re.compile(r"<<-?\s*['\"]?(\w+)")


def runs_tests(command: str) -> bool:
    """Whether a command line runs tests, perhaps among other things."""
    from sagent.permissions.command import script

    try:
        commands = script("\n".join(_without_documents(command))).commands
    except RuntimeError:  # it speaks of a home directory, and there is none
        return False
    return any(_is_run([word.text for word in each.words]) for each in commands)


def _without_documents(command: str) -> Iterator[str]:
    """The lines that are not in a here-document."""
    end = ""
    for line in command.splitlines():
        if end:
            end = "" if line.strip() == end else end
        elif begun := _DOCUMENT.search(line):
            end = begun[1]
            yield line[: begun.start()] + line[begun.end() :].lstrip("'\"")
        else:
            yield line


def _is_run(words: Sequence[str]) -> bool:
    if not IDLE.isdisjoint(words):
        return False
    for _ in range(DEEPEST):
        if words and _named(words[0]) in AROUND:
            words = _inside(words)
    if not words:
        return False
    name, plain = _named(words[0]), [word for word in words[1:] if not word.startswith(("-", "+"))]
    if _PYTHON.fullmatch(name) and "-m" in words:
        return _is_module(words[words.index("-m") + 1 :])
    if _PYTHON.fullmatch(name) and plain and _named(plain[0]) in AMONG:
        name, plain = _named(plain[0]), plain[1:]
    if name in AMONG:
        return any(not AMONG[name].isdisjoint(re.split("[:-]", word)) for word in plain)
    if name in FIRST:
        return not FIRST[name].isdisjoint(plain[:1])
    if _PYTHON.fullmatch(name) or _SHELL.fullmatch(name):
        return "--test" in words or any(map(_is_script, plain[:1]))
    return name in ALONE or ("/" in words[0] and _is_script(words[0]))


def _is_module(words: Sequence[str]) -> bool:
    module = words[1:] if words[:1] == ["coverage"] else words[:1]
    return not ALONE.isdisjoint(module)


def _inside(words: Sequence[str]) -> Sequence[str]:
    """What a program runs that runs another one; itself where it does something else."""
    behind = AROUND[_named(words[0])]
    if behind and behind not in words:
        return words
    at = words.index(behind) + 1 if behind else 1
    while at < len(words) and _SKIPPED.fullmatch(words[at]):
        at += 2 if words[at] in VALUED else 1
    return words[at:]


def _named(word: str) -> str:
    return word.rpartition("/")[2]


def _is_script(word: str) -> bool:
    return _SCRIPT.fullmatch(_named(word).partition(".")[0]) is not None
