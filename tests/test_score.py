from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import jiwer
import pytest
from caps import hebrew
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from restore import Arrange, Finding, Place, restore_text
from restore.calibration import Reliability, calibration_error, judged, reliability
from restore.compare.words import clusters
from restore.formats import jsonl
from restore.pipeline import Restored
from restore.score import bare_words, error_rate, fold, folded_lines, kendall_tau, scored

SAMPLES = Path(__file__).parent.parent / "samples"
# Figures of dinglehopper, which cannot be installed beside restore: it brings another OpenCV.
FIGURES = json.loads(Path(__file__).with_name("error_rates.json").read_text("utf-8"))["pairs"]


def texts(pair: dict[str, str]) -> tuple[str, str]:
    """The true text and the other, as they are compared."""
    if "true" in pair:
        return pair["true"], pair["out"]
    true, out = ((SAMPLES / pair[f"{name}_file"]).read_text("utf-8") for name in ("true", "out"))
    return fold(true), fold(out)


@pytest.mark.parametrize("pair", FIGURES, ids=lambda pair: pair.get("out_file", pair.get("out")))
def test_error_rates_are_those_of_jiwer_and_dinglehopper(pair: dict[str, str]) -> None:
    true, out = texts(pair)
    score = scored(true, out)
    assert score.cer == pytest.approx(pair["cer"])
    assert score.wer_letters == pytest.approx(pair["wer"])
    assert score.wer == pytest.approx(jiwer.wer(true, out))
    if len(clusters(true + out)) == len(true + out):  # jiwer counts characters, not clusters
        assert score.cer == pytest.approx(jiwer.cer(true, out))


@given(st.text("אב ג", min_size=1), st.text("אב ג"))
def test_error_rates_are_those_of_jiwer(one: str, other: str) -> None:
    true, out = fold(one), fold(other)
    if true:
        assert error_rate(clusters(true), clusters(out)) == pytest.approx(jiwer.cer(true, out))
        assert error_rate(true.split(), out.split()) == pytest.approx(jiwer.wer(true, out))


@given(st.lists(st.integers(0, 999), min_size=2, max_size=60, unique=True))
def test_the_order_of_words_is_kendalls_tau(order: list[int]) -> None:
    assert kendall_tau(order) == pytest.approx(kendalltau(range(len(order)), order).statistic)


def test_a_text_is_all_right_if_it_is_the_true_one() -> None:
    text = (SAMPLES / "essay.weasyprint.true.txt").read_text("utf-8")
    found = asdict(scored(text, text))
    for name in ("cer", "wer", "wer_letters", "moves", "letters_lost", "letters_invented"):
        assert found[name] == 0, name
    for name in ("adjacent", "kendall_tau", "lines", "paragraphs_f1"):
        assert found[name] == 1, name


@pytest.mark.parametrize(
    ("true", "out", "figures"),
    [
        ("A B C D E", "E D C B A", {"adjacent": 0, "kendall_tau": -1, "moves": 1, "lines": 0}),
        ("A B C D E", "D E A B C", {"adjacent": 0.75, "kendall_tau": -0.2, "moves": 1, "wer": 0.8}),
        ("AB\nCD\nEF GH", "AB\nDC\nEF GH", {"lines": 2 / 3, "moves": 0, "letters_lost": 0}),
        ("ABC DEF", "ABX DEFG", {"letters_lost": 1, "letters_invented": 2, "cer": 2 / 7}),
        ("A B C D", "A B X C D", {"wer": 0.25, "moves": 0, "kendall_tau": 1, "adjacent": 2 / 3}),
        ("A B\n\nC D\n\nE F", "A B\n\nC D E F", {"paragraphs_f1": 2 / 3}),
        ("A B\n\nC D\n\nE F", "A B\nC D\nE F", {"paragraphs_f1": 1}),
        ("A B\n\nC D", "A B C D", {"paragraphs_f1": 0}),
        ("A B C D", "A B C D", {"paragraphs_f1": None}),
        ("A B", "A  \u200fB \n", {"cer": 0, "wer": 0, "lines": 1}),
        ("A", "B", {"kendall_tau": None, "adjacent": None, "cer": 1}),
    ],
)
def test_figures_are_those_worked_out_by_hand(
    true: str, out: str, figures: dict[str, float | None]
) -> None:
    found = asdict(scored(hebrew(true), hebrew(out)))
    for name, figure in figures.items():
        assert found[name] == (None if figure is None else pytest.approx(figure)), name


def test_words_without_marks_keep_their_gershayim() -> None:
    assert bare_words('חז"ל, – 3.5 (שם)') == ['חז"ל', "3.5", "שם"]


def finding(confidence: float, damage: str = "rotated-runs") -> Finding:
    return Finding(damage, Place(0, 0), Arrange(()), "", confidence)


def test_calibration_is_the_distance_of_confidence_from_truth() -> None:
    """0.95 and half are right: off by 0.45; 0.55 and all are right: off by 0.45 too."""
    table = reliability([(finding(0.95), True), (finding(0.95), False), (finding(0.55), True)])
    assert list(table) == ["from 0.5", "from 0.9", "rotated-runs"]
    assert table["from 0.9"] == Reliability(2, 0.95, 0.5, 0)
    assert calibration_error(table) == pytest.approx(0.45)
    assert calibration_error(reliability([(finding(0.9), None)])) is None


def test_what_is_as_often_right_as_it_says_has_no_error() -> None:
    judgements = [(finding(0.75), right) for right in (True, True, True, False)]
    assert calibration_error(reliability(judgements)) == pytest.approx(0)


def test_changes_are_judged_alike_from_their_record() -> None:
    raw = (SAMPLES / "pages.weasyprint.tika.raw.txt").read_text("utf-8")
    true = folded_lines((SAMPLES / "pages.weasyprint.true.txt").read_text("utf-8"))
    result = restore_text(raw)
    record = jsonl.write_changes(result.document, result.original, result.changes, result.doubts)
    (read,) = jsonl.read_changes(record)
    assert read.original.text() == result.original.text()
    assert read.document.text() == result.document.text()
    again = Restored(read.original, read.document, read.changes, read.doubts)
    one, other = (reliability(judged(r, true)) for r in (result, again))
    assert list(one) == list(other)
    for name, row in one.items():
        assert row.number == other[name].number > 0
        assert row.right == other[name].right
        assert row.confidence == pytest.approx(other[name].confidence, abs=1e-4)
