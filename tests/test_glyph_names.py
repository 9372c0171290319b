from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from time import monotonic, sleep
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
import regex
from fontTools.ttLib import TTFont
from pages import Run, pdf
from producers import distilled, fpdf2, weasyprint
from pypdf import PdfReader

from restore.formats.pdf import read
from restore.geometry import pdf_pages, renamed
from restore.geometry.glyph_names import NOTHING, UNNAMED, named, plain_names
from restore.geometry.glyphs import Floats
from restore.geometry.lam_alef import name_lam_alefs
from restore.geometry.renamed import with_names
from restore.geometry.rows import Row
from restore.geometry.shapes import Shapes, shapes
from restore.geometry.to_unicode import parsed, written

# Genesis 1: glyphs for two characters and three, marks drawn by two glyphs, qadma and pashta.
VERSES = (
    "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃ וְהָאָ֗רֶץ הָיְתָ֥ה",
    "הַמָּֽיִם׃ וַיֹּ֥אמֶר אֱלֹהִ֖ים יְהִ֣י א֑וֹר וַֽיְהִי־אֽוֹר׃ וַיַּ֧רְא אֱלֹהִ֛ים",
    "וַיִּקְרָ֨א אֱלֹהִ֤ים ׀ לָאוֹר֙ י֔וֹם וְלַחֹ֖שֶׁךְ קָ֣רָא לָ֑יְלָה וַֽיְהִי־עֶ֥רֶב",
    "יִקָּו֨וּ הַמַּ֜יִם מִתַּ֤חַת הַשָּׁמַ֙יִם֙ אֶל־מָק֣וֹם אֶחָ֔ד וְתֵרָאֶ֖ה הַיַּבָּשָׁ֑ה",
    "וַיַּ֣עַשׂ אֱלֹהִים֮ אֶת־הָרָקִ֒יעַ֒ וַיַּבְדֵּ֗ל בֵּ֤ין הַמַּ֙יִם֙ אֲשֶׁר֙ מִתַּ֣חַת",
)
PERSIAN = (
    "اعلامیه جهانی حقوق بشر",
    "بعلاوه هیچ تبعیضی بعمل نخواهد آمد",
    "بر خلاف انسانیت و شئون بشری",
    "ولادت یا هر موقعیت دیگر",
    "تضمین لازم برای دفاع او",
    "هنگام انحلال آن زن و شوهر",
)


def lines(data: bytes) -> list[str]:
    return [normalize("NFC", line.text) for line in read(data).pages[0].lines if line.text]


def typed(line: str) -> str:
    """A line with the dots of its letters before their other marks, as they are typed."""
    return regex.sub(r"(\p{M}+?)([\u05bc\u05c1\u05c2]+)", r"\2\1", line)


PRODUCERS: dict[str, tuple[Callable[[Sequence[str]], bytes], Callable[[str], str]]] = {
    "weasyprint": (weasyprint, str),
    "weasyprint, as typed": (weasyprint, typed),
    "fpdf2": (fpdf2, str),
    "fpdf2, as typed": (fpdf2, typed),
    "ghostscript": (lambda lines: distilled(fpdf2(lines)), typed),
}


@pytest.mark.parametrize("name", PRODUCERS)
def test_accents_come_out_whole(name: str) -> None:
    """Each producer leaves glyphs without a name, or names them wrongly, in a way of its own."""
    producer, order = PRODUCERS[name]
    # Ghostscript leaves out what would tell of the darga of the second verse, a glyph of its own.
    verses = [line for line in VERSES if name != "ghostscript" or "\u05a7" not in line]
    assert lines(producer([order(line) for line in verses])) == verses


def replaced(data: bytes, place: int, content: bytes) -> bytes:
    """A PDF with another stream in place of one, by its number."""
    stream = b"<</Length %d>>\nstream\n" % len(content) + content + b"\nendstream"
    trailer: Any = PdfReader(BytesIO(data)).trailer
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    return data + renamed._added(data, {place: stream}, trailer, int(trailer["/Size"]), start)


def named_by_the_font(data: bytes) -> bytes:
    """A PDF whose map has only the glyphs that its font gives a character, as Qt and XeTeX do."""
    font = next(one for _, one in renamed._fonts(PdfReader(BytesIO(data))))
    below = font["/DescendantFonts"][0].get_object()
    program = TTFont(BytesIO(below["/FontDescriptor"]["/FontFile2"].get_data()))
    own = program.getReverseGlyphMap()
    codes = sorted(program.getBestCmap().items(), reverse=True)
    names = {own[name]: chr(code) for code, name in codes}
    return replaced(data, font.raw_get("/ToUnicode").idnum, written(names, wide=True))


