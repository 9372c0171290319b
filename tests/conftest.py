"""Settings of all tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Tests run on all cores, each on one: more threads would only wait for each other. It is said
# before NumPy is loaded, and heard by the processes that tests start, too.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# Where a shell started the tests in the background, an interrupt is ignored, and would be by the
# commands that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples every time, so that a change is judged by what it changes. For new examples:
# sh scripts/test --hypothesis-profile=search
settings.register_profile("same", derandomize=True, max_examples=60)
settings.register_profile("search", max_examples=1500)
settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep nothing of what tests read in the cache of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
