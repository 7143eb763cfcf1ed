"""What holds for all tests."""

from hypothesis import settings

# How long an example takes is a matter for benchmarks; a busy machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
