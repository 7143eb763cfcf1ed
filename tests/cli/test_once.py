"""A headless run, from the command line to the exit code and the log."""

import json
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from sagent.errors import Quota
from sagent.schema.codec import decode_result
from sagent.testing import Status, as_json, call, serve
from tests.cli.command import Place
from tests.samples import PNG


@pytest.fixture(scope="module", autouse=True)
def stranded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, "subprocess.Popen[str]"]]:
    """A command whose endpoint nobody serves: it retries for some seconds, while other tests go on."""
    home, work = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("work")
    place = Place(home=home, work=work)
    with socket.socket() as taken:
        # A port that is bound and not listened on refuses, and nobody else gets it.
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        variables = {"GOOGLE_API_KEY": "some-key", "GOOGLE_GEMINI_BASE_URL": nowhere}
        with place.start(None, "hello", environ=variables) as command:
            yield place, command


def test_the_command_of_the_readme_works_as_written(place: Place) -> None:
    with serve("It is a poem.") as served:
        ended = place.run(served, "--provider", "Google", "--model", "gemini-2.5-flash", "what is it?")

        assert (ended.code, ended.out) == (0, "It is a poem.\n")
        assert (served.complaints, served.left) == ((), 0)


def test_a_legal_call_and_an_answer_load_no_screen_no_validator_and_nothing_for_files_platforms_or_children(
    place: Place,
) -> None:
    heavy = "jsonschema prompt_toolkit PIL pypdfium2 botocore google.auth azure.identity"
    seldom = (
        "addressing children errands family figures fleet last_tests likeness losses mailbox plans post "
        "publishing runners self_control tie worktree"
    )
    with serve(call("Glob", pattern="*"), "It is a poem.") as served:
        ended = place.run(served, "what is it?", PYTHONPROFILEIMPORTTIME="1")

    loaded = {line.rpartition("|")[2].strip() for line in ended.err.splitlines()}
    assert (ended.code, served.complaints) == (0, ())
    assert "sagent.loop.core" in loaded
    assert loaded.isdisjoint(heavy.split())
    assert loaded.isdisjoint(f"sagent.agent.{name}" for name in seldom.split())


def test_the_answer_alone_is_on_stdout_and_what_happens_on_stderr(place: Place) -> None:
    (place.work / "poem.txt").write_text("roses\n")
    reads = call("Read", file_path="poem.txt"), call("Read", file_path="prose.txt")
    with serve(["I look.", *reads], "It is \x1b[31mred\x07.") as served:
        ended = place.run(served, "what", "is", "it?")

    assert (ended.code, ended.out) == (0, "It is ␛[31mred␇.\n")
    assert ended.err.splitlines()[:4] == [
        "I look.",
        "● Read poem.txt",
        "● Read prose.txt",
        "✗ Read failed",
    ]
    assert re.fullmatch(r"[\d,]+ tokens in, 28 out, \$0\.\d+", ended.err.splitlines()[-1])


def test_a_piped_prompt_is_asked_and_one_behind_words_is_added(place: Place) -> None:
    with serve("first", "second") as served:
        alone = place.run(served, "--tools", "none", "--system", "Be brief.", stdin="piped words\n")
        both = place.run(served, "--tools", "none", "explain", "-", stdin="a diff\n")

        asked = [request.body for request in served.requests]

    assert (alone.out, both.out) == ("first\n", "second\n")
    assert [said(body) for body in asked] == ["piped words", "explain\n\na diff"]
    assert isinstance(asked[0], dict)
    assert "Be brief." in str(asked[0]["systemInstruction"])
    assert "tools" not in asked[0]


def said(body: object) -> str:
    match body:
        case {"contents": (*_, {"parts": ({"text": str(text)},)})}:
            return text
        case _:
            return f"no words in {body}"


