"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# The same examples every time, so that a change is judged by what it changes. For new examples:
# sh scripts/test --hypothesis-profile=search
settings.register_profile("same", derandomize=True, max_examples=60)
settings.register_profile("search", max_examples=1500)
settings.load_profile("same")
