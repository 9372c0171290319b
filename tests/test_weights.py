"""The files that the weights of a language are in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from restore import junctions, mark_model, pair_model
from restore.languages import language

HEBREW = language("he")
LARGEST = 4_500_000  # bytes of the weights that tell which word follows which
LARGEST_OF_MARKS = 1_600_000  # bytes of those that tell where marks stand

Read = Callable[[Path], object]
PAIRS = (pair_model.PairModel.read, pair_model.MAGIC, HEBREW.weights)
NET = (junctions.Junctions.read, junctions.MAGIC, HEBREW.junctions)
MARKS = (mark_model.MarkModel.read, mark_model.MAGIC, HEBREW.marks)


@pytest.mark.parametrize(("read", "magic", "whole"), [PAIRS, NET, MARKS])
def test_other_files_are_refused(tmp_path: Path, read: Read, magic: bytes, whole: Path) -> None:
    path = tmp_path / whole.name
    for content in (b"", b"\n", b"PK\x03\x04", magic[:-1], magic.upper()):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"is not a (pair|mark|net).*; install"):
            read(path)


@pytest.mark.parametrize(("read", "magic", "whole"), [PAIRS, NET, MARKS])
def test_cut_off_files_are_refused(tmp_path: Path, read: Read, magic: bytes, whole: Path) -> None:
    path = tmp_path / whole.name
    content = whole.read_bytes()
    for size in (len(magic), len(magic) + 20, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(ValueError):
            read(path)


def test_a_longer_net_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.junctions"
    path.write_bytes(HEBREW.junctions.read_bytes() + b"\0")
    with pytest.raises(ValueError):
        junctions.Junctions.read(path)


def test_weights_of_a_language_are_small() -> None:
    sizes = [path.stat().st_size for path in (HEBREW.weights, HEBREW.junctions)]
    assert sum(sizes) <= LARGEST
    assert HEBREW.marks.stat().st_size <= LARGEST_OF_MARKS
