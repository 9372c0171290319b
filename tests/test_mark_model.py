"""The model of the marks between two words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from restore.evidence import Evidence, evidence
from restore.mark_model import CLOSING, KINDS, MarkModel

COMMA, STOP, GERESH = (CLOSING.index(mark) for mark in ",.'")


@pytest.fixture
def hebrew() -> Evidence:
    return evidence("he")


def test_each_place_of_a_line_has_odds_for_each_kind(hebrew: Evidence) -> None:
    assert hebrew.marks(["אמר", "רבי", "יוחנן"]).shape == (4, KINDS)
    assert hebrew.marks([]).shape == (1, KINDS)


@pytest.mark.parametrize(
    ("words", "kind", "after"),
    [
        ("ויאמר אליו הנה נא זקנתי ולא אדע", COMMA, 4),
        ("כך כתב בספרו וגו ועיין שם", GERESH, 3),
        ("הלכו לביתם עד כאן לשונו ונראה לי שכן הוא", STOP, 4),
    ],
)
def test_a_mark_stands_where_it_is_likeliest(
    hebrew: Evidence, words: str, kind: int, after: int
) -> None:
    assert hebrew.marks(words.split())[1:-1, kind].argmax() == after


def test_a_written_model_is_read_again(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    table = random.integers(-127, 128, (1 << 8, KINDS)).astype(np.int8)
    scales, bias = random.random(KINDS).astype(np.float32), random.random(KINDS).astype(np.float32)
    model = MarkModel(table, scales, bias)
    model.write(tmp_path / "x.marks", {"language": "he"})
    again = MarkModel.read(tmp_path / "x.marks")
    words = ["בראשית", "ברא", "אלהים"]
    assert np.allclose(again.odds(words, "ב"), model.odds(words, "ב"), atol=1e-4)
