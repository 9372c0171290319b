"""Decisions are kept where nothing takes them away, and heeded by the next restoration."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_cli import DAMAGED, MENDED, SOUND

from restore import restore_text
from restore.by_hand import edited
from restore.change import Change, acted
from restore.cli import main
from restore.commands.decisions import output_of
from restore.files import InputError
from restore.formats import jsonl, txt
from restore.model import Place
from restore.reviews.decisions import Decision, Decisions, Verdict, beside, honoured, read

SECOND = Place(0, 1)
RAW = DAMAGED.split("\n")[1]
ID = "reversed-words@0:1"
BY_HAND = "כתבתי את השורה בעצמי"
REFUSED = Decision(0, ID, SECOND, Verdict.REFUSED, RAW)


def by_hand(text: str = BY_HAND, place: Place = SECOND) -> Decision:
    result = restore_text(DAMAGED)
    before = result.document.at(place)
    finding = edited(place, before, text)
    change = Change(finding, before, acted(before, finding.action))
    raw = result.original.at(place).text
    return Decision(0, finding.id, place, Verdict.EDITED, raw, change)


def keep(path: Path, *decisions: Decision) -> Path:
    store = Decisions(path)
    for decision in decisions:
        store.add(decision)
    store.close()
    return path


def test_a_decision_comes_back_as_it_was(tmp_path: Path) -> None:
    path = keep(tmp_path / "decisions", REFUSED, by_hand())
    assert list(read(path, 0).values()) == [REFUSED, by_hand()]
    assert read(path, 1) == {}
    assert [entry.name for entry in tmp_path.iterdir()] == ["decisions"]


def test_the_last_decision_about_a_change_counts_and_can_be_taken_back(tmp_path: Path) -> None:
    accepted = replace(REFUSED, verdict=Verdict.ACCEPTED)
    store = Decisions(keep(tmp_path / "decisions", REFUSED, by_hand(), accepted))
    assert [one.verdict for one in store.current(0).values()] == [Verdict.EDITED, Verdict.ACCEPTED]
    assert store.take_back() == accepted
    assert store.current(0)[ID] == REFUSED
    assert store.take_back() == by_hand()
    assert store.take_back() == REFUSED
    assert store.take_back() is None


def test_no_decisions_are_no_file(tmp_path: Path) -> None:
    assert read(tmp_path / "decisions", 0) == {}
    assert not list(tmp_path.iterdir())


def other_base(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE decision (number)")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text("not a base " * 100), "cannot be used for decisions"),
        (lambda path: path.mkdir(), "cannot be used for decisions"),
        (other_base, "holds no decisions"),
    ],
)
def test_what_is_no_file_of_decisions_is_left_alone(
    make: object, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "decisions"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(InputError, match=message):
        Decisions(path)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_damaged_decision_is_named(tmp_path: Path) -> None:
    path = keep(tmp_path / "decisions", by_hand())
    with sqlite3.connect(path) as base:
        base.execute("UPDATE decision SET change = '{}'")
    with pytest.raises(InputError, match="damaged at the decision about edited-by-hand@0:1"):
        read(path, 0)


WRITER = """
import sys
from pathlib import Path
from restore.reviews.decisions import Decision, Decisions, Verdict
from restore.model import Place
store = Decisions(Path(sys.argv[1]))
for number in range(100_000):
    store.add(Decision(0, f"a@0:{number}", Place(0, number), Verdict.REFUSED, "raw"))
    print(number, flush=True)
"""


def test_a_killed_process_loses_no_decision(tmp_path: Path) -> None:
    path = tmp_path / "decisions"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
    assert writer.stdout
    for _ in range(50):
        writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    told = 50 + writer.stdout.read().count(b"\n")
    writer.wait()
    writer.stdout.close()
    kept = read(path, 0)
    assert told <= len(kept) <= told + 1  # the last may have been kept and not told any more
    assert list(kept) == [f"a@0:{number}" for number in range(len(kept))]


def test_a_decision_for_another_text_is_told_apart() -> None:
    decisions = [REFUSED, by_hand(), replace(REFUSED, place=Place(0, 77), id="x@0:77")]
    fits = honoured(decisions, txt.read(DAMAGED))
    assert fits.refused == {ID}
    assert [change.id for change in fits.decided] == ["edited-by-hand@0:1"]
    assert [one.id for one in fits.misfits] == ["x@0:77"]
    assert len(honoured(decisions, txt.read(SOUND)).misfits) == 3


class Book:
    """A folder with a text, its restoration and its record, and the command line in it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        (folder / "raw.txt").write_bytes(DAMAGED.encode())

    def run(self, *arguments: str, code: int = 0) -> tuple[str, list[str]]:
        """What a command prints, and the lines that it says."""
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed, said = self.capture.readouterr()
        assert ended.value.code == code, said
        return printed, said.splitlines()

    def fix(self, *more: str) -> tuple[list[str], list[str]]:
        """The lines of the restored text, and what is said."""
        arguments = ("-o", "out.txt", "--changes", "c.jsonl", "--keep-lines", *more)
        _, said = self.run("fix", "raw.txt", *arguments)
        return self.lines("out.txt"), said

    def lines(self, name: str) -> list[str]:
        return (self.folder / name).read_text("utf-8").split("\n")

    def output(self) -> str | None:
        """Where the record says that the text went."""
        (entry,) = jsonl.read_changes((self.folder / "c.jsonl").read_text("utf-8"))
        return entry.output


