"""Which commands run tests."""

import pytest

from sagent.agent.runners import runs_tests

WRITES_AND_RUNS = "cat > a.py <<'END'\nimport it's\nEND\npytest a.py"
ONLY_WRITES = "cat > README <<END\npytest\nEND"


@pytest.mark.parametrize(
    "command",
    [
        "pytest",
        "cd x && pytest -q tests 2>&1 | tail -5",
        "A=1 B=2 python3 -m pytest -x",
        "uv run pytest",
        "uv run --with x pytest -q",
        "poetry run python -m unittest discover",
        ".venv/bin/python -m pytest",
        ".venv/bin/pytest -q -x tests/mine",
        "~/venv/bin/pytest",
        "tox -e py311",
        "nox",
        "python -m coverage run -m pytest",
        "coverage run --source src -m pytest",
        "cargo test --all",
        "cargo +nightly nextest run",
        "go test ./...",
        "npm test",
        "npm run test:unit -- --watch=false",
        "yarn test",
        "pnpm --filter x test",
        "bun test",
        "deno test",
        "npx jest --ci",
        "npx --yes vitest run",
        "mvn -q clean verify",
        "./mvnw test",
        "gradle :app:test",
        "./gradlew check",
        "make test",
        "make -C sub check",
        "make -j4 unit-tests",
        "ctest --output-on-failure",
        "rspec",
        "bundle exec rspec spec/x",
        "vendor/bin/phpunit",
        "php artisan test",
        "dotnet test",
        "timeout 60 pytest",
        "timeout -k 5 60s python -m pytest",
        "time make check",
        "env -u X pytest",
        "conda run -n env pytest",
        "./run_tests.sh",
        "bash test.sh",
        "python test_foo.py",
        "python manage.py test",
        "node --test",
        "if true; then pytest; fi",
        "(cd x && go test ./...)",
        "for i in 1 2; do cargo test; done",
        WRITES_AND_RUNS,
    ],
)
def test_what_runs_tests_is_known_by_its_words(command: str) -> None:
    assert runs_tests(command)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "pip install pytest",
        "uv pip install pytest",
        "uv add pytest",
        "poetry add pytest",
        "npm install jest",
        "python -m pip install pytest",
        "grep -rn pytest .",
        "timeout 60 grep -rn pytest .",
        "echo pytest",
        'git commit -m "pytest passes"',
        "cat tests/test_a.py",
        "python app.py --filter test",
        'python -c "import pytest"',
        "cargo check",
        "cargo build --bin test",
        "go vet ./...",
        "npm run build",
        "make",
        "make install",
        "test -f pytest",
        "ls test",
        "mkdir tests",
        "find . -name test",
        "which pytest",
        "pytest --version",
        "pytest --collect-only -q",
        ONLY_WRITES,
    ],
)
def test_what_only_speaks_of_tests_runs_none(command: str) -> None:
    assert not runs_tests(command)


@pytest.mark.parametrize("piece", ["env ", "<<A\n", "pytest ", "a;", "$(", "timeout 1 ", "- ", "python -m "])
def test_a_command_of_any_length_is_looked_through_in_no_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]

    assert runs_tests(f"{text}\n") in {True, False}
