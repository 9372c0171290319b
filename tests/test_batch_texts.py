"""Batches whose texts become a table of Parquet."""

from __future__ import annotations

import io
import random
from base64 import b64decode
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from batches import DAMAGED, corpus, done, events, killed, report, run, started

from restore import restore_text
from restore.batches.file import Result, packed
from restore.batches.report import AT_ONCE, LETTERS, write_texts
from restore.cli import main

KILLS = 3
LONGEST = 3.0  # seconds after which a batch is killed at the latest
PARQUET = ("--to", "parquet")


def texts(output: Path) -> dict[str, dict[str, Any]]:
    """The rows of a table of texts by name."""
    return {row["name"]: row for row in pq.read_table(output / "texts.parquet").to_pylist()}


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder ``in`` of texts and a file that is none, and the table of them in ``out``."""
    home = tmp_path_factory.mktemp("texts")
    corpus(home / "in", 24, damaged=8)
    (home / "in" / "bad.txt").write_bytes(b"\xff\xfe")
    run(*PARQUET, home / "in", home / "out", code=1)
    return home


def test_a_table_has_the_text_of_each_file(mended: Path, tmp_path: Path) -> None:
    """And the record of its changes, from which it can be undone."""
    rows = texts(mended / "out")
    assert list(rows) == sorted(report(mended / "out")) and len(rows) == 25
    bad = rows.pop("bad.txt")
    assert (bad["outcome"], bad["text"], bad["record"]) == ("unreadable", None, None)
    for name, row in rows.items():
        raw = (mended / "in" / name).read_bytes().decode()
        assert row["text"] == restore_text(raw).text
    (tmp_path / "changes.jsonl").write_text(rows["000/0003.txt"]["record"], encoding="utf-8")
    asked = ["undo", str(tmp_path / "changes.jsonl"), "-o", str(tmp_path / "undone.txt")]
    with pytest.raises(SystemExit, match="0"):
        main(asked)
    assert (tmp_path / "undone.txt").read_bytes() == (mended / "in/000/0003.txt").read_bytes()
    assert {path.name for path in (mended / "out").iterdir()} == {
        ".batch",
        "index.html",
        "report.parquet",
        "texts.parquet",
    }
    assert 'href="texts.parquet"' in (mended / "out/index.html").read_text(encoding="utf-8")


def test_a_batch_that_is_killed_gives_the_same_table(mended: Path, tmp_path: Path) -> None:
    moments = random.Random(3)
    kills = 0
    for _ in range(KILLS):
        with started(*PARQUET, mended / "in", tmp_path / "out") as process:
            kills += killed(process, moments.uniform(0.6, LONGEST))
    run(*PARQUET, mended / "in", tmp_path / "out", code=1)
    assert kills
    whole = (mended / "out/texts.parquet").read_bytes()
    assert (tmp_path / "out/texts.parquet").read_bytes() == whole
    assert not list((tmp_path / "out/.batch/unfinished").iterdir())


def test_a_cluster_and_a_store_give_the_same_table(
    mended: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = f"local://{tmp_path}/store"
    run(*PARQUET, "--cluster", "local:2", mended / "in", store, code=1)
    whole = (mended / "out/texts.parquet").read_bytes()
    assert (tmp_path / "store/texts.parquet").read_bytes() == whole
    found = {path.name for path in (tmp_path / "store").iterdir()}
    assert found == {"texts.parquet", "report.parquet", "index.html"}
    assert not list(tmp_path.glob("state/rtl-restore/batches/*/unfinished/*"))


def test_a_table_has_what_is_new_beside_what_was_done_before(tmp_path: Path) -> None:
    source, output = corpus(tmp_path / "in", 4, damaged=1), tmp_path / "out"
    run(source, output)
    assert len(done(events(*PARQUET, source, output))) == 4  # no file of a text has it
    (source / "000/0003.txt").write_bytes(DAMAGED.encode())
    (source / "000/0000.txt").write_bytes(b"\xff")  # it had a text
    (source / "000/0001.txt").unlink()
    assert done(events(*PARQUET, source, output, code=1)) == {
        "0000.txt": "unreadable",
        "0003.txt": "mended",
    }
    run(*PARQUET, source, tmp_path / "fresh", code=1)
    assert texts(output)["000/0003.txt"]["text"] == restore_text(DAMAGED).text
    whole = (tmp_path / "fresh/texts.parquet").read_bytes()
    assert (output / "texts.parquet").read_bytes() == whole


def test_groups_of_rows_end_before_they_are_large() -> None:
    """Both those of many short texts and those of a few long ones."""
    letters = "א" * (LETTERS // 3)
    long = [letters] * 5
    kept = [b64decode(packed(text, "")) for text in ["א"] * (AT_ONCE + 1) + long]
    results = ((Result(f"{at:05}", "", "sound"), data) for at, data in enumerate(kept))
    file = io.BytesIO()
    write_texts(results, file)
    found = pq.ParquetFile(file)
    groups = [found.metadata.row_group(at).num_rows for at in range(found.num_row_groups)]
    assert groups == [AT_ONCE, 1 + 4, 1]
    last = found.read_row_group(2, ["text", "record"]).to_pylist()
    assert last == [{"text": letters, "record": None}]
