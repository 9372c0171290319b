"""The places of words that a format keeps."""

from __future__ import annotations

import numpy as np

from restore.model import Page


def assert_same_places(ours: Page, theirs: Page, share: float) -> None:
    """The boxes are the same to a fifth of a point, and how sure words are within ``share``."""
    assert ours.boxes is not None and theirs.boxes is not None
    assert np.allclose(ours.boxes, theirs.boxes, atol=0.2, equal_nan=True)
    assert ours.scan and theirs.scan and ours.scan.sure is not None
    assert theirs.scan.sure is not None
    assert np.allclose(ours.scan.sure, theirs.scan.sure, atol=share, equal_nan=True)
