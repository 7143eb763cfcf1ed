"""Nobody changes a file while somebody else does."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from sagent.tools.file_lock import alone
from tests.tools.calls import names

OTHER = """
import asyncio, sys
from pathlib import Path
from sagent.tools import Edit
from tests.tools.calls import said

async def work():
    edit, me = Edit(Path(sys.argv[1])), sys.argv[2]
    for number in range(15):
        await said(edit, file_path="a", old_string=f"<{me} {number}>", new_string="x")

asyncio.run(work())
"""


async def test_edits_of_one_file_by_several_processes_are_all_made(tmp_path: Path) -> None:
    lines = [f"<{process} {number}>\n" for number in range(15) for process in range(3)]
    (tmp_path / "a").write_text("".join(lines))

    others = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", OTHER, str(tmp_path), str(process))
        for process in range(3)
    ]
    codes = [await other.wait() for other in others]

    assert (codes, (tmp_path / "a").read_text()) == ([0, 0, 0], "x\n" * 45)
    assert names(tmp_path) == ["a"]


async def test_two_who_want_the_same_files_in_another_order_do_not_wait_for_each_other(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]

    def hold(order: list[Path]) -> int:
        for _ in range(50):
            with alone(*order):
                pass
        return 1

    done = await asyncio.gather(*(asyncio.to_thread(hold, order) for order in (paths, paths[::-1]) * 3))

    assert sum(done) == 6


def test_a_lock_leaves_nothing_beside_the_file_nor_in_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    program = (
        "import os, sys; from pathlib import Path; from sagent.tools.file_lock import alone\n"
        f"with alone(Path({str(tmp_path / 'a')!r})): print(*os.listdir(sys.argv[1]))\n"
        "print(*[path.name for path in Path(sys.argv[1]).rglob('*.lock')])"
    )
    place = tempfile.mkdtemp(dir=tmp_path)

    shown = subprocess.run(
        [sys.executable, "-c", program, place],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": place, "PYTHONPATH": ":".join(sys.path)},
    )

    assert shown.stdout.split()[0].startswith("sagent-locks-")
    assert len(shown.stdout.split()) == 1
