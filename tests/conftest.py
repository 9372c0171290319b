"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# Tests run on all cores, each on one: more threads would only wait for each other. It is said
# before NumPy is loaded, and heard by the processes that tests start, too.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# The same examples every time, so that a change is judged by what it changes. For new examples:
# sh scripts/test --hypothesis-profile=search
settings.register_profile("same", derandomize=True, max_examples=60)
settings.register_profile("search", max_examples=1500)
settings.load_profile("same")
