"""Texts of a few lines for each damage, and texts that look like damage and must stay.

Each file is a list of cases: ``damaged`` is what an extractor gave and ``restored`` what it should
be, line for line. ``expect`` is ``fail`` for what restore cannot do yet.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TypedDict
from unicodedata import normalize

import pytest

from restore import Restored, replay, restore_text, undo
from restore.damage import DAMAGES, LAYOUT, NAMES, OF_OCR, Damage
from restore.model import CONTROLS

FOLDER = Path(__file__).with_name("cases")
UNSEEN = re.compile(rf"[ \n{CONTROLS}\u00ad\u200b-\u200d\u2060\ufeff]")
FEWEST = 8  # cases for a damage
ORDER = ("reversed-words", "rotated-runs", "interleaved-runs", "displaced-marks")


class Case(TypedDict):
    """A case as it stands in its file."""

    label: str
    damaged: str
    restored: str
    expect: str
    comment: str
    source: str


FILES: dict[str, list[Case]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
}
CASES = [(kind, case) for kind, cases in FILES.items() for case in cases]


def chosen(unharmed: bool) -> list[object]:
    """The cases, or those of texts that must stay, with the marks they ask for."""
    return [
        pytest.param(
            case,
            id=f"{kind}: {case['label']}",
            marks=pytest.mark.xfail(reason=case["comment"]) if case["expect"] == "fail" else (),
        )
        for kind, case in CASES
        if (case["damaged"] == case["restored"]) is unharmed
    ]


def letters(text: str) -> Counter[str]:
    """How often each visible character of a text stands in it; brackets without their side.

    Letters in forms of a font count as what they are, the accents pashta and qadma, which are drawn
    alike, as one.
    """
    same = str.maketrans(")]}\u0599", "([{\u05a8")
    return Counter(UNSEEN.sub("", normalize("NFKC", text)).translate(same))


@cache
def mended(text: str) -> Restored:
    return restore_text(text)


def order_changes(result: Restored) -> list[str]:
    return [c.id for c in result.changes if c.finding.damage not in LAYOUT]


@pytest.mark.parametrize("case", chosen(unharmed=False))
def test_a_damaged_text_is_restored(case: Case) -> None:
    assert mended(case["damaged"]).page_text == case["restored"]


@pytest.mark.parametrize("case", chosen(unharmed=True))
def test_a_sound_text_stays_byte_for_byte(case: Case) -> None:
    result = mended(case["damaged"])
    assert result.page_text.encode() == case["damaged"].encode()
    assert not order_changes(result)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=lambda case: case["label"])
def test_a_restored_text_is_sound(case: Case) -> None:
    """The right text of every case stays, also of those that cannot be restored yet."""
    assert mended(case["restored"]).page_text == case["restored"]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=lambda case: case["label"])
def test_changes_can_be_taken_back_and_made_again(case: Case) -> None:
    result = mended(case["damaged"])
    assert undo(result.document, result.changes) == result.original
    assert replay(result.original, result.changes) == result.document


@pytest.mark.parametrize("kind", NAMES)
def test_a_damage_that_is_skipped_stays(kind: str) -> None:
    for case in FILES.get(kind, []):
        result = restore_text(case["damaged"], skip=[kind])
        assert kind not in {change.finding.damage for change in result.changes}
        if kind not in ORDER:
            assert result.page_text == restore_text(case["damaged"], only=ORDER).page_text


@pytest.mark.parametrize("kind", FILES)
def test_only_the_damage_that_is_asked_for_is_mended(kind: str) -> None:
    if kind in NAMES:
        for case in FILES[kind][:FEWEST]:
            changes = restore_text(case["damaged"], only=[kind]).changes
            assert {change.finding.damage for change in changes} <= {kind}


@pytest.mark.parametrize("kind", [*ORDER, "mirrored-brackets", "direction-controls"])
def test_every_damage_has_enough_cases_and_some_that_must_stay(kind: str) -> None:
    stay = sum(case["damaged"] == case["restored"] for case in FILES[kind])
    assert len(FILES[kind]) - stay >= FEWEST
    assert stay >= FEWEST / 2


def test_there_are_as_many_texts_that_stay_as_damaged_ones() -> None:
    stay = sum(case["damaged"] == case["restored"] for _, case in CASES)
    assert stay >= len(CASES) / 2 - FEWEST / 2


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=lambda case: case["label"])
def test_a_case_is_well_made(case: Case) -> None:
    assert case["expect"] in ("pass", "fail")
    assert case["label"] and case["source"]
    assert letters(case["damaged"]) == letters(case["restored"])


def test_labels_name_one_case_each() -> None:
    labels = Counter((kind, case["label"]) for kind, case in CASES)
    assert not [label for label, count in labels.items() if count > 1]


def test_cases_are_of_damages_that_there_are() -> None:
    assert set(FILES) - {"unharmed"} <= set(NAMES)


@pytest.mark.parametrize(
    "damage", [d for d in DAMAGES if d.name not in OF_OCR], ids=lambda d: d.name
)
def test_the_example_of_a_damage_has_the_letters_of_what_it_should_be(damage: object) -> None:
    example, restored = (str(getattr(damage, name)) for name in ("example", "restored"))
    assert letters(restored.replace("\n", "")) <= letters(example.replace("\n", ""))


@pytest.mark.parametrize("damage", [d for d in DAMAGES if not d.layout], ids=lambda d: d.name)
def test_the_example_of_a_damage_is_what_restore_makes_of_it(damage: Damage) -> None:
    """Alone, without a document to learn from, an example is decided however unsure."""
    result = restore_text(damage.example, confidence=0.0, ocr=damage.name in OF_OCR)
    assert result.page_text.strip() == damage.restored
    assert damage.name in {change.finding.damage for change in result.changes}
