"""Trees of agents that are used, ended and killed at random: no mail is lost or doubled, nothing is left."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = float(os.environ.get("SAGENT_SOAK", "60"))

SEED = int(os.environ.get("SAGENT_SEED", random.randrange(1 << 30)))


@pytest.mark.timeout(4 * SECONDS + 120)
def test_whatever_happens_to_trees_of_agents_no_mail_is_lost_or_doubled_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    program = (sys.executable, "-W", "error", "-m", "tests.agent.swarm_lives")

    done = subprocess.run(
        [*program, str(tmp_path), str(SEED), str(SECONDS)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=4 * SECONDS + 100,
        cwd=Path(__file__).parents[2],
    )

    told = json.loads(done.stdout)
    print(f"seed {SEED}: {told['counts']}")
    assert told["wrong"] == []
    assert min(told["counts"].get(each, 0) for each in ("accepted", "answered", "calm", "killed")) > 0