def test_files_and_flags_reach_the_provider_and_no_secret_reaches_the_log(place: Place) -> None:
    (place.work / "shot.png").write_bytes(PNG)
    (place.work / "notes.txt").write_text("roses")
    flags = ("--image", "shot.png", "--effort", "low", "--max-response-tokens", "100")
    passed = ("--header", "X-Team: my-own-secret", "--extra-body", '{"labels": {"team": "a"}}')
    with serve("Red.") as served:
        ended = place.run(
            served,
            *flags,
            *passed,
            "--log-level",
            "debug",
            "-p",
            "what is @notes.txt?",
            "-",
            stdin="@shot.png",
        )

        asked = served.requests[0]

    assert (ended.code, ended.out) == (0, "Red.\n")
    assert asked.headers["x-team"] == "my-own-secret"
    assert isinstance(asked.body, dict)
    config = asked.body["generationConfig"]
    assert isinstance(config, dict)
    assert (config["maxOutputTokens"], asked.body["labels"]) == (100, {"team": "a"})
    parts = asked.body["contents"][0]["parts"]
    assert parts[0]["text"] == "what is @notes.txt?\n\n@shot.png"
    assert parts[1]["text"] == "[notes.txt]\nroses"
    assert [sorted(part) for part in parts[2:]] == [["text"], ["inlineData"]]
    assert ": 200 after " in ended.err
    assert "X-Team" in ended.err
    assert "my-own-secret" not in ended.err
    assert served.key not in ended.err


@pytest.mark.parametrize(
    ("limit", "kind"),
    [
        (("--max-tool-call-rounds", "1"), "RoundsExhausted"),
        (("--max-budget-usd", "0.000001"), "BudgetExhausted"),
        (("--max-budget-tokens", "100"), "BudgetExhausted"),
    ],
)
def test_a_run_that_reaches_its_limit_says_so_to_people_and_programs(
    inside: Place, limit: tuple[str, ...], kind: str
) -> None:
    with serve(call("List", path="."), call("List", path="..")) as served:
        ended = inside.run(served, *limit, "--output-format", "json", "look around")

    result = decode_result(json.loads(ended.out))
    assert ended.code == 1
    assert result.error is not None
    assert result.error.kind == kind
    assert f"sagent: {result.error.message}" in ended.err.splitlines()


