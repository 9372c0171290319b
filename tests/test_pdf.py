from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from caps import capitals, hebrew
from pages import Run, endless, pdf, unseen, width

from restore.change import origins_cover
from restore.formats.pdf import read
from restore.geometry.layout import FROM_PAGE, Habits, Laid
from restore.geometry.own_layer import Own
from restore.geometry.pdf_pages import MISSING
from restore.model import Kind, Layer, Page
from restore.pipeline import restore

RIGHT = 350.0  # points: where lines begin


def words(line: str, y: float, right: float = RIGHT, gap: float = 3.0) -> list[Run]:
    """A line as it is seen, its words painted from left to right; capitals are Hebrew."""
    seen = hebrew(line).split(" ")
    x = right - sum(width(word) for word in seen) - gap * (len(seen) - 1)
    runs = []
    for word in seen:
        runs.append(Run(word, x, y))
        x += width(word) + gap
    return runs


def lines(data: bytes, page: int = 0) -> list[str]:
    """The lines of a page, Hebrew in capitals."""
    return [capitals(line.text) for line in read(data).pages[page].lines if line.text]


SEEN = {  # as it is seen from left to right, and as it is read
    "words": ("FED CBA", "ABC DEF"),
    "a number": ("FED 152 CBA", "ABC 152 DEF"),
    "a date": ("15.3.2024 CBA", "ABC 15.3.2024"),
    "a range with a hyphen": ("17-19 CBA", "ABC 17-19"),
    "a range with a dash": ("19–17 CBA", "ABC 17–19"),
    "a share": ("60% CBA", "ABC 60%"),
    "a prefix before a number": ("45,000-C BA", "AB C-45,000"),
    "Latin words": ("FED open data CBA", "ABC open data DEF"),
    "Latin and a number": ("FED python 3.11 CBA", "ABC python 3.11 DEF"),
    "an address": ("FED www.ofek.example/minutes CBA", "ABC www.ofek.example/minutes DEF"),
    "a full stop": (".FED CBA", "ABC DEF."),
    "quotation marks": ('"FED" CBA', 'ABC "DEF"'),
    "an abbreviation": ("FE\"D 'CBA", "ABC' D\"EF"),
    "an English line": ("an english line.", "an english line."),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_what_is_seen_is_read(name: str) -> None:
    seen, read_ = SEEN[name]
    above = words("HGF EDC", 540)
    assert lines(pdf([*above, *words(seen, 520)])) == ["CDE FGH", read_]


@pytest.mark.parametrize("name", SEEN)
def test_the_order_of_painting_does_not_matter(name: str) -> None:
    seen, read_ = SEEN[name]
    runs = [*words("HGF EDC", 540), *words(seen, 520)]
    assert lines(pdf(runs[::-1])) == ["CDE FGH", read_]
    letters = [
        Run(letter, run.x + width(run.text[:i]), run.y)
        for run in runs
        for i, letter in enumerate(run.text)
    ]
    assert lines(pdf(letters[::-1])) == ["CDE FGH", read_]


def test_numbers_after_arabic_letters_keep_their_places() -> None:
    """UAX #9, W2 and W4: a hyphen between two of them takes the direction of the line."""
    runs = [Run("\u0628\u0627", 300, 520), Run("17-19", 270, 520)]
    assert lines(pdf(runs)) == ["\u0627\u0628 19-17"]


@pytest.mark.parametrize("mapped", ["drawn", "stored"])
def test_brackets_are_read_whatever_character_the_font_names(mapped: str) -> None:
    """As they are drawn, they are mirror images of what is stored."""
    seen = ["(FED) CBA", "(IH) GF (ED)", "[LK JI] HG"]
    if mapped == "stored":
        seen = [line.translate(str.maketrans("()[]", ")(][")) for line in seen]
    page = [run for i, line in enumerate(seen) for run in words(line, 540 - 20 * i)]
    assert lines(pdf(page)) == ["ABC (DEF)", "(DE) FG (HI)", "GH [IJ KL]"]


def test_brackets_of_the_first_page_wait_for_those_of_the_others() -> None:
    first = words("12 (3) CBA", 540)
    others = [run for i in range(5) for run in words(")FED( CBA", 540 - 20 * i)]
    assert lines(pdf(first, others))[0] == "ABC )3( 12"
    assert lines(pdf(first, others), 1) == ["ABC (DEF)"] * 5


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("first", [True, False], ids=["marks first", "letters first"])
def test_points_are_put_to_their_letters(first: bool, count: int) -> None:
    """The point of the middle letter is drawn so far to the left that it is under the next one."""
    runs = []
    for i in range(count):
        y = 540 - 20 * i
        letters = [(hebrew("C"), 300.0, "\u05b8"), (hebrew("B"), 305.0, "\u05b7"),
                   (hebrew("A"), 310.0, "")]  # fmt: skip
        for letter, x, mark in letters:
            base, point = Run(letter, x, y), Run(mark, x - 1.0, y)
            runs += [point] * bool(mark and first) + [base] + [point] * bool(mark and not first)
        if not first:
            runs.append(Run("\u05b4", 311.0, y))
    text = hebrew("A\u05b4B\u05b7C\u05b8" if not first else "AB\u05b7C\u05b8")
    assert [line.text for line in read(pdf(runs)).pages[0].lines] == [text] * count


def test_a_point_between_two_letters_goes_to_the_one_that_it_is_over() -> None:
    """As a holam, which stands over the left edge of its letter."""
    word = [Run(hebrew("C"), 295, 520), Run(hebrew("B"), 300, 520), Run("\u05b9", 304.1, 520)]
    page = [*word, Run(hebrew("A"), 305, 520)]
    assert read(pdf(page)).pages[0].lines[0].text == hebrew("A\u05b9BC")


def test_what_stretches_a_word_is_left_out_after_a_letter_of_two_characters_too() -> None:
    page = [Run("\u0631", 290, 520), Run("\u0624", 295, 520), Run("7", 300, 520)]
    page += [Run("\u0645", 305, 520), Run("3", 330, 520)]
    data = pdf(page, named={"\u0624": "\u0648\u0654"})
    assert read(data).pages[0].lines[0].text == "3 \u0645\u0624\u0631"


def test_a_mark_that_a_font_names_twice_is_read_once() -> None:
    runs = [Run(hebrew("B"), 300, 520), *[Run("\u05b7", 301, 520)] * 2, Run(hebrew("A"), 305, 520)]
    assert read(pdf(runs)).pages[0].lines[0].text == hebrew("AB\u05b7")


def test_words_are_cut_by_gaps_whatever_spaces_are_painted() -> None:
    apart = [Run(hebrew("CBA"), 330, 520), Run(hebrew("FED"), 311, 520)]
    joined = [Run(hebrew("CBA"), 330, 500), Run(hebrew("FED"), 315, 500), Run(" ", 328, 500)]
    assert lines(pdf(apart + joined)) == ["ABC DEF", "ABCDEF"]


def test_letters_set_apart_are_one_word() -> None:
    page = []
    for y in (520, 500):
        page += [Run(letter, 330 - 7.5 * i, y) for i, letter in enumerate(hebrew("ABCDE"))]
        page += [Run(letter, 284 - 7.5 * i, y) for i, letter in enumerate(hebrew("FGHIJ"))]
    assert lines(pdf(page)) == ["ABCDE FGHIJ"] * 2


def columns(left: str, right: str, count: int, shift: float = 0.0) -> list[Run]:
    """Two columns of lines, those on the left ``shift`` points lower."""
    return [
        run
        for i in range(count)
        for run in (
            *words(right, 500 - 14 * i),
            *words(left, 500 - shift - 14 * i, right=190),
        )
    ]


@pytest.mark.parametrize("shift", [0.0, 5.0], ids=["on one line", "between lines"])
def test_the_right_column_is_read_first(shift: float) -> None:
    page = words("TSR QPO ONM LKJ IHG FED CBA", 560) + columns(
        "LKJ IHG FED CBA", "QP ON MLK JIH", 6, shift
    )
    found = lines(pdf(page))
    assert (
        found == ["ABC DEF GHI JKL MNO OPQ RST"] + ["HIJ KLM NO PQ"] * 6 + ["ABC DEF GHI JKL"] * 6
    )


def test_rows_of_a_table_stay_rows() -> None:
    page = []
    for i, cells in enumerate(["C B A", "FE D C", "G F HIJ"] * 2):
        for cell, right in zip(cells.split(), (150, 250, 350), strict=True):
            page += words(cell, 500 - 14 * i, right=right)
    assert lines(pdf(page)) == ["A B C", "C D EF", "JIH F G"] * 2


def test_rows_of_a_table_whose_last_cells_are_long_stay_rows() -> None:
    page = []
    for i, long in enumerate(["ABCDE FG HIJK", "ABC DE FGHIJK", "ABCD EFGH IJK", "AB CDEF GHIJK"]):
        y = 540 - 20 * i
        page += words(f"{long}", y, 180) + words("AB", y, 240) + words("CD", y, 300 - 5 * i)
        page += words("EFG", y)
    assert len(lines(pdf(page))) == 4


def test_a_raised_number_stays_with_its_word() -> None:
    page = [*words(".3 FED CBA", 520), Run("2", 300, 524, size=6), *words("CBA FED", 480)]
    assert lines(pdf(page))[0] == "ABC DEF 3.2"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_read(turn: int) -> None:
    matrix = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[turn]
    page = []
    for i, line in enumerate(["FED CBA", "LKJ IHG", ".RQ PON"]):
        for run in words(line, 0, right=0):
            x, y = run.x, -20.0 * i
            a, b, c, d = matrix
            page.append(run._replace(x=200 + a * x + c * y, y=300 + b * x + d * y, turn=matrix))
    assert lines(pdf(page, rotate=turn)) == ["ABC DEF", "GHI JKL", "NOP QR."]


def test_hidden_words_stored_as_they_are_read_are_read_so() -> None:
    """The text layer of a scan: words at their places, letters in the order of reading."""
    page = [
        Run(hebrew(word), 330 - 40 * i, 520 - 20 * line, mode=3)
        for line in range(2)
        for i, word in enumerate(["ABX", "CDY", "EFZ"])
    ]
    assert lines(pdf(page)) == ["ABX CDY EFZ"] * 2


def test_a_head_painted_as_it_is_seen_is_not_turned_with_the_words_below_it() -> None:
    """The words below it are stored and painted as they are read."""
    page = [Run(hebrew("3 ZFE ZDC ZBA"), 250, 560)]
    page += [
        Run(hebrew(word), 330 - 40 * i, 520 - 20 * line)
        for line in range(5)
        for i, word in enumerate(["ABX", "CDY", "EFZ"])
    ]
    assert lines(pdf(page)) == ["ABZ CDZ EFZ 3"] + ["ABX CDY EFZ"] * 5


@pytest.mark.parametrize(
    ("painted", "expected"),
    [
        ("תישארב רפס", "ספר בראשית"),  # as it is seen
        ("ספר בראשית", "ספר בראשית"),
        ("תישארב", "תישארב"),  # one word, as of another language, tells too little
        ("רתויב גצקא", "רתויב גצקא"),  # one of the words may be anything
        ("כהלכ הלאו", "כהלכ הלאו"),
    ],
)
def test_a_head_without_letters_that_tell_is_told_by_its_words(painted: str, expected: str) -> None:
    page = [Run(painted, 250, 560)]
    page += [
        Run(hebrew(word), 330 - 40 * i, 520 - 20 * line)
        for line in range(5)
        for i, word in enumerate(["ABX", "CDY", "EFZ"])
    ]
    assert read(pdf(page)).pages[0].lines[0].text == expected


def test_points_of_a_layer_whose_codes_are_characters_are_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("restore.geometry.pdf_pages.with_names", lambda data, patience: None)
    text = "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd"
    assert read(unseen(text)).pages[0].lines[0].text == text


def accented(word: str, y: float) -> list[Run]:
    """A word painted letter after letter from the right, each with its mark."""
    runs: list[Run] = []
    for character in hebrew(word):
        mark = width(character) == 0
        x = runs[-1].x + (1 if mark else -5) if runs else 300
        runs.append(Run(character, x, y))
    return runs


@pytest.mark.parametrize(
    ("painted", "expected"),
    [
        ("AB\u0599C", "AB\u05a8C"),
        ("AB\u0599C\u0599", "AB\u0599C\u0599"),
        ("ABC\u0599", "ABC\u0599"),
        ("AB\u05a8C\u0599", "AB\u05a8C\u0599"),
    ],
    ids=["not at the end", "twice", "at the end", "both"],
)
def test_a_pashta_where_none_can_stand_is_a_qadma(painted: str, expected: str) -> None:
    page = accented(painted, 520) + words("FED", 500)
    assert lines(pdf(page))[0] == capitals(hebrew(expected))


def test_text_written_beside_its_glyphs_is_taken() -> None:
    page = [Run("x", 305, 520, actual=hebrew("B") + "\u05bc"), Run(hebrew("A"), 310, 520)]
    assert read(pdf(page)).pages[0].lines[0].text == hebrew("AB") + "\u05bc"


def test_what_the_file_does_not_name_is_told() -> None:
    page = words("FED CBA", 520)
    found = read(pdf(page, unmapped=hebrew("AD"))).pages[0]
    assert found.layer is Layer.UNMAPPED and not found.proved
    assert "OCR" in found.remark


def test_characters_that_the_font_lacks_are_told_where_there_are_some() -> None:
    """Those are painted with glyph 0, and PDFium gives the character 0 for it."""
    few, some = words("FED ab CBA", 520), words("FED aba CBA", 520)
    found = read(pdf(few, some, named={"a": "\0", "b": "\0"}))
    for page in found.pages:
        assert page.lines[0].text.split() == [hebrew("ABC"), hebrew("DEF")]
    assert [page.remark.endswith(MISSING.format(3)) for page in found.pages] == [
        False,
        True,
    ]
    assert found.pages[0].remark == FROM_PAGE


def test_a_page_without_text_is_told() -> None:
    found = read(pdf([], words("FED CBA", 520)))
    assert [page.layer for page in found.pages] == [Layer.ABSENT, Layer.SCRAMBLED]
    assert "OCR" in found.pages[0].remark


def test_a_layer_stored_as_it_is_read_is_sound() -> None:
    letters = hebrew("ABC DEF")
    page = [Run(c, 340 - 5 * i, 520) for i, c in enumerate(letters) if c != " "]
    assert read(pdf(page)).pages[0].layer is Layer.SOUND


def test_every_character_knows_its_place() -> None:
    page = read(pdf([*words("FED CBA", 520), *words("HG", 480)])).pages[0]
    assert "".join(line.text + line.terminator for line in page.lines) == page.text
    assert all(origins_cover(line) for line in page.lines)
    assert page.boxes is not None and page.boxes.shape == (len(page.text), 4)
    left, baseline, right, _ = page.boxes[page.text.index(hebrew("A"))].tolist()
    assert (left, baseline, right) == (345, 520, 350)


def test_lines_far_apart_have_a_blank_one_between() -> None:
    page = [run for y in (560, 546, 532, 490, 476) for run in words("FED CBA", y)]
    kinds = [line.kind for line in read(pdf(page)).pages[0].lines]
    assert kinds == [Kind.TEXT] * 3 + [Kind.BLANK] + [Kind.TEXT] * 2


def test_no_guess_is_made_where_the_page_proves_the_order() -> None:
    """Read as text, the line would be turned around."""
    turned = ["הזה", "היפה", "הבית", "את", "בנה"]
    page = [Run(word, 330 - 40 * i, 520) for i, word in enumerate(turned)]
    page = [run._replace(text=run.text[::-1]) for run in page]
    document = read(pdf(page))
    restored = restore(document)
    assert restored.document.pages[0].lines[0].text == "הזה היפה הבית את בנה"


BROKEN = {
    "no PDF": (b"%PDF-1.7\nnothing", "damaged"),
    "cut short": (pdf(words("FED CBA", 520))[:300], ""),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_in_one_line(name: str) -> None:
    data, word = BROKEN[name]
    with pytest.raises(ValueError, match=f"a.pdf .*{word}") as error:
        read(data, "a.pdf")
    assert "\n" not in str(error.value)


def test_a_page_too_large_is_told_and_the_others_come_out() -> None:
    good = words("FED CBA", 520)
    data = pdf(good, good).replace(b"/MediaBox [0 0 400 600]", b"/MediaBox [0 0 400000000 600]", 1)
    found = read(data).pages
    assert found[0].layer is Layer.UNREADABLE and "large" in found[0].remark
    assert capitals(found[1].lines[0].text) == "ABC DEF"


def test_a_page_of_too_many_letters_is_told_and_the_others_come_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("restore.geometry.pdf_pages.MOST_CHARACTERS", 100)
    many = [Run(hebrew("CBA") * 10, 0, y) for y in range(0, 500, 50)]
    found = read(pdf(many, words("FED CBA", 520))).pages
    assert found[0].layer is Layer.UNREADABLE and "characters" in found[0].remark
    assert capitals(found[1].lines[0].text) == "ABC DEF"


def test_pages_end_with_form_feeds(tmp_path: Path) -> None:
    pages: tuple[Page, ...] = read(pdf(*[words("FED CBA", 520)] * 3)).pages
    assert [page.lines[-1].terminator for page in pages] == ["\f", "\f", "\n"]


def test_a_page_without_end_is_given_up_and_the_others_come_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("restore.formats.pdf.PATIENCE", 1.0)
    found = read(endless(words("FED CBA", 520), 2)).pages
    assert [page.layer for page in found] == [Layer.UNREADABLE, Layer.SCRAMBLED]
    assert "seconds" in found[0].remark


def test_a_page_that_breaks_the_reader_is_told_and_the_others_come_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from restore.geometry import pdf_pages

    laid = pdf_pages._laid

    def fails(document: object, number: int, habits: Habits) -> Laid | Own | str:
        if number == 1:
            os._exit(1)
        return laid(document, number, habits)

    monkeypatch.setattr(pdf_pages, "_laid", fails)
    found = read(pdf(*[words("FED CBA", 520)] * 3)).pages
    assert [page.layer for page in found] == [Layer.SCRAMBLED, Layer.UNREADABLE, Layer.SCRAMBLED]


def test_an_encrypted_file_is_told() -> None:
    keys = "/V 1 /R 2 /P -4 /O (" + "x" * 32 + ") /U (" + "y" * 32 + ")"
    trailer = f"/Root 1 0 R /ID [(a) (b)] /Encrypt << /Filter /Standard {keys} >>".encode()
    data = pdf(words("FED CBA", 520)).replace(b"/Root 1 0 R", trailer)
    with pytest.raises(ValueError, match=r"a\.pdf is encrypted.*password"):
        read(data, "a.pdf")


def test_check_says_what_each_page_is_like(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(pdf(words("FED CBA", 520), []))
    done = subprocess.run(
        [sys.executable, "-m", "restore", "check", path], capture_output=True, text=True
    )
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert told[0].startswith(f"{path}: page 1: scrambled: ")
    assert told[1].startswith(f"{path}: page 2: absent: ") and "OCR" in told[1]


def test_changes_of_a_pdf_can_be_undone(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(pdf(words("FED CBA", 520), words("IHG", 520)))

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "restore", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        return done.stdout

    mended = run("fix", "book.pdf", "--keep-lines", "--changes", "c.jsonl")
    assert capitals(mended) == "ABC DEF\fGHI\n" == capitals(run("undo", "c.jsonl"))


def test_words_painted_to_the_left_are_read_with_their_numbers() -> None:
    """Tesseract paints each word as it is read, its numbers too, with a mirrored matrix."""
    mirrored = (-1.0, 0.0, 0.0, 1.0)
    page = [
        Run(hebrew(word), x, y, mode=3, turn=mirrored)
        for y in (540, 520)
        for word, x in (("ABC ", 350), ("2023", 330), ("(DE) ", 305))
    ]
    found = read(pdf(page)).pages[0]
    assert [capitals(line.text) for line in found.lines] == ["ABC 2023 (DE)"] * 2
    assert found.layer is Layer.SOUND


def test_words_painted_as_they_are_read_are_kept_apart_however_uneven_their_gaps() -> None:
    page = [
        Run(hebrew(word), x, 540 - 20 * i)
        for i in range(2)
        for word, x in (("ABX", 330), ("CDY", 305), ("EFZ", 290), ("GHX", 265))
    ]
    assert lines(pdf(page)) == ["ABX CDY EFZ GHX"] * 2
