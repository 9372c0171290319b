from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import scans

from restore.scans import tesseract
from restore.scans.tesseract import MissingError, Word


def test_words_have_their_places_and_lines() -> None:
    words = tesseract.read(scans.page(), "heb", 300)
    lines: dict[object, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    assert [" ".join(w.text for w in line) for line in lines.values()] == list(scans.LINES)
    for number, line in enumerate(lines.values()):
        assert all(a.left > b.left for a, b in pairwise(line)), "right to left"
        for word in line:
            middle = 50 + scans.LEADING * number + scans.SIZE / 2
            assert (word.top + word.bottom) / 2 == pytest.approx(middle, abs=20)
            assert 0.5 < word.sure <= 1


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(ValueError, match="takes more than 0 seconds"):
        tesseract.read(scans.page(scans.LINES * 8), "heb", 300, patience=0.05)


def test_a_missing_program_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match=r"apt install tesseract-ocr .*-heb .*dnf.*brew"):
        tesseract.models()


def test_a_missing_model_is_named_with_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no heb\.traineddata in"):
        tesseract.model("he", str(tmp_path))
    with pytest.raises(MissingError, match="model xyz is missing"):
        tesseract.model("xyz")


def test_the_model_of_the_script_is_for_the_second_reading() -> None:
    second = tesseract.second_model("he")
    assert second in ("script/Hebrew", "Hebrew") and second in tesseract.models()
    assert tesseract.second_model("yi") == second
    assert tesseract.second_model("ar") is None
    found = tesseract.read(scans.page(scans.LINES[:1]), second, 300)
    assert " ".join(word.text for word in found) == scans.LINES[0]


def test_models_of_a_folder_are_used(tmp_path: Path) -> None:
    for models in Path("/usr/share/tesseract-ocr").glob("*/tessdata"):
        (tmp_path / "my.traineddata").symlink_to(models / "heb.traineddata")
    folder = str(tmp_path)
    assert tesseract.model("my", folder) == "my"
    assert not tesseract.has_model("he", folder)
    assert tesseract.second_model("he", folder) is None
    found = tesseract.read(scans.page(scans.LINES[:1]), "my", 300, folder)
    assert " ".join(word.text for word in found) == scans.LINES[0]


def test_what_tesseract_says_when_it_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.traineddata").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"Tesseract fails on it: .*bad"):
        tesseract.read(scans.page(scans.LINES[:1]), "bad", 300, str(tmp_path))