@pytest.fixture
def book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Book:
    monkeypatch.chdir(tmp_path)
    return Book(tmp_path, capsys)


def test_fix_heeds_decisions_beside_its_output_and_says_so(book: Book) -> None:
    store = book.folder / "out.txt.decisions"
    lines, said = book.fix()
    assert (lines[1], said) == (MENDED, [])
    keep(store, REFUSED)
    lines, said = book.fix()
    assert (lines[1], said) == (RAW, ["raw.txt: 1 decision of out.txt.decisions heeded"])
    keep(store, by_hand())
    lines, said = book.fix()
    assert (lines[1], said) == (BY_HAND, ["raw.txt: 2 decisions of out.txt.decisions heeded"])
    assert book.fix("--quiet")[1] == []
    lines, said = book.fix("--no-decisions")
    assert (lines[1], said) == (MENDED, [])
    assert read(store, 0)[ID] == REFUSED


def test_an_edit_by_hand_is_recorded_and_undone_byte_for_byte(book: Book) -> None:
    keep(book.folder / "out.txt.decisions", by_hand())
    book.fix()
    entries = [json.loads(line) for line in book.lines("c.jsonl") if line]
    (edit,) = (entry for entry in entries if entry.get("damage") == "edited-by-hand")
    assert (edit["reason"], edit["confidence"]) == ("edited by hand", 1.0)
    assert edit["after"]["text"] == BY_HAND
    book.run("undo", "c.jsonl", "-o", "undone.txt")
    assert (book.folder / "undone.txt").read_bytes() == DAMAGED.encode()


def test_decisions_for_another_text_are_left_out_and_said(book: Book) -> None:
    keep(book.folder / "out.txt.decisions", REFUSED, by_hand())
    (book.folder / "raw.txt").write_text(SOUND, "utf-8")
    lines, said = book.fix()
    assert lines == SOUND.split("\n")
    assert said == [
        "raw.txt: 0 decisions of out.txt.decisions heeded",
        "raw.txt: 2 left out, made for another text: reversed-words@0:1, edited-by-hand@0:1",
    ]


def test_a_damaged_file_of_decisions_stops_fix_before_it_writes(book: Book) -> None:
    (book.folder / "out.txt").write_text("as it was", "utf-8")
    (book.folder / "out.txt.decisions").write_bytes(b"something else " * 50)
    _, (said,) = book.run("fix", "raw.txt", "-o", "out.txt", code=2)
    assert said.startswith("restore: out.txt.decisions cannot be used for decisions: ")
    assert "--no-decisions" in said
    assert book.lines("out.txt") == ["as it was"]


def test_decisions_about_a_text_that_is_printed_lie_beside_its_record(book: Book) -> None:
    keep(book.folder / "c.jsonl.decisions", REFUSED, replace(REFUSED, document=1, id="x@0:1"))
    printed, said = book.run("fix", "raw.txt", "--changes", "c.jsonl", "--keep-lines")
    assert (printed, book.output()) == (DAMAGED, None)
    assert said == ["raw.txt: 1 decision of c.jsonl.decisions heeded"]
    assert MENDED in book.run("fix", "raw.txt", "--keep-lines")[0]


def test_many_texts_have_their_own_decisions(book: Book) -> None:
    (book.folder / "other.txt").write_bytes(DAMAGED.encode())
    (book.folder / "new").mkdir()
    keep(book.folder / "new" / "other.txt.decisions", REFUSED)
    book.run("fix", "raw.txt", "other.txt", "-o", "new/", "--keep-lines")
    assert (book.lines("new/raw.txt")[1], book.lines("new/other.txt")[1]) == (MENDED, RAW)
    keep(book.folder / "c.jsonl.decisions", replace(REFUSED, document=1))
    printed, _ = book.run("fix", "raw.txt", "other.txt", "--changes", "c.jsonl", "--keep-lines")
    lines = printed.split("\n")
    assert (lines[1], lines[5]) == (MENDED, RAW)


def test_where_decisions_lie() -> None:
    assert beside("out/book.txt", "c.jsonl") == Path("out/book.txt.decisions")
    assert beside("-", "c.jsonl") == Path("c.jsonl.decisions")
    assert beside("-", "-") is beside("-", None) is None


@pytest.mark.parametrize(
    ("output", "record", "told"),
    [
        ("out.txt", "c.jsonl", "out.txt"),
        ("out.txt", "-", "out.txt"),
        ("new/out.txt", "new/c.jsonl", "out.txt"),
        ("out.txt", "records/c.jsonl", "../out.txt"),
        ("-", "c.jsonl", None),
    ],
)
def test_a_record_names_the_output_from_its_own_folder(
    output: str, record: str, told: str | None
) -> None:
    assert output_of(output, record) == told
