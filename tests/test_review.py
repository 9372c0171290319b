"""What a person sees in a review is what the next restoration makes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import Run, pdf
from review_process import write_record
from test_cli import DAMAGED, MENDED

from restore import Config, Restored, restore, restore_text
from restore.change import Arrange, Change, Edit, Finding, acted
from restore.cli import main
from restore.formats import jsonl, txt
from restore.formats.jsonl import Recorded
from restore.model import Document, Place, Span
from restore.reviews.decisions import Decisions, Verdict, honoured, not_carried_out
from restore.reviews.review import LONG, Review, StaleError

WOVEN = {
    case["label"]: case["damaged"]
    for case in json.loads(
        Path(__file__).with_name("cases").joinpath("woven-columns.json").read_text("utf-8")
    )
}
ORDER = "woven-columns@0:1"
SAMPLE = Path(__file__).parent.parent / "samples" / "essay.weasyprint.tika.raw.txt"
FIRST = Place(0, 0)
ID = "reversed-words@0:1"


@pytest.fixture
def decisions(tmp_path: Path) -> Iterator[Decisions]:
    store = Decisions(tmp_path / "decisions")
    yield store
    store.close()


def recorded(result: Restored) -> Recorded:
    record = jsonl.write_changes(result.document, result.original, result.changes, result.doubts)
    return next(jsonl.read_changes(record))


def reviewed(text: str, decisions: Decisions, confidence: float = 0.9) -> Review:
    return Review(recorded(restore_text(text, confidence=confidence)), decisions)


def seen(review: Review) -> list[str]:
    """The lines as the review shows them."""
    return [review.now(place).line.text for place, _ in review.recorded.original.placed()]


def verdicts(review: Review) -> dict[str, str]:
    return {item[0]: item[-1] for item in review.items() if item[-1]}


def run_again(review: Review, raw: Document, confidence: float = 0.9) -> Restored:
    """The next restoration, which heeds what was decided and makes all of it."""
    heeded = honoured(review.decisions.current(review.number).values(), raw)
    config = Config(confidence=confidence, refused=heeded.refused, decided=heeded.decided)
    result = restore(raw, config)
    assert not heeded.misfits
    assert not not_carried_out(heeded.decided, result)
    return result


def test_what_was_seen_is_what_comes_out(decisions: Decisions) -> None:
    raw = txt.read(SAMPLE.read_text("utf-8"))
    review = Review(recorded(restore(raw)), decisions)
    doubts = {doubt.place: doubt.id for doubt in review.recorded.doubts}
    lines = [place for place, line in raw.placed() if line.text.strip() and place not in doubts]
    for name in doubts.values():
        review.decide(name, accepted=True)
    for place in lines[::7]:
        now = review.now(place).line.text
        review.edit(place, f"{now} {place}", now)
    result = run_again(review, raw)
    assert len(doubts) > 3
    assert result.lines == seen(review)
    again = Review(recorded(result), decisions)
    assert seen(again) == result.lines
    assert verdicts(again) == {
        name: verdict for name, verdict in verdicts(review).items() if verdict != "moot"
    }


def test_what_was_refused_stays_as_it_was(decisions: Decisions) -> None:
    raw = txt.read(DAMAGED)
    review = reviewed(DAMAGED, decisions)
    assert seen(review)[1] == MENDED
    assert review.decide(ID, accepted=False) == Place(0, 1)
    assert seen(review) == [line.text for _, line in raw.placed()]
    result = run_again(review, raw)
    assert result.lines == seen(review)
    assert verdicts(Review(recorded(result), decisions)) == {ID: "refused"}
    assert review.decide(ID, accepted=True) == Place(0, 1)
    assert seen(review)[1] == MENDED
    assert run_again(review, raw).lines == seen(review)


def test_lines_put_in_another_order_are_reviewed_in_it(decisions: Decisions) -> None:
    raw = txt.read(WOVEN["lines with their words in reverse"])
    review = Review(recorded(restore(raw)), decisions)
    assert seen(review) == restore(raw).lines
    views = [view for number in range(len(review.sheets)) for view in review.sheet(number)]
    assert ORDER in [note["id"] for view in views for note in view.get("notes", ())]
    turned = [c for c in review.recorded.changes if c.finding.damage == "reversed-words"]
    review.decide(turned[0].id, accepted=False)
    place = turned[1].finding.place
    now = review.now(place).line.text
    review.edit(place, f"{now} ועוד", now)
    review.decide(ORDER, accepted=True)
    result = run_again(review, raw)
    assert result.lines == seen(review) != restore(raw).lines
    assert result.lines[place.line] == f"{now} ועוד"
    assert seen(Review(recorded(result), decisions)) == result.lines


def test_an_order_of_lines_that_is_refused_is_not_made_again(decisions: Decisions) -> None:
    raw = txt.read(WOVEN["two columns in turn"])
    review = Review(recorded(restore(raw)), decisions)
    assert review.decide(ORDER, accepted=False) == Place(0, 1)
    assert verdicts(review) == {ORDER: "refused"}
    assert run_again(review, raw).page_text == raw.text()


def test_a_doubt_about_the_order_of_lines_can_be_accepted(decisions: Decisions) -> None:
    raw = txt.read(WOVEN["a gap in one column"])
    review = Review(recorded(restore(raw)), decisions)
    assert ORDER in [doubt.id for doubt in review.recorded.doubts]
    review.decide(ORDER, accepted=True)
    result = run_again(review, raw)
    assert result.changes[0].id == ORDER
    assert sorted(result.lines) == sorted(line.text for _, line in raw.placed())
    assert result.lines != seen(review)


def chain() -> Review:
    """A line that was put in order, of which then a letter was changed, and the line itself."""
    original = txt.read("אב גד\n")
    line = original.at(FIRST)
    order = Finding("rotated-runs", FIRST, Arrange((Span(3, 5), Span(2, 3), Span(0, 2))), "", 0.9)
    letter = Finding("confused-letters", FIRST, Edit(0, 1, "ה"), "", 0.9)
    doubt = Finding("displaced-marks", FIRST, Edit(5, 5, "."), "", 0.5)
    ordered = acted(line, order.action)
    changed = acted(ordered, letter.action)
    document = original.with_lines({FIRST: changed})
    changes = (Change(order, line, ordered), Change(letter, ordered, changed))
    return Review(Recorded(original, document, changes, (doubt,)), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("refused", "text", "left"),
    [
        ([], "הד אב", ["displaced-marks@0:0"]),
        (["confused-letters@0:0"], "גד אב", ["displaced-marks@0:0", "confused-letters@0:0"]),
        # What was made of the line in order cannot be made of another.
        (
            ["rotated-runs@0:0"],
            "אב גד",
            ["displaced-marks@0:0", "rotated-runs@0:0", "confused-letters@0:0"],
        ),
    ],
)
def test_what_was_made_after_a_change_that_is_refused_goes_with_it(
    refused: list[str], text: str, left: list[str], decisions: Decisions
) -> None:
    review = Review(chain().recorded, decisions)
    for name in refused:
        review.decide(name, accepted=False)
    now = review.now(FIRST)
    assert now.line.text == text
    assert [finding.id for finding in now.left] == left


def test_other_doubts_about_a_line_that_was_edited_are_moot(decisions: Decisions) -> None:
    review = Review(chain().recorded, decisions)
    review.edit(FIRST, "משהו", "הד אב")
    assert verdicts(review) == {
        "edited-by-hand@0:0": "edited",
        "displaced-marks@0:0": "moot",
    }
    with pytest.raises(StaleError):
        review.decide("displaced-marks@0:0", accepted=True)
    taken = review.take_back()
    assert taken
    assert (taken.verdict, verdicts(review)) == (Verdict.EDITED, {})
    review.decide("displaced-marks@0:0", accepted=True)
    assert review.now(FIRST).line.text == "הד אב."


def test_the_last_edit_of_a_line_counts_and_no_edit_is_none(decisions: Decisions) -> None:
    review = reviewed(DAMAGED, decisions)
    review.edit(Place(0, 1), MENDED, MENDED)
    assert verdicts(review) == {}
    review.edit(Place(0, 1), "ראשון", MENDED)
    review.edit(Place(0, 1), "שני", "ראשון")
    assert seen(review)[1] == "שני"
    raw = txt.read(DAMAGED)
    result = run_again(review, raw)
    assert result.lines[1] == "שני"
    later = Review(recorded(result), decisions)
    later.edit(Place(0, 1), "שלישי", "שני")
    assert (seen(later)[1], run_again(later, raw).lines[1]) == ("שלישי", "שלישי")
    later.decide("edited-by-hand@0:1", accepted=False)
    assert run_again(later, raw).lines[1] == MENDED


def test_long_pages_are_shown_in_parts(decisions: Decisions) -> None:
    raw = "שורה\n" * (2 * LONG) + "שורה\fשורה\n"
    review = reviewed(raw, decisions)
    assert review.told_sheets() == [
        (0, 0, LONG, 0),
        (0, LONG, 2 * LONG, LONG),
        (0, 2 * LONG, 2 * LONG + 1, 2 * LONG),
        (1, 0, 1, 2 * LONG + 1),
    ]
    for number, (page, start, stop, first) in enumerate(review.told_sheets()):
        views = [view["first"] for view in review.sheet(number)]
        assert views == list(range(first, first + stop - start))
        for line in range(start, stop):
            assert review.sheet_of(Place(page, line)) == number


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no.txt").write_text("אין לו רשומה\n", "utf-8")
    (tmp_path / "broken.jsonl").write_text('{"record": "document"}\n', "utf-8")
    (tmp_path / "broken.pdf").write_bytes(pdf([Run("AB", 100, 500)])[:100])
    return write_record(tmp_path, DAMAGED)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-"], "review reads a file"),
        (["none.txt"], "there is no file none.txt"),
        (["no.txt"], "restore fix INPUT -o no.txt --changes no.changes.jsonl"),
        (["broken.jsonl"], "broken.jsonl: the record of changes is damaged"),
        (["book.txt", "--page", "no.txt"], "no.txt is no PDF, image or folder of images"),
        (["book.txt", "--page", "broken.pdf"], "broken.pdf cannot be shown"),
        (["book.txt", "--page", "none.pdf"], "there is no file none.pdf"),
        (["book.txt", "--page", "."], ". is a folder without images of pages"),
    ],
)
@pytest.mark.usefixtures("book")
def test_what_cannot_be_reviewed_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["review", *arguments])
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (2, 1)
    assert message in said


@pytest.mark.usefixtures("book")
def test_the_part_that_is_missing_is_named_with_what_installs_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "restore.reviews.server", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["review", "book.txt"])
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert said == "restore: uvicorn is missing; install it: pip install 'rtl-restore[review]'\n"
