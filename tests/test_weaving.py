"""Lines of two columns in turn are put apart, and no others are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from hypothesis import given, settings
from hypothesis import strategies as st

from restore import Config, Reorder, Restored, restore, restore_text, undo
from restore.by_hand import carried_out
from restore.change import Change, Finding, applied
from restore.damage.woven import find_woven_columns
from restore.evidence import evidence
from restore.formats import jsonl, txt
from restore.model import Document, Ends, Kind, Place
from restore.order import weaving
from restore.order.weaving import Woven, leads, woven
from restore.report import of_restored
from restore.view import restored_views

CASES = json.loads(
    Path(__file__).with_name("cases").joinpath("woven-columns.json").read_text("utf-8")
)
TEXTS = {case["label"]: (case["damaged"], case["restored"]) for case in CASES}
DAMAGED, MENDED = TEXTS["two columns in turn"]
ID = "woven-columns@0:1"

WOVEN = DAMAGED.splitlines()
RIGHT, LEFT = MENDED.splitlines()[: len(WOVEN) // 2], MENDED.splitlines()[len(WOVEN) // 2 :]
OTHER, OTHER_MENDED = (text.splitlines() for text in TEXTS["wide columns"])
BETWEEN = TEXTS["one narrow column"][0].splitlines()[12:20]


def found(lines: Sequence[str]) -> list[Woven]:
    return list(woven(lines, evidence("he")))


def apart(lines: Sequence[str]) -> list[str]:
    """The lines in the order in which they are read."""
    put = list(lines)
    for stretch in found(lines):
        stop = stretch.first + len(stretch.order)
        put[stretch.first : stop] = [lines[stretch.first + at] for at in stretch.order]
    return put


def test_a_line_leads_to_the_next_better_than_to_others() -> None:
    lines = MENDED.splitlines()
    nats = leads(lines, evidence("he"))
    others = nats[~np.eye(len(lines), k=1, dtype=bool) & ~np.eye(len(lines), dtype=bool)]
    assert np.diagonal(nats, 1).mean() > others.mean() + 1


def test_lines_of_the_column_that_stands_first_come_first() -> None:
    assert apart(WOVEN) == RIGHT + LEFT


def test_two_stretches_with_text_between_are_put_apart_each_by_itself() -> None:
    assert apart([*WOVEN, *BETWEEN, *OTHER]) == [*RIGHT, *LEFT, *BETWEEN, *OTHER_MENDED]


def test_a_stretch_that_is_cut_off_is_looked_at_again_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [*WOVEN, *BETWEEN, *OTHER]
    whole = found(lines)
    monkeypatch.setattr(weaving, "MOST", len(WOVEN) + len(BETWEEN) + 6)
    assert [each.order for each in found(lines)] == [each.order for each in whole]
    # What does not fit at all is left.
    monkeypatch.setattr(weaving, "MOST", len(RIGHT))
    assert not found(WOVEN)


def test_lines_of_sentences_are_no_columns_of_prose() -> None:
    assert found(WOVEN)[0].sure > 0.9
    sentences = [line.rstrip(".,") + "." for line in WOVEN]
    assert all(each.sure < 0.1 for each in found(sentences))


def ragged(column: Sequence[str]) -> list[str]:
    """The same words in lines of four, and some of seven."""
    rest, lines = " ".join(column).split(), list[str]()
    while rest:
        count = 7 if len(lines) % 5 == 4 else 4
        lines.append(" ".join(rest[:count]))
        rest = rest[count:]
    return lines


def test_lines_with_room_for_more_are_no_columns_of_prose() -> None:
    pairs = zip(ragged(RIGHT), ragged(LEFT), strict=False)
    lines = [line for pair in pairs for line in pair]
    assert found(lines)
    assert all(each.sure < 0.1 for each in found(lines))


@pytest.mark.parametrize("broken", [1, 4, 10])
def test_pieces_of_a_broken_line_stay_together(broken: int) -> None:
    pieces = RIGHT[broken].split()
    rows = list(zip(RIGHT, LEFT, strict=True))
    lines = [*sum(rows[:broken], ()), *pieces, LEFT[broken], *sum(rows[broken + 1 :], ())]
    assert apart(lines) == [*RIGHT[:broken], *pieces, *RIGHT[broken + 1 :], *LEFT]


def test_a_refrain_is_no_column() -> None:
    lines = [line for verse in OTHER_MENDED for line in (verse, LEFT[1])]
    assert all(each.sure < 0.1 for each in found(lines))


def test_wide_lines_are_of_no_column() -> None:
    wide = " ".join(BETWEEN[:3])
    lines = [*WOVEN, wide, *OTHER]
    assert apart(lines) == [*RIGHT, *LEFT, wide, *OTHER_MENDED]


@pytest.mark.parametrize("count", range(5))
def test_a_few_lines_are_left(count: int) -> None:
    assert not found(WOVEN[:count])


words = st.sampled_from(" ".join(MENDED.split()).split())


@given(st.lists(st.lists(words, min_size=1, max_size=7).map(" ".join), max_size=30))
@settings(max_examples=30, deadline=None)
def test_an_order_has_every_line_once_and_words_by_chance_show_none(lines: list[str]) -> None:
    for stretch in found(lines):
        assert sorted(stretch.order) == list(range(len(stretch.order)))
        assert 0 <= stretch.sure < 0.9


def findings(document: Document) -> list[Finding]:
    return list(find_woven_columns(document, evidence("he")))


def test_furniture_stays_between_the_lines_of_a_stretch() -> None:
    document = txt.read("\n".join([*WOVEN[:9], "שער ראשון", *WOVEN[9:]]))
    place = Place(0, 9)
    head = replace(document.at(place), kind=Kind.HEAD)
    (finding,) = findings(document.with_lines({place: head}))
    assert isinstance(finding.action, Reorder)
    assert finding.action.order[place.line - 1] == place.line - 1
    assert len(finding.places) == len(RIGHT + LEFT) - 1


def test_a_line_whose_mark_was_broken_off_ends_a_stretch() -> None:
    document = txt.read(DAMAGED)
    place = Place(0, 12)
    broken = replace(document.at(place), ends=Ends.BROKEN)
    assert all(place not in each.places for each in findings(document.with_lines({place: broken})))
    assert place in findings(document)[0].places


def test_paragraphs_are_no_lines_of_columns() -> None:
    assert findings(txt.read(DAMAGED))
    assert not findings(txt.read("\n".join(line.center(200) for line in WOVEN)))


def test_a_text_with_its_pages_is_not_guessed_at() -> None:
    assert not reorders(restore(txt.read(DAMAGED), page=txt.read("")))


def test_a_decision_about_an_order_of_lines_is_not_made_late() -> None:
    raw = "הזה היפה  הבית  את  בנה \nוישב בו\n"
    mended = restore_text(raw).document
    late = applied(mended, [Finding("woven-columns", Place(0, 0), Reorder((1, 0)), "", 1.0)])[1]
    assert mended.text() != raw
    assert not reorders(restore(txt.read(raw), Config(decided=tuple(late))))


def reorders(result: Restored) -> list[Change]:
    return [c for c in result.changes if isinstance(c.finding.action, Reorder)]


def test_the_order_of_lines_comes_first_and_is_one_change() -> None:
    result = restore_text(TEXTS["lines with their words in reverse"][0])
    assert result.changes[0].id == ID
    assert reorders(result) == [result.changes[0]]
    assert len(result.changes) > len(result.lines)
    assert undo(result.document, result.changes[1:]).text() != result.original.text()
    assert undo(result.document, result.changes) == result.original


def test_page_breaks_are_not_passed() -> None:
    result = restore_text(f"{DAMAGED}\f{DAMAGED}")
    assert [change.id for change in reorders(result)] == [ID, "woven-columns@1:1"]
    assert result.page_text == f"{MENDED}\f{MENDED}"


def test_what_is_refused_skipped_or_not_asked_for_stays() -> None:
    assert restore_text(DAMAGED, refused=[ID]).page_text == DAMAGED
    assert restore_text(DAMAGED, skip=["woven-columns"]).page_text == DAMAGED
    assert restore_text(DAMAGED, only=["reversed-words"]).page_text == DAMAGED
    assert restore_text(DAMAGED, only=["woven-columns"]).page_text == MENDED


def test_what_is_not_sure_enough_is_a_doubt() -> None:
    damaged, _ = TEXTS["a gap in one column"]
    result = restore_text(damaged)
    assert result.page_text == damaged
    assert [doubt.id for doubt in result.doubts] == [ID]
    (accepted,) = applied(result.original, result.doubts)[1]
    again = restore(txt.read(damaged), Config(decided=(accepted,)))
    assert again.changes[0].id == ID
    assert again.page_text == restore_text(damaged, confidence=0.8).page_text != damaged
    assert not [doubt for doubt in again.doubts if doubt.id == ID]
    assert carried_out(again.changes[0], again.document.at(accepted.finding.place))
    shorter = txt.read("\n".join(damaged.split("\n")[:9]))
    assert not reorders(restore(shorter, Config(decided=(accepted,))))


def test_the_record_has_the_order_and_gives_the_input_back() -> None:
    result = restore_text(DAMAGED)
    record = jsonl.write_changes(result.document, result.original, result.changes, result.doubts)
    entry = json.loads(record.split("\n")[1])
    assert sorted(entry["action"]["reorder"]) == list(range(len(entry["action"]["reorder"])))
    told = next(jsonl.read_changes(record))
    assert (told.changes[0], told.document.text()) == (result.changes[0], MENDED)
    assert list(jsonl.originals(record)) == [("-", DAMAGED)]


def test_notes_stand_beside_the_lines_that_they_are_about() -> None:
    damaged, mended = TEXTS["lines with their words in reverse"]
    result = restore_text(damaged)
    raw, views = damaged.split("\n"), {view.first: view for view in restored_views(result)}
    orders = [c for c in result.changes if c.finding.damage == "reversed-words"]
    assert len(orders) > 2
    for change in orders:
        (there,) = (at for at, line in enumerate(raw) if line == change.before.text)
        assert change.id in [note.id for note in views[there].notes]
    assert ID in [note.id for note in views[1].notes]
    assert len(of_restored(result).views) == len(mended.splitlines())


def test_the_command_line_tells_what_was_found_and_undoes_it(tmp_path: Path) -> None:
    record = tmp_path / "changes.jsonl"
    done = run("fix", "--keep-lines", "--changes", record, "-", given=DAMAGED)
    assert done.stdout.decode() == MENDED
    assert run("undo", record).stdout.decode() == DAMAGED
    kept = run("fix", "--keep-lines", "--refuse", ID, "-", given=DAMAGED)
    assert kept.stdout.decode() == DAMAGED
    checked = run("check", "-", given=DAMAGED)
    assert checked.returncode == 1
    assert "woven-columns (0.97): 24 lines are those of two columns in turn" in (
        checked.stdout.decode()
    )
