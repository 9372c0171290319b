"""What a batch mends again though its inputs are the same: what was reviewed, and scans."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from batches import DAMAGED, SOUND, corpus, done, events, report, run, written
from scans import encoded, page

from restore.batches.file import DEFAULTS, UNREADABLE, Result
from restore.batches.inputs import Found
from restore.batches.job_store import JobStore
from restore.batches.readers import FOLDER, NONE, _said, readers
from restore.commands.review import _output, _record
from restore.formats import jsonl
from restore.reviews.decisions import Decision, Decisions, Verdict, beside

RAW = DAMAGED.splitlines()[1]
MODEL, SECOND = "heb", "Hebrew"


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder ``in`` of texts, and what a batch made of it in ``out``."""
    home = tmp_path_factory.mktemp("reviewed")
    corpus(home / "in", 3, damaged=2)
    (home / "in" / "b.pdf").write_bytes(DAMAGED.encode())
    run(home / "in", home / "out")
    return home


@pytest.fixture
def refused(mended: Path, tmp_path: Path) -> Path:
    """A copy of it, with a review that refused a change of one text."""
    shutil.copytree(mended, tmp_path / "copy")
    refuse(tmp_path / "copy/out/text/b.pdf.txt")
    return tmp_path / "copy"


def refuse(text: Path) -> Path:
    """Refuse the first change of a text, as a review that is given its path does."""
    record = _record(str(text))
    (entry,) = jsonl.read_changes(Path(record).read_text(encoding="utf-8"))
    path = beside(_output(entry, record), record)
    assert path is not None
    change = next(c for c in entry.changes if c.finding.damage == "reversed-words")
    decisions = Decisions(path)
    place = change.finding.place
    raw = DAMAGED.splitlines()[place.line]
    decisions.add(Decision(0, change.id, place, Verdict.REFUSED, raw))
    decisions.close()
    return path


def test_what_was_decided_in_a_review_is_heeded_by_the_next_batch(refused: Path) -> None:
    """The other files are not mended again, and none is when nothing new was decided."""
    source, output = refused / "in", refused / "out"
    before = written(output)
    assert done(events(source, output)) == {"b.pdf": "sound"}
    rows = report(output)
    assert RAW.split() == (output / "text/b.pdf.txt").read_text("utf-8").split()[13:-13]
    assert (rows["b.pdf"]["decisions"], rows["b.pdf"]["left_out"]) == (1, 0)
    assert rows["000/0000.txt"]["decisions"] == 0
    assert not done(events(source, output))
    assert done(events("--no-decisions", source, output)) == {"b.pdf": "mended"}
    assert written(output) == before


def test_a_decision_that_was_taken_back_is_heeded_no_more(refused: Path) -> None:
    source, output = refused / "in", refused / "out"
    before = (output / "text/b.pdf.txt").read_bytes()
    run(source, output)
    assert (output / "text/b.pdf.txt").read_bytes() != before
    (output / "text/b.pdf.txt.decisions").unlink()
    assert done(events(source, output)) == {"b.pdf": "mended"}
    assert (output / "text/b.pdf.txt").read_bytes() == before


def test_decisions_about_another_text_are_told(refused: Path) -> None:
    source, output = refused / "in", refused / "out"
    (source / "b.pdf").write_bytes(SOUND.encode())
    run(source, output)
    row = report(output)["b.pdf"]
    assert (row["decisions"], row["left_out"]) == (0, 1)


def test_scans_that_could_not_be_read_are_done_again_when_there_is_what_reads_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.sqlite"
    for there, given in ((NONE, 1), (NONE, 0), ("tesseract", 1)):
        store = JobStore(path, "key", "limits", there)
        store.queue([Found("page.png", "/page.png", 1, "1 1")])
        jobs = list(store.jobs())
        assert len(jobs) == given and not any(job.known for job in jobs)
        for job in jobs:
            store.finish(Result(job.name, job.path, UNREADABLE, stamp="1 1", sha256="0", ocr=True))
        store.close()


def test_damaged_decisions_end_the_batch_before_it_begins(refused: Path) -> None:
    (refused / "out/text/b.pdf.txt.decisions").write_bytes(b"not a base " * 100)
    (line,) = run(refused / "in", refused / "out", code=2)
    assert "b.pdf.txt.decisions cannot be used for decisions" in line


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with two models of Tesseract."""
    found = FOLDER.search(_said("--list-langs"))
    assert found
    folder = tmp_path / "models"
    folder.mkdir()
    for path in Path(found.group(1)).rglob("*.traineddata"):
        if path.stem in (MODEL, SECOND):
            shutil.copy(path, folder / path.name)
    shutil.copytree(Path(found.group(1)) / "configs", folder / "configs")
    assert {path.stem for path in folder.glob("*.traineddata")} == {MODEL, SECOND}
    return folder


def test_only_what_was_given_to_ocr_is_done_again_for_other_models(
    models: Path, tmp_path: Path
) -> None:
    source, output = corpus(tmp_path / "in", 1), tmp_path / "out"
    (source / "page.png").write_bytes(encoded(page()))
    asked = ("--tessdata-dir", models, "--quality", "fast", source, output)
    assert done(events(*asked)) == {"0000.txt": "sound", "page.png": "sound"}
    assert [row["ocr"] for row in report(output).values()] == [False, True]
    assert not done(events(*asked))
    (models / f"{SECOND}.traineddata").unlink()
    assert done(events(*asked)) == {"page.png": "sound"}


def test_thereare_told_apart_by_what_is_in_their_models(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {**DEFAULTS, "tessdata_dir": str(models)}
    before = readers(asked)
    model = models / f"{MODEL}.traineddata"
    data = model.read_bytes()
    model.write_bytes(data)
    assert readers(asked) == before
    model.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    other = readers(asked)
    assert other != before
    (models / "deu.traineddata").write_bytes(b"of no use")
    assert readers(asked) == other
    assert readers({**asked, "language": "deu"}) != other
    monkeypatch.setenv("PATH", str(models))
    assert readers(asked) == NONE
