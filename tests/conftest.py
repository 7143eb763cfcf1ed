"""What holds for all tests."""

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

# How long an example takes is a matter for benchmarks; a busy machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Agents that run forever are published; those of tests are not to be found by anybody else.
os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="sagent-")
atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