def test_lam_with_alef_is_known_though_the_file_does_not_name_it() -> None:
    data = named_by_the_font(weasyprint(PERSIAN, "Noto Naskh Arabic"))
    assert lines(data) == list(PERSIAN)


def row(text: str) -> Row:
    """A row as it is seen, of a text as it is read."""
    letters: list[str] = []
    spaced: list[bool] = []
    for before, letter in pairwise(" " + text[::-1]):
        if letter != " ":
            letters.append(letter)
            spaced.append(before == " " and len(spaced) > 0)
    count = len(letters)
    left: Floats = np.linspace(0.0, 5.0 * count, count, endpoint=False)
    ones = np.ones(count)
    flags = np.array(spaced, np.bool_)
    return Row(letters, left, left + 5, 0.0, 1.0, ones, flags, ones, np.arange(count))


X, Y = UNNAMED[0], chr(ord(UNNAMED[0]) + 1)
TOLD = {
    "alef after lam": (f"بل{X} لب سل{X} عل{X}", "بلا لب سلا علا"),
    "both without a name": (f"ب{Y}{X} لب س{Y}{X} ع{Y}{X}", "بلا لب سلا علا"),
    "too few": (f"بل{X} لب سل{X}", "بل� لب سل�"),
    "others of the same form": (f"بل{X} سل{X} عل{X} حلا", "بل� سل� عل� حلا"),
    "others of another form": (f"بل{X} سل{X} عل{X} رلا", "بلا سلا علا رلا"),
    "another letter": (f"بل{X} سل{X} عل{X} ب{X}", "بل� سل� عل� ب�"),
    "at the beginning": (f"{X}ب {X}س {X}ع", "�ب �س �ع"),
    "lam without the other": (f"ب{Y}{X} س{Y}{X} ع{Y}{X} {Y}ب", "ب�� س�� ع�� �ب"),
}


@pytest.mark.parametrize("name", TOLD)
def test_glyphs_without_a_name_are_told_by_their_neighbours(name: str) -> None:
    painted, expected = TOLD[name]
    found, true = row(painted), row(expected)
    name_lam_alefs([found], {})
    assert found.texts == true.texts


def test_what_one_page_tells_is_known_on_others() -> None:
    known: dict[str, str] = {}
    name_lam_alefs([row(TOLD["alef after lam"][0])], known)
    found = row(f"بل{X}")
    name_lam_alefs([found], known)
    assert found.texts == row("بلا").texts


@pytest.mark.parametrize("text", ["ּ", "בּ", "\U0001d7ce"])
@pytest.mark.parametrize("wide", [True, False])
def test_maps_are_read_as_they_are_written(text: str, wide: bool) -> None:
    names = {code: text for code in range(1, 250)}
    assert plain_names(parsed(written(names, wide))) == names


def test_ranges_of_a_map_are_read() -> None:
    block = b"2 beginbfrange\n<01> <03> <05D0>\n<0005><0006>[<05D105BC> <05D2>]\nendbfrange"
    found = plain_names(parsed(block))
    assert found == {1: "א", 2: "ב", 3: "ג", 5: "בּ", 6: "ג"}


def test_a_range_without_end_is_cut() -> None:
    assert len(parsed(b"beginbfrange <00> <FFFFFFFF> <0000> <00> <FFFFFF> <0000> endbfrange")) < 1e5


def test_names_doubled_by_ghostscript_are_put_right_and_others_stay() -> None:
    given = {1: b"\x05\xd1\xd1\xbc", 2: b"\x05\xd1\x05\xbc", 3: b"\xd8\x35\xdf\xce", 4: b"\xff\xff"}
    assert plain_names(given) == {1: "בּ", 2: "בּ", 3: "\U0001d7ce"}


