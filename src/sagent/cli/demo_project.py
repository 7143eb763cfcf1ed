"""The project of the demonstration, and the part that a model would play in it."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.lib.json import JsonObject, json_text
from sagent.schema.message import ToolCall
from sagent.testing import WireReplying, call
from sagent.testing.server import ScriptItem

PROMPT: Final = "The tests fail. Find out why and fix it."

TESTS: Final = ("-m", "unittest", "--quiet")
"""What runs the tests, behind the name of the interpreter; nothing needs to be installed for it."""

BASKET: Final = '''\
"""A shopping basket."""

from collections.abc import Sequence


def total(prices: Sequence[float], discount: float = 0) -> float:
    """The sum of the prices, less a discount in per cent."""
    return round(sum(prices) * (1 - discount), 2)
'''

TEST_BASKET: Final = """\
import unittest

from basket import total


class Total(unittest.TestCase):
    def test_prices_are_added(self) -> None:
        self.assertEqual(total([19.90, 5.10]), 25.00)

    def test_a_discount_is_given_in_per_cent(self) -> None:
        self.assertEqual(total([20.00, 30.00], discount=10), 45.00)
"""

PROJECT: Final[Mapping[str, str]] = {
    "basket.py": BASKET,
    "test_basket.py": TEST_BASKET,
    "AGENTS.md": "The tests are run with `python -m unittest`. No dependencies, please.\n",
}
"""The files of the repository."""

BEFORE: Final = "(1 - discount), 2)"
AFTER: Final = "(1 - discount / 100), 2)"


REVIEW: Final = (
    "Read the uncommitted changes here with git diff. Say whether each does what it should; one line a file."
)

PATCH: Final = """\
*** Begin Patch
*** Update File: test_basket.py
@@
         self.assertEqual(total([20.00, 30.00], discount=10), 45.00)
+
+    def test_what_is_given_away_costs_nothing(self) -> None:
+        self.assertEqual(total([20.00, 30.00], discount=100), 0.00)
*** End Patch"""


def script(command: str) -> Sequence[ScriptItem]:
    """What the model says; `command` runs the tests."""
    return (
        [
            "I'll see what there is, and run the tests.",
            call("List", path="."),
            call("Glob", pattern="**/test_*.py"),
            call("Grep", pattern="discount"),
            _tests(command),
        ],
        [
            "One test fails: the total is negative. I'll read the function and its test.",
            call("Read", file_path="basket.py"),
            call("Read", file_path="test_basket.py"),
        ],
        [
            "It is documented in per cent, but used as a fraction: 10 makes -9 of 1. I'll divide by 100.",
            call("Edit", file_path="basket.py", old_string=BEFORE, new_string=AFTER),
        ],
        [
            "The other end of the range deserves a test as well, and the change a line in its history.",
            call("ApplyPatch", patch=PATCH),
            call("Write", file_path="CHANGES.md", content="- `total` takes the discount in per cent.\n"),
        ],
        [
            call(
                "BackgroundTask",
                action="start",
                tool="Bash",
                directive={"command": command, "description": "Run the tests"},
            )
        ],
        "The tests run in the background; I'll say what comes of them.",
        _conclusion,
        # From here on the reviewer speaks, until it has answered.
        call("Bash", command="git diff --stat && git diff", description="Read the diff"),
        _verdict,
        "The reviewer has read the diff and has nothing against it. That is all.",
    )


def _tests(command: str) -> ToolCall:
    return call("Bash", command=command, description="Run the tests")


def _conclusion(request: JsonObject) -> WireReplying:
    """The last words depend on what really came of the last run."""
    if "FAILED" in _last(request):
        return "The tests still fail; this needs another look."
    said = (
        "Fixed, and all tests pass now. `total` in `basket.py:8` took the discount as a fraction although it "
        "is documented and tested in per cent; now it is divided by 100. A test for 100 per cent is new. "
        "Somebody who knows nothing of it shall read the diff."
    )
    return [said, call("AgentSpawn", name="reviewer", prompt=REVIEW, tools=["Bash", "Read"], max_rounds=5)]


def _verdict(request: JsonObject) -> str:
    """The reviewer's words depend on what it has really read."""
    if "(1 - discount / 100)" not in _last(request):
        return "basket.py: the discount is not divided by 100."
    return "basket.py divides the discount by 100, as its docstring says; the new test covers the far end."


def _last(request: JsonObject) -> str:
    said = request["input"]  # the last vendor of the relay is OpenAI
    return json_text(said[-1]) if isinstance(said, tuple) else ""