def test_with_print_no_conversation_begins_even_on_a_terminal(place: Place) -> None:
    primary, secondary = pty.openpty()
    with serve("Hammers.") as served:
        done = subprocess.run(
            [sys.executable, "-m", "sagent", "--print=tools"],
            cwd=place.work,
            env=place.environ(served),
            stdin=secondary,
            stdout=secondary,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    os.close(secondary)
    seen = os.read(primary, 1000).decode()
    os.close(primary)

    assert (done.returncode, seen) == (0, "Hammers.\r\n")


def test_json_tells_programs_the_answer_the_session_and_the_price(inside: Place) -> None:
    with serve([call("List", path=".")], "Empty.") as served:
        ended = inside.run(served, "--output-format", "json", "look around")

    result = decode_result(json.loads(ended.out))
    assert (ended.code, result.answer, result.error, result.stop) == (0, "Empty.", None, "end")
    assert result.model == "gemini-2.5-flash"
    assert result.session_id == inside.logs()[0].stem
    assert result.usage.output_tokens > 0
    assert result.cost_usd is not None


def test_json_tells_programs_why_there_is_no_answer(inside: Place) -> None:
    with serve(Quota("used up until tomorrow")) as served:
        ended = inside.run(served, "--output-format", "json", "--no-session-persistence", "hello")

    result = decode_result(json.loads(ended.out))
    assert (ended.code, result.answer) == (1, None)
    assert result.error is not None
    assert result.error.kind == "Quota"
    assert "used up until tomorrow" in result.error.message
    assert inside.logs() == []


def test_json_tells_programs_of_a_missing_key_too(inside: Place) -> None:
    ended = inside.run(None, "--output-format", "json", "hello")

    result = decode_result(json.loads(ended.out))
    assert ended.code == 2
    assert result.session_id is None
    assert result.error is not None
    assert result.error.kind == "MissingKey"


def test_without_any_key_two_lines_say_which_to_set_and_that_the_demo_needs_none(inside: Place) -> None:
    ended = inside.run(None, "hello")

    assert (ended.code, ended.out) == (2, "")
    assert "set GOOGLE_API_KEY or ANTHROPIC_API_KEY or OPENAI_API_KEY, or the key of another" in ended.err
    assert "`sagent demo` needs no key" in ended.err
    assert ended.err.count("\n") == 1
    assert inside.logs() == []


def test_a_refused_key_is_named_by_its_variable_and_never_shown(inside: Place) -> None:
    with serve("never said") as served:
        ended = inside.run(served, "hello", GOOGLE_API_KEY="a-wrong-secret")
        again = inside.run(served, "--continue", "hello again")

    assert ended.code == 1
    assert "API key not valid" in ended.err
    assert "GOOGLE_API_KEY" in ended.err
    assert "a-wrong-secret" not in ended.err
    assert ended.err.count("\n") == 1
    assert (again.code, inside.logs()) == (2, [])
    assert again.err.startswith("sagent: there is no session for ")


def test_a_session_that_was_begun_without_tools_goes_on_without_them(inside: Place) -> None:
    with serve("first", "second") as served:
        inside.run(served, "--tools", "none", "hello")

        inside.run(served, "--continue", "hello again")

        assert ["tools" in body for sent in served.requests if isinstance(body := sent.body, Mapping)] == [
            False,
            False,
        ]


def test_an_unknown_provider_is_answered_with_those_that_there_are(inside: Place) -> None:
    ended = inside.run(None, "--provider", "Gogle", "hello")

    assert ended.code == 2
    assert ended.err.startswith(
        "sagent: there is no provider 'Gogle' (did you mean Google?); there are Google"
    )
    assert ended.err.count("\n") == 1


def test_an_unknown_model_is_a_matter_of_flags_and_begins_no_session(inside: Place) -> None:
    with serve("here I am") as served:
        ended = inside.run(served, "--model", "gemini-99-flash", "hello")
        left = inside.logs()
        inside.run(served, "hello")
        again = inside.run(served, "-c", "--model", "gemini-99-flash", "hello?")

    assert (ended.code, ended.out, left) == (2, "", [])
    assert "gemini-99-flash is not found" in ended.err
    assert "`sagent models Google` lists the ids on offer" in ended.err
    assert ended.err.count("sagent models") == 1
    assert "\ngo on with: sagent --session" in again.err
    assert len(inside.logs()) == 1


def test_the_provider_of_a_session_named_again_keeps_its_model(inside: Place) -> None:
    with serve("one", "two") as served:
        inside.run(served, "--model", "gemini-2.5-pro", "first")
        inside.run(served, "--continue", "--provider", "google", "second")

        paths = [request.path for request in served.requests]

    assert {path.rpartition("/")[2].partition(":")[0] for path in paths} == {"gemini-2.5-pro"}


def test_a_command_behind_two_dashes_is_asked_as_a_prompt(inside: Place) -> None:
    with serve("Hammers.") as served:
        ended = inside.run(served, "--", "tools")

        asked = served.requests[-1].body

    assert (ended.code, ended.out, said(asked)) == (0, "Hammers.\n", "tools")


def test_a_command_with_piped_input_behind_it_is_a_prompt(place: Place) -> None:
    with serve("Fine.") as served:
        ended = place.run(served, "--tools", "none", "demo", "-", stdin="a script")

    assert (ended.code, ended.out) == (0, "Fine.\n")


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_a_stderr_that_takes_nothing_does_not_lose_the_answer(place: Place, stderr: str) -> None:
    with serve([call("List", path=".")], "Here it is.") as served:
        done = shell(place, f'"$0" -m sagent look {stderr}', served.environment)

    assert (done.returncode, done.stdout) == (0, "Here it is.\n")


@pytest.mark.parametrize("form", ["text", "stream-json"])
def test_an_answer_that_cannot_be_written_is_still_in_the_session(place: Place, form: str) -> None:
    with serve("Here it is.") as served:
        done = shell(place, f'"$0" -m sagent --output-format {form} look >/dev/full', served.environment)

    told = "sagent: the answer cannot be written: No space left on device"
    session = place.logs()[0].stem
    assert (done.returncode, done.stderr.splitlines()[-2:]) == (
        1,
        [told, f"go on with: sagent --session {session}"],
    )


def shell(
    place: Place, script: str, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command as `"$0" -m sagent` in a shell, which opens and closes its streams."""
    return subprocess.run(
        ["sh", "-c", script, sys.executable],
        cwd=place.work,
        env={**place.environ(None), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        ('"$0" -m sagent <&-', 2, "sagent: there is no prompt"),
        ('"$0" -m sagent hi >&-', 2, "sagent: no key for any provider"),
        ('"$0" -m sagent tools <&- >&-', 0, ""),
        ('"$0" -m sagent --help >/dev/full', 1, "sagent: the output cannot be written: No space"),
        ('"$0" -m sagent --version >/dev/full', 1, "sagent: the output cannot be written: No space"),
        ('"$0" -m sagent tools >/dev/full', 1, "sagent: "),
        ('{ "$0" -m sagent --help; echo "$?" >&2; } | true', 0, ""),
        (
            'mkdir gone && cd gone && rmdir ../gone && "$0" -m sagent tools',
            2,
            "sagent: the working directory",
        ),
    ],
    ids=["no stdin", "no stdout", "neither", "help", "version", "tools", "pipe", "deleted directory"],
)
def test_streams_and_places_that_are_gone_are_told_in_a_line(
    place: Place, script: str, code: int, told: str
) -> None:
    done = shell(place, script)

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") <= 1
    assert "bug" not in done.stderr


@pytest.mark.parametrize("flags", [(), ("--output-format", "json")], ids=["text", "json"])
def test_on_a_terminal_whose_output_is_redirected_no_conversation_begins(
    place: Place, flags: tuple[str, ...]
) -> None:
    primary, secondary = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "sagent", *flags],
        cwd=place.work,
        env=place.environ(None),
        stdin=secondary,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    os.close(secondary)
    os.close(primary)

    assert done.returncode == 2
    assert "prompt" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout.count("\n") == len(flags) // 2


def test_a_place_where_no_session_can_be_kept_is_named_with_what_to_set(inside: Place) -> None:
    with serve("never") as served:
        ended = inside.run(served, "hello", XDG_DATA_HOME="/dev/null")

    assert ended.code == 1
    assert "set XDG_DATA_HOME to" in ended.err
    assert "--no-session-persistence" in ended.err
    assert ended.err.count("\n") == 1


def test_a_session_goes_on_with_its_own_system_prompt_tools_and_model(inside: Place) -> None:
    with serve("one", "two", "three") as served:
        flags = ("--system", "Be brief.", "--tools", "read,Glob", "--model", "gemini-2.5-pro")
        inside.run(served, *flags, "first")
        inside.run(served, "--continue", "second")
        inside.run(served, "--session", inside.logs()[0].stem[:20], "--tools", "none", "third")

        first, second, third = [request.body for request in served.requests]
        paths = [request.path for request in served.requests]

    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert isinstance(third, dict)
    assert [first["systemInstruction"], first["tools"]] == [second["systemInstruction"], second["tools"]]
    assert len(second["contents"]) == 3
    assert "tools" not in third
    assert {path.rpartition("/")[2].partition(":")[0] for path in paths} == {"gemini-2.5-pro"}


def test_a_session_of_another_directory_goes_on_there(place: Place) -> None:
    (place.work / "here.txt").write_text("here\n")
    elsewhere = Place(home=place.home, work=place.home)
    with serve("one", [call("List", path=".")], "two") as served:
        place.run(served, "first")
        ended = elsewhere.run(served, "--session", place.logs()[0].stem, "second")

        body = served.requests[-1].body

    assert ended.out == "two\n"
    assert f"this session belongs to {place.work}, and goes on there" in ended.err
    assert "here.txt" in str(body)


def test_a_traceback_is_shown_to_those_who_ask_for_it_and_holds_no_key(place: Place) -> None:
    with serve(Status(400)) as served:
        debug = place.run(served, "--debug", "hello")

    assert debug.code == 1
    assert "Traceback" in debug.err
    assert served.key not in debug.err


def test_nobody_reading_the_answer_is_no_reason_for_a_traceback(place: Place) -> None:
    with serve("a poem") as served:
        command = place.start(served, "hello")
        assert command.stdout is not None
        command.stdout.close()
        assert command.stderr is not None
        err = command.stderr.read()
        command.stderr.close()
        command.wait()

    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_on_a_terminal_the_answer_is_streamed_as_it_comes(place: Place) -> None:
    primary, secondary = pty.openpty()
    with serve(["Some words. ", call("List", path=".")], "And more words.") as served:
        subprocess.run(
            [sys.executable, "-m", "sagent", "hello"],
            cwd=place.work,
            env=place.environ(served),
            stdin=subprocess.DEVNULL,
            stdout=secondary,
            stderr=secondary,
            check=True,
        )
    os.close(secondary)
    seen = os.read(primary, 100_000).decode().replace("\r\n", "\n")
    os.close(primary)

    assert seen.splitlines()[:3] == ["Some words. ", "\x1b[32m●\x1b[0m List .", "And more words."]


def test_a_full_disk_is_named_and_the_session_goes_on_when_there_is_room(place: Place) -> None:
    (place.work / "big.txt").write_text("one line of many\n" * 2_000)
    with serve(call("Read", file_path="big.txt"), "I could not say this.", "Now it fits.") as served:
        full = limited(place, served.environment, 40, "--tools", "Read", "--system", "x", "read it")
        again = place.run(served, "--continue", "and now?")

        assert served.complaints == ()
    assert full[0] == 1
    assert "cannot be written (File too large); free some space, then resume the session" in full[1]
    assert "go on with: sagent --session" in full[1]
    assert "Traceback" not in full[1]
    assert again.code == 0


def test_a_disk_that_is_full_from_the_beginning_is_named_too(place: Place) -> None:
    with serve("never") as served:
        code, err = limited(place, served.environment, 2, "hello")

    assert code == 1
    assert "cannot be written (File too large)" in err


def limited(place: Place, environment: Mapping[str, str], blocks: int, *arguments: str) -> tuple[int, str]:
    """Run the command where no file may become larger than so many blocks of 512 bytes."""
    script = 'ulimit -f "$1"; shift; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", str(blocks), sys.executable, "-m", "sagent", *arguments],
        cwd=place.work,
        env={**place.environ(None), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_an_endpoint_that_nobody_serves_is_retried_and_then_named(
    stranded: tuple[Place, "subprocess.Popen[str]"],
) -> None:
    place, command = stranded
    assert command.stdout is not None
    assert command.stderr is not None
    out, err = command.stdout.read(), command.stderr.read()
    with serve("now I hear") as served:
        again = place.run(served, "-c", "hello?")

    assert (command.wait(), out) == (1, "")
    assert err.count("failed, next in") == 4
    assert "sagent: Google gemini-2.5-flash at 127.0.0.1:" in err
    assert "go on with" not in err
    assert "Traceback" not in err
    assert (again.code, place.logs()) == (2, [])


def test_an_answer_that_has_to_fit_a_schema_is_printed_as_json(place: Place) -> None:
    schema = place.work / "names.json"
    schema.write_text('{"type": "array", "items": {"type": "string"}}')
    script = ("```json\n" + '{"answer": ["a", "b"]}' + "\n```", as_json({"answer": ["a"]}))
    with serve(*script) as served:
        plain = place.run(served, "-p", "--output-schema", "names.json", "name them")
        ended = place.run(served, "-p", "--output-schema", "names.json", "--output-format", "json", "names")

    assert (plain.code, plain.out) == (0, '["a","b"]\n')
    result = decode_result(json.loads(ended.out))
    assert (result.answer, result.output, result.error) == ('["a"]', ("a",), None)
    assert served.complaints == ()


def test_an_answer_that_does_not_fit_is_an_error_for_programs_too(place: Place) -> None:
    (place.work / "any.json").write_text('{"type": "object", "required": ["n"]}')
    lines = ("--output-format", "stream-json")
    with serve("no", "still no", as_json({"n": 1})) as served:
        wrong = place.run(served, "-p", "--output-schema", "any.json", "--output-format", "json", "n")
        right = place.run(served, "-p", "--output-schema", "any.json", *lines, "n")

    result = decode_result(json.loads(wrong.out))
    assert (wrong.code, result.answer, result.output) == (1, "still no", None)
    assert result.error is not None
    assert result.error.kind == "OutputError"
    assert decode_result(json.loads(right.out.splitlines()[-1])).output == {"n": 1}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "--output-schema: form.json cannot be read: No such file or directory"),
        ("{", "--output-schema: form.json holds no JSON object: "),
        ("[]", "--output-schema: form.json holds no JSON object: "),
        ('{"type": 1}', "--output-schema: form.json: output is no JSON Schema: "),
    ],
)
def test_a_file_that_holds_no_schema_is_refused_at_once(
    content: str | None, complaint: str, place: Place
) -> None:
    if content is not None:
        (place.work / "form.json").write_text(content)

    with serve() as served:
        ended = place.run(served, "-p", "--output-schema", "form.json", "name them")

    assert ended.code == 2
    assert complaint in ended.err