BET, DALET, SHIN, DOT, BET_DOT, DALET_DOT, SHIN_DOT, BLANK, SAME, OTHER, TWIN = range(1, 12)
SHAPES = Shapes(
    {BET: b"b", DALET: b"d", SHIN: b"s", DOT: b".", BET_DOT: b"b.", DALET_DOT: b"d.",
     SHIN_DOT: b"s.", BLANK: b"", SAME: b"b", OTHER: b"o", TWIN: b"t"},
    frozenset(),
    {BET_DOT: (BET, DOT), DALET_DOT: (DALET, DOT), SHIN_DOT: (SHIN, DOT), TWIN: (DALET, DOT)},
    {OTHER: "ק\ue000"},
    {},
)  # fmt: skip


def test_glyphs_are_named_by_what_they_draw() -> None:
    given = {BET: "ב", BET_DOT: "בּ", DALET_DOT: "דּ", SHIN: "ש", BLANK: "ּ", SHIN_DOT: "ּ"}
    found = named(given, {glyph: glyph for glyph in SHAPES.outlines}, SHAPES)
    assert found[SAME] == "ב"  # the same outline
    assert found[SHIN_DOT] == "שּ"  # made of a shin and of what is in bet and dalet
    assert found[BLANK] == NOTHING
    assert found[OTHER] == "ק"  # by the font's own map
    assert given.items() - found.items() == {(BLANK, "ּ"), (SHIN_DOT, "ּ")}


def test_parts_are_known_though_a_file_names_what_it_does_not_paint() -> None:
    given = {DALET: "מ", BET_DOT: "בּ", DALET_DOT: "דּ"}
    assert named(given, {glyph: glyph for glyph in SHAPES.outlines}, SHAPES)[TWIN] == "דּ"


def test_a_letter_that_is_named_with_another_has_no_text_of_its_own() -> None:
    """As fpdf2 gives a glyph two codes: one for its letter, one where another glyph has both."""
    joined = Shapes({1: b"l", 2: b"k"}, frozenset(), {}, {}, {})
    found = named({10: "ل", 12: "لك"}, {10: 1, 11: 1, 12: 2}, joined)
    assert found == {10: "ل", 11: NOTHING, 12: "لك"}


def test_a_font_that_draws_nothing_keeps_its_names() -> None:
    """As that of a text layer over a scan: all of its codes have one empty glyph."""
    unseen = Shapes({1: b""}, frozenset(), {}, {}, {})
    assert named({0x5D0: "א", 0x5BC: "ּ"}, {0x5D0: 1, 0x5BC: 1}, unseen) == {0x5D0: "א", 0x5BC: "ּ"}


def test_files_that_cannot_be_added_to_stay_as_they_are() -> None:
    data = weasyprint(VERSES[:2])
    assert with_names(data, 5.0)
    assert with_names(data, 1e-4) is None  # no time
    assert with_names(b"\n" + data, 5.0) is None  # places are counted from elsewhere
    for cut in range(0, len(data), 997):
        with_names(data[:cut], 5.0)  # whatever comes out, nothing is raised
        with_names(data[:cut] + b"\xff" * 40 + data[cut + 40 :], 5.0)


def test_a_file_whose_fonts_cannot_be_read_comes_out_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(data: bytes) -> Shapes:
        raise RecursionError

    monkeypatch.setattr(renamed, "shapes", fails)
    found = read(weasyprint(VERSES)).pages[0]
    assert "אֱלֹהִ֑ים" in found.text and "\ufffd" in found.text


def test_a_font_without_end_is_given_up_and_the_others_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes all the time there is; those read before keep what they gained."""
    read_, calls = shapes, []

    def slow(data: bytes) -> Shapes:
        calls.append(data)
        while len(calls) > 1:
            try:
                sleep(0.01)
            except Exception:  # as libraries do
                calls.append(b"")
        return read_(data)

    data = weasyprint([*VERSES, "<b>" + VERSES[0] + "</b>"])
    monkeypatch.setattr(renamed, "shapes", slow)
    began = monotonic()
    better = with_names(data, 0.5)
    assert len(calls) == 2 and monotonic() - began < 5
    assert better is not None and better.startswith(data)


def test_fonts_are_asked_only_if_a_page_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(pdf_pages, "with_names", lambda data, patience: asked.append(data))
    sound = pdf([Run("שלום", 300, 520)])
    assert not list(pdf_pages.pages(sound, 2, {}))
    list(pdf_pages.pages(sound, 0, {}))
    assert not asked
    lost = pdf([Run("שלום", 300, 520)], [Run("שלום", 300, 520)], unmapped="ש")
    list(pdf_pages.pages(lost, 0, {}))
    assert len(asked) == 1
