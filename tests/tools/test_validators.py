"""The definitions that `sagent tools --json` prints, held against validators of other languages."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import jsonschema_rs
import pytest

from sagent.agent.gate import definition
from sagent.cli.listings import tools
from sagent.lib.json import json_text
from sagent.schema.codec import encode_tool_definition
from sagent.tools import external_tools
from sagent.validation import schema_files

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "tools"

AJV = "ajv@8.17.1"

DIRECTIVES: Mapping[str, tuple[object, object]] = {
    "Read": ({"file_path": "a", "offset": 3}, {"offset": 3}),
    "Write": ({"file_path": "a", "content": ""}, {"file_path": "a", "content": 1}),
    "Edit": ({"file_path": "a", "old_string": "x", "new_string": "y"}, {"file_path": ["a"]}),
    "ApplyPatch": ({"patch": "*** Begin Patch"}, {"patch": None}),
    "Glob": ({"pattern": "*"}, {}),
    "Grep": ({"pattern": "x"}, {"pattern": 1}),
    "List": ({"path": "."}, {"path": 1}),
    "Bash": ({"command": "ls"}, {"command": ["ls"]}),
    "WordCount": ({"paths": ["a"], "top": 3}, {"paths": []}),
    "DiskUsage": ({}, {"depth": 1}),
}
"""A directive that each tool takes, and one that it does not."""

JUDGE = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const { default: Ajv } = createRequire(process.argv[2] + "/")("ajv/dist/2020");
const ajv = new Ajv({ strict: true, allErrors: true });
const { schemas, definitions, directives } = JSON.parse(readFileSync(0, "utf8"));
ajv.addFormat("regex", true);
for (const schema of schemas) ajv.addSchema(schema);
const isDefinition = ajv.getSchema("https://sagent.dev/schemas/tool.json");
console.log(JSON.stringify(definitions.map((definition) => [
  isDefinition(definition),
  ...(directives[definition.name] ?? []).map((each) => ajv.compile(definition.directive_schema)(each)),
])));
"""


def definitions(capsys: pytest.CaptureFixture[str]) -> Sequence[Mapping[str, object]]:
    """What is printed."""
    assert tools(tool_dir=[EXAMPLES]) == 0
    printed: Sequence[Mapping[str, object]] = json.loads(capsys.readouterr().out)
    return printed


def published() -> Mapping[str, object]:
    """Every schema by its address."""
    documents: list[dict[str, object]] = [json.loads(text) for _, text in schema_files()]
    return {str(document["$id"]): document for document in documents}


class Rust:
    """A validator written in Rust, which knows the published schemas."""

    def __init__(self) -> None:
        schemas = [(address, whole(schema)) for address, schema in published().items()]
        self._registry = jsonschema_rs.Registry(schemas)

    def takes(self, schema: object, value: object) -> bool:
        """Whether the schema is one, and the value fits it."""
        jsonschema_rs.meta.validate(whole(schema))
        return jsonschema_rs.validator_for(whole(schema), registry=self._registry).is_valid(value)


def whole(schema: object) -> "dict[str, jsonschema_rs.JSONType]":
    assert isinstance(schema, dict)
    return schema


def test_a_validator_written_in_rust_takes_the_definitions_and_judges_directives_by_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rust = Rust()
    tool = published()["https://sagent.dev/schemas/tool.json"]

    verdicts = {}
    for shown in definitions(capsys):
        schema, (good, bad) = shown["directive_schema"], DIRECTIVES.get(str(shown["name"]), ({}, None))
        verdicts[shown["name"]] = rust.takes(tool, shown), rust.takes(schema, good), rust.takes(schema, bad)

    assert DIRECTIVES.keys() <= verdicts.keys()
    assert {name: verdicts[name] for name in DIRECTIVES} == dict.fromkeys(DIRECTIVES, (True, True, False))
    assert {verdict[0] for verdict in verdicts.values()} == {True}


def test_a_validator_written_in_rust_takes_the_published_schemas_and_the_examples() -> None:
    rust = Rust()
    schemas = published()
    definition_schema = schemas["https://sagent.dev/schemas/settings/external_tool.json"]
    examples = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES.glob("*.json")]

    for schema in schemas.values():
        jsonschema_rs.meta.validate(whole(schema))

    assert [rust.takes(definition_schema, example) for example in examples] == [True, True]
    assert not rust.takes(definition_schema, {**examples[0], "command": "rm"})


@pytest.fixture(scope="session")
def ajv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with Ajv, the usual validator in JavaScript; skips where it cannot be fetched."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no node here")
    folder = tmp_path_factory.mktemp("ajv")
    fetch = [
        "npm",
        "install",
        "--silent",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=0",
        "ajv@8.17.1",
    ]
    try:
        done = subprocess.run(fetch, cwd=folder, capture_output=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm takes too long")
    if done.returncode:
        pytest.skip("npm reaches no registry")
    return folder


def test_a_validator_written_in_javascript_takes_them_in_its_strict_mode(
    ajv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = definitions(capsys)
    program = tmp_path / "judge.mjs"
    program.write_text(JUDGE)
    core = [
        document for address, document in published().items() if address.endswith(("tool.json", "atoms.json"))
    ]
    asked = {"schemas": core, "definitions": shown, "directives": DIRECTIVES}

    done = subprocess.run(
        ["node", str(program), str(ajv)], input=json.dumps(asked), capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    verdicts = json.loads(done.stdout)
    expected = [[True, *([True, False] if each["name"] in DIRECTIVES else [])] for each in shown]
    assert verdicts == expected


def test_what_is_printed_is_what_models_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {str(each["name"]): json_text(each) for each in definitions(capsys)}

    for tool in external_tools(EXAMPLES):
        assert shown[tool.name] == json_text(encode_tool_definition(definition(tool)))
