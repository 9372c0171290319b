from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

import restore
from restore.change import Change, Mark
from restore.formats import jsonl, txt
from restore.model import Document, Ends, Inserted, Kind, Line, PackedLines, Page, Span
from restore.parts import PackedChanges, is_long, parts
from restore.pipeline import Restored, restore_text

SAMPLES = Path(__file__).parent.parent / "samples"
NAMES = ("essay.weasyprint.tika", "article.weasyprint.tika", "story.weasyprint.tika")
WOVEN = json.loads(
    Path(__file__).with_name("cases").joinpath("woven-columns.json").read_text("utf-8")
)[0]["damaged"]


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.raw.txt").read_text(encoding="utf-8").rstrip("\f\n")


TEXT = "".join(f"{sample(name)}\n\f" for name in NAMES)


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take texts for long from some hundred lines on."""
    monkeypatch.setattr(txt, "LONG_TEXT", 6000)
    monkeypatch.setattr("restore.parts.PART", 2900)
    monkeypatch.setattr("restore.parts.LEEWAY", 0.3)
    monkeypatch.setattr("restore.parts.MARGIN", 10)


def own_changes(restored: Restored) -> list[Change]:
    return [c for c in restored.changes if not isinstance(c.finding.action, Mark)]


def line(text: str, start: int, **facts: object) -> Line:
    return Line(text, (Span(start, start + len(text)),), **facts)  # type: ignore[arg-type]


PAGE = "אחת שתיים\n\nשלוש\r\nארבע"
LINES = (
    line("אחת שתיים", 0, ends=Ends.SPACE),
    Line("", (), kind=Kind.BLANK),
    Line("שלוש ", (Span(11, 15), Inserted(" ")), "\r\n"),
    Line("עברא", (Span(17, 21, -1),), "", Ends.PARAGRAPH, Kind.HEAD),
)


def test_packed_lines_are_the_lines() -> None:
    packed = PackedLines(PAGE, LINES)
    assert tuple(packed) == LINES
    assert packed == LINES
    assert packed == LINES
    assert hash(packed) == hash(LINES)
    assert packed[-1] == LINES[-1]
    assert packed[1:3] == LINES[1:3]
    assert packed != LINES[:3]
    assert not packed.as_read
    with pytest.raises(IndexError):
        packed[4]


def test_a_packed_line_takes_few_bytes() -> None:
    text = "בנה את הבית\n" * 20_000
    tracemalloc.start()
    document = txt.read(text * 3)
    taken = tracemalloc.get_traced_memory()[0] - 2 * 3 * len(text)
    tracemalloc.stop()
    assert is_long(document)
    assert taken / len(document.pages[0].lines) < 25


def test_a_text_is_cut_between_pages(short_parts: None) -> None:
    document = txt.read(TEXT)
    cut = list(parts(document))
    assert len(cut) > 2
    assert [len(part.own) for part in cut] == [len(page.lines) for page in document.pages]
    assert [part.page for part in cut] == [0, 0, 1]
    assert (
        "".join(
            found.text + found.terminator
            for part in cut
            for place, found in part.document.placed()
            if part.number(place) in part.own
        )
        == document.text()
    )


def test_a_text_without_pages_is_cut_at_blank_lines(short_parts: None) -> None:
    text = TEXT.replace("\f", "\n")
    document = txt.read(text)
    cut = list(parts(document))
    assert len(cut) > 2
    lines = document.pages[0].lines
    assert all(not lines[part.own.stop - 1].text.strip() for part in cut[:-1])
    assert [part.own.start for part in cut] == [0, *(part.own.stop for part in cut[:-1])]


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\f", "\n"), "\ufeff" + TEXT])
def test_what_is_done_in_parts_is_told_of_the_whole(short_parts: None, text: str) -> None:
    restored = restore_text(text)
    assert isinstance(restored.changes, PackedChanges)
    assert len({change.id for change in restored.changes}) == len(restored.changes)
    assert len(own_changes(restored)) > 20
    assert restore.replay(restored.original, restored.changes) == restored.document
    assert restore.undo(restored.document, restored.changes) == restored.original
    assert txt.write_lines(restored.original) == text
    for keep_lines, written in ((True, restored.page_text), (False, restored.text)):
        assert txt.encoded(restored.document, keep_lines).decode() == written
    for page in restored.document.pages:
        for found in page.lines:
            read = (
                piece.text
                if isinstance(piece, Inserted)
                else page.text[piece.start : piece.stop][:: piece.step]
                for piece in found.origins
            )
            assert len("".join(read)) == len(found.text)
            assert sorted("".join(read).split()) <= sorted(found.text.split())
    record = jsonl.write_changes(
        restored.document, restored.original, restored.changes, restored.doubts
    )
    assert list(jsonl.originals(record)) == [("-", text)]


def test_mending_in_parts_mends_as_much(short_parts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = restore_text(TEXT).page_text.splitlines()
    monkeypatch.setattr(txt, "LONG_TEXT", len(TEXT))
    whole = restore_text(TEXT)
    assert isinstance(whole.changes, tuple)
    alike = sum(a == b for a, b in zip(found, whole.page_text.splitlines(), strict=True))
    assert alike >= 0.95 * len(found)


def test_a_change_in_a_later_part_can_be_refused(short_parts: None) -> None:
    text = TEXT.replace("\f", "\n")
    first = restore_text(text)
    last = own_changes(first)[-1]
    again = restore_text(text, refused=[last.id])
    assert last.id not in {change.id for change in again.changes}
    assert again.document.at(last.finding.place).text == last.before.text
    assert {change.id for change in own_changes(first)[:-5]} <= {c.id for c in again.changes}


def test_a_doubt_in_a_later_part_can_be_decided(short_parts: None) -> None:
    text = TEXT.replace("\f", "\n")
    sure = restore_text(text)
    unsure = restore_text(text, confidence=0.0)
    known = {change.id for change in sure.changes}
    wanted = [change for change in own_changes(unsure) if change.id not in known][-1]
    assert wanted.before.text == sure.document.at(wanted.finding.place).text
    decided = restore_text(text, decided=(wanted,))
    assert wanted.id in {change.id for change in decided.changes}
    assert decided.document.at(wanted.finding.place).text == wanted.after.text


def test_columns_that_lie_across_a_cut_are_not_mixed_with_other_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woven = txt.read(WOVEN + "\n").pages[0]
    monkeypatch.setattr(txt, "LONG_TEXT", 1)
    # Of two parts each begins or ends in the middle of the columns, and sees the rest of them.
    monkeypatch.setattr("restore.parts.PART", len(woven.text) / 2)
    restored = restore_text(woven.text)
    half = len(woven.lines) // 2
    for lines in (slice(0, half), slice(half, None)):
        before, after = (
            [line.text for line in page.lines[lines]]
            for page in (woven, restored.document.pages[0])
        )
        assert sorted(before) == sorted(after)
    assert restore.replay(restored.original, restored.changes) == restored.document


def test_only_a_text_as_it_was_read_is_cut() -> None:
    assert not is_long(Document(()))
    assert not is_long(txt.read(TEXT))
    packed = PackedLines(PAGE, LINES)
    assert not is_long(Document((Page(PAGE, packed),)))
    assert is_long(Document((Page(PAGE, PackedLines(PAGE, LINES[:2])),)))


def test_what_is_beside_a_part_is_little_where_lines_are_long(short_parts: None) -> None:
    text = "".join(f"{'בנה את הבית ' * 400}{number}\n" for number in range(40))
    document = txt.read(text)
    read = [sum(len(page.text) for page in part.document.pages) for part in parts(document)]
    assert sum(read) < 4 * len(text)


def test_a_text_of_one_line_is_one_part(short_parts: None) -> None:
    assert len(list(parts(txt.read("בנה את הבית " * 2000)))) == 1
    assert len(list(parts(txt.read("בנה את הבית " * 2000 + "\n")))) == 1


def test_what_is_refused_is_not_done_where_columns_lie_across_a_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(txt, "LONG_TEXT", 1)
    monkeypatch.setattr("restore.parts.PART", len(WOVEN) / 2)
    names = [change.id for change in restore_text(WOVEN).changes]
    assert len(names) > 10
    again = restore_text(WOVEN, refused=names)
    assert not {change.id for change in again.changes} & set(names)


def test_progress_never_falls_back(short_parts: None) -> None:
    told: list[float] = []
    restore.restore(txt.read(TEXT), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_a_text_that_was_mended_can_be_mended_again(short_parts: None) -> None:
    sound = "".join(f"בנה את הבית {number}\n\n" for number in range(800))
    once = restore_text(sound).document
    again = restore.restore(once)
    assert again.page_text == sound
