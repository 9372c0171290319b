"""Letters that PDFium takes for others painted twice, on pages whose words lie over each other."""

from __future__ import annotations

import pypdfium2
import pytest
from caps import capitals, hebrew
from pages import Run, pdf

from restore.formats.pdf import read
from restore.geometry.apart import characters_of
from restore.geometry.pdfium import TooLargeError


def text(runs: list[Run]) -> str:
    page = pypdfium2.PdfDocument(pdf(runs))[0]
    with characters_of(page.raw, 100) as found:
        assert found is not None
        kept = zip(found.codes.tolist(), found.objects.tolist(), strict=True)
        return "".join(capitals(chr(code)) for code, owner in kept if owner)


def test_a_letter_near_a_like_one_of_another_word_is_kept() -> None:
    """The alef of the first word stands at 115, that of the other at 119.8."""
    first, over = Run(hebrew("FCBA"), 100, 500), Run(hebrew("AGHD"), 115.2, 500)
    page = pypdfium2.PdfDocument(pdf([first, over]))[0].get_textpage()
    assert page.get_text_range().count(hebrew("A")) == 1
    assert sorted(text([first, over])) == sorted("FCBAAGHD")


def test_places_are_those_of_the_page() -> None:
    runs = [Run(hebrew("FCBA"), 100, 500), Run(hebrew("AGHD"), 115.2, 500), Run("x", 50, 300)]
    page = pypdfium2.PdfDocument(pdf(runs))[0]
    with characters_of(page.raw, 100) as found:
        assert found is not None
        seen = found.objects != 0
        assert set(found.origins[seen, 1].tolist()) == {500.0, 300.0}
        assert found.boxes[seen, 1].max() == pytest.approx(507, abs=3)
    edges = [item.get_bounds() for item in page.get_objects()]
    assert [round(bottom) for _, bottom, _, _ in edges] == [500, 500, 300]


def test_words_painted_twice_to_look_bold_are_one() -> None:
    runs = [Run(hebrew("FCBA"), x, 500) for x in (100, 100.3)]
    over = [Run(hebrew("AGHD"), 115.2, 500)]
    assert sorted(text(runs)) == sorted("FCBA")
    assert sorted(text(runs + over)) == sorted("FCBAAGHD")


def test_words_read_apart_stand_on_their_line() -> None:
    """Of the two next to the third, the one before it loses nothing."""
    runs = [Run(hebrew("FCBA"), 100, 500), Run(hebrew("AGHD"), 115.2, 500)]
    page = read(pdf([*runs, Run(hebrew("KLM"), 200, 500), Run(hebrew("NPQ"), 100, 450)])).pages[0]
    first, second = [capitals(line.text) for line in page.lines if line.text]
    assert (sorted(first.replace(" ", "")), second) == (sorted("FCBAAGHDKLM"), "QPN")


def test_too_many_characters_are_told() -> None:
    page = pypdfium2.PdfDocument(pdf([Run("abc", 100, 500)]))[0]
    with pytest.raises(TooLargeError), characters_of(page.raw, 2):
        pass
