"""Batches on one machine: what comes out, and what is done again."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
import zipfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import pytest
from batches import (
    DAMAGED,
    SOUND,
    command,
    corpus,
    done,
    events,
    report,
    run,
    started,
    wait_for,
    written,
)
from command_line import error
from scans import LINES, encoded, page

from restore import process_batch, restore_text
from restore.batches.inputs import found, translated
from restore.batches.storage import read
from restore.files import InputError


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder ``in`` of six texts, and what a batch made of it in ``out``."""
    home = tmp_path_factory.mktemp("batch")
    corpus(home / "in", 6, damaged=2)
    run(home / "in", home / "out")
    return home


def test_texts_mirror_the_input(mended: Path) -> None:
    for number in range(6):
        path = f"000/{number:04}.txt"
        raw = (mended / "in" / path).read_bytes().decode()
        assert (mended / "out" / "text" / path).read_bytes().decode() == restore_text(raw).text


def test_changes_can_be_undone(mended: Path) -> None:
    record = mended / "out/changes/000/0000.jsonl"
    told = subprocess.run(
        [sys.executable, "-m", "restore", "undo", record], capture_output=True, check=True
    )
    assert told.stdout == (mended / "in/000/0000.txt").read_bytes()


def test_the_report_tells_what_came_of_each_file(mended: Path) -> None:
    rows = report(mended / "out")
    assert sorted(rows) == [f"000/{number:04}.txt" for number in range(6)]
    damaged, sound = rows["000/0001.txt"], rows["000/0005.txt"]
    assert damaged["outcome"] == "mended"
    assert dict(damaged["damages"]) == {"reversed-words": 1}
    assert damaged["changes"] == 1 and damaged["confidence"] > 0.9
    assert damaged["damage"] == pytest.approx(1 / 3, abs=1e-6)
    assert (sound["outcome"], sound["damage"], sound["confidence"]) == ("sound", 0, None)
    assert sound["text"] == "text/000/0005.txt"
    assert (sound["pages"], sound["language"], sound["error"]) == (1, "he", "")


def test_a_page_shows_what_is_damaged_the_worst_first(tmp_path: Path) -> None:
    """It needs nothing from elsewhere, and names are shown, not obeyed."""
    folder = corpus(tmp_path / "in", 2, damaged=1)
    (folder / "<b>&\u05d0 #1.txt").write_bytes(DAMAGED.splitlines(keepends=True)[1].encode())
    (folder / "bad.txt").write_bytes(b"\xff")
    run(folder, tmp_path / "out", code=1)
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "<h1>4 files, 66.7% damaged</h1>" in page
    links = re.findall(r'href="(.*?)"', page)
    assert links[1:] == [
        "text/%3Cb%3E%26%D7%90%20%231.txt",
        "changes/%3Cb%3E%26%D7%90%20%231.jsonl",
        "text/000/0000.txt",
        "changes/000/0000.jsonl",
    ]
    assert all((tmp_path / "out" / unquote(link)).is_file() for link in links)
    assert "&lt;b&gt;&amp;\u05d0 #1.txt" in page and "<b>" not in page
    assert "bad.txt" in page and "not UTF-8" in page
    assert not re.search(r"src=|url\(|@import|<script", page)


@pytest.mark.parametrize("check", [("--check",), ()])
def test_damaged_files_have_a_page_that_shows_what_was_found(
    check: tuple[str, ...], tmp_path: Path
) -> None:
    corpus(tmp_path / "in", 2, damaged=1)
    run(*check, "--reports", tmp_path / "in", tmp_path / "out", code=len(check))
    (page,) = (path for path in (tmp_path / "out/reports").rglob("*") if path.is_file())
    assert page == tmp_path / "out/reports/000/0000.html"
    assert "<bdi>000/0000.txt</bdi>" in page.read_text(encoding="utf-8")
    index = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="reports/000/0000.html">(.*?)</a>', index) == ["33.3%"]
    assert [row["report"] for row in report(tmp_path / "out").values()] == [
        "reports/000/0000.html",
        "",
    ]
    assert bool(written(tmp_path / "out")) is not bool(check)


def test_what_is_done_is_not_done_again_unless_something_changed(mended: Path) -> None:
    source, output = mended / "in", mended / "out"
    assert not done(events(source, output))
    (source / "000/0003.txt").touch()
    (source / "000/0004.txt").write_bytes(DAMAGED.encode())
    (source / "new.txt").write_bytes(SOUND.encode())
    assert done(events(source, output)) == {
        "0003.txt": "the same",
        "0004.txt": "mended",
        "new.txt": "sound",
    }
    assert (output / "text/000/0004.txt").read_bytes().decode() == restore_text(DAMAGED).text
    assert report(output)["000/0003.txt"]["outcome"] == "sound"
    assert set(done(events("--anew", source, output)).values()) == {"the same"}
    (source / "new.txt").unlink()
    told = events("--keep-lines", source, output)
    assert len(done(told)) == 6 and told[-1]["files"] == 6
    assert (output / "text/000/0004.txt").read_bytes() == restore_text(DAMAGED).page_text.encode()


def test_check_writes_a_report_only(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 2, damaged=1)
    queue = tmp_path / "queue"
    told = events("--check", "--queue", queue, tmp_path / "in", tmp_path / "out", code=1)
    assert done(told) == {"0000.txt": "damaged", "0001.txt": "sound"}
    assert not written(tmp_path / "out")
    assert report(tmp_path / "out")["000/0000.txt"]["changes"] == 1
    assert (queue / "jobs.sqlite").exists()
    assert [path.name for path in (tmp_path / "out/.batch").iterdir()] == ["unfinished"]


def test_a_share_of_damaged_files_is_told(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 4, damaged=1)
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe")
    (last,) = run(tmp_path / "in", tmp_path / "out", code=1)
    assert last == "5 of 5 files: 1 mended, 3 sound, 1 unreadable; 25.0% damaged"


def test_any_name_is_kept(tmp_path: Path) -> None:
    """Names with line breaks, right-to-left names, and some that are not UTF-8 nor short."""
    folder, output = tmp_path / "in", tmp_path / "out"
    names = ["line\nbreak.txt", "ספר.txt", "caf\udce9", "a b'\"%.pdf", "x" * 251 + ".txt", "-"]
    too_long = "י" * 127
    folder.mkdir()
    for name in [*names, too_long, ".hidden.txt"]:
        (folder / name).write_bytes(SOUND.encode())
    run(folder, output)
    ends = [name if name.endswith(".txt") else f"{name}.txt" for name in names]
    texts = {path.name for path in (output / "text").iterdir()}
    (cut,) = texts - set(ends)
    assert texts - {cut} == set(ends) and too_long.startswith(cut[:100]) and cut.endswith(".txt")
    for name in texts:
        assert (output / "text" / name).read_bytes().decode() == restore_text(SOUND).text
    assert "caf\\xe9" in report(output)


def test_files_of_one_name_but_for_their_ending_have_a_text_each(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "b.pdf").write_bytes(SOUND.encode())
    run(folder, output)
    assert set(written(output)) >= {"text/b.pdf.txt"}
    (folder / "b.pdf.txt").write_bytes(DAMAGED.encode())
    run(folder, output)
    rows = report(output)
    assert rows["b.pdf"]["text"] == "text/b.pdf.restored.txt"
    assert (output / "text/b.pdf.restored.txt").read_bytes().decode() == restore_text(SOUND).text
    assert (output / "text/b.pdf.txt").read_bytes().decode() == restore_text(DAMAGED).text


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    top, other = tmp_path / "in", tmp_path / "other"
    corpus(top, 1)
    corpus(other, 1)
    (top / "self").symlink_to(top)
    (top / "000" / "up").symlink_to("..")
    (top / "out of it").symlink_to(other)
    (other / "back").symlink_to(top)
    (top / "round").symlink_to("round")
    os.mkfifo(top / "pipe")
    names = sorted(file.name for file in found([str(top)], str(tmp_path / "out")))
    assert names == ["000/0000.txt", "out of it/000/0000.txt", "round"]


def test_what_cannot_be_read_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "in", 2)
    (folder / "gone.txt").symlink_to("nowhere")
    (folder / "broken.txt").symlink_to("/proc/self/mem")  # reading it is an input/output error
    (folder / "bytes.txt").write_bytes(b"\xe9\xec\xe5\xed")
    (folder / "book.pdf").write_bytes(b"%PDF-1.7\nnothing")
    told = events(folder, tmp_path / "out", code=1)
    errors = {Path(e["path"]).name: e["error"] for e in told if e["event"] == "file" if e["error"]}
    assert set(errors) == {"gone.txt", "broken.txt", "bytes.txt", "book.pdf"}
    assert "there is no file" in errors["gone.txt"] and "cannot be read" in errors["broken.txt"]
    assert "not UTF-8" in errors["bytes.txt"] and "damaged" in errors["book.pdf"]
    assert {row["outcome"] for row in report(tmp_path / "out").values()} == {"unreadable", "sound"}
    (folder / "broken.txt").unlink()  # which is another file for each process
    assert not done(events(folder, tmp_path / "out", code=1))
    assert len(done(events("--again", folder, tmp_path / "out", code=1))) == 3


def test_what_may_not_be_read_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    """Root may read all, but not without its capabilities."""
    folder = corpus(tmp_path / "in", 1)
    (folder / "closed.txt").write_bytes(SOUND.encode())
    (folder / "closed.txt").chmod(0)
    (folder / "closed").mkdir(0)
    dropped = "-dac_override,-dac_read_search"
    drop = ["setpriv", "--bounding-set", dropped, "--inh-caps", dropped]
    asked = command("--jobs", "1", folder, tmp_path / "out")
    told = subprocess.run(
        [*drop, *asked] if os.geteuid() == 0 else asked, capture_output=True, check=False
    )
    assert told.returncode == 1, told.stderr
    rows = report(tmp_path / "out")
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "000/0000.txt": "sound",
        "closed": "unreadable",
        "closed.txt": "unreadable",
    }
    for name in ("closed", "closed.txt"):
        assert rows[name]["error"] == f"{folder / name} cannot be read: Permission denied"


def test_a_file_that_changes_while_it_is_read_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "growing.txt"
    path.write_bytes(b"a" * (1 << 26))
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"a")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(InputError, match="changes while it is read"):
            read(str(path))
    finally:
        stop.set()
        writer.join()
    assert len(read(str(path)).data) == path.stat().st_size


def test_the_output_may_lie_in_the_input(tmp_path: Path) -> None:
    corpus(tmp_path, 1)
    corpus(tmp_path / "out", 2)
    names = [file.name for file in found([str(tmp_path)], str(tmp_path / "out"))]
    assert names == ["000/0000.txt"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in"], "name what to read"),
        (["in", "in"], "the input and the output"),
        (["missing", "out"], "there is no file or folder missing"),
        (["missing/*.txt", "out"], "there is no folder missing"),
        (["in/**/*.pdf", "out"], "there is no file in in/**/*.pdf"),
        (["in/000/0000.txt", "same/0000.txt", "out"], "one name in the output"),
        (["in", "in/000/0000.txt/out"], "cannot be written"),
        (["in", "http://127.0.0.1/"], "cannot be written to"),
        (["--confidence", "2", "in", "out"], "confidence"),
        (["nosuch://in", "out"], "nosuch"),
        (["in/000/0000.txt/*", "out"], "there is no folder"),
    ],
)
def test_misuse_is_told_in_one_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    corpus(tmp_path / "in", 1)
    corpus(tmp_path / "same", 1)
    (tmp_path / "same/000/0000.txt").rename(tmp_path / "same/0000.txt")
    assert words in error("batch", *arguments, folder=tmp_path)


def test_several_inputs_have_a_folder_each(tmp_path: Path) -> None:
    corpus(tmp_path / "a", 1)
    corpus(tmp_path / "b", 11)
    (tmp_path / "c.txt").write_bytes(SOUND.encode())
    inputs = [str(tmp_path / name) for name in ("a", "b/00?/*9.txt", "c.txt")]
    names = sorted(file.name for file in found(inputs, ""))
    assert names == ["a/000/0000.txt", "b/000/0009.txt", "c.txt"]


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*.txt", "a.txt", True),
        ("*.txt", "a/b.txt", False),
        ("**/*.txt", "b.txt", True),
        ("**/[ab].t?t", "x/y/b.txt", True),
        ("**/[!ab].txt", "x/b.txt", False),
        ("x/**", "x/y/z", True),
        ("x/**", "y/z", False),
        ("*.txt", "a\n.txt", True),
    ],
)
def test_patterns_of_paths(pattern: str, name: str, matches: bool) -> None:
    assert bool(re.fullmatch(translated(pattern), name)) is matches


def test_files_in_an_archive_are_read_at_their_url(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "books.zip", "w") as archive:
        archive.writestr("a/one.txt", DAMAGED)
        archive.writestr("two.txt", SOUND)
    url = f"zip://::{tmp_path}/books.zip"
    output = f"file://{tmp_path}/out"
    assert set(done(events(url, output)).values()) == {"mended", "sound"}
    assert set(written(tmp_path / "out")) >= {"text/a/one.txt", "text/two.txt"}
    assert not done(events(url, output))


def test_a_store_gets_what_a_folder_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fsspec calls local is written through it; the queue is then kept elsewhere."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    corpus(tmp_path / "in", 2, damaged=1)
    run(tmp_path / "in", tmp_path / "out")
    url = f"local://{tmp_path}/store"
    run(f"local://{tmp_path}/in", url)
    assert written(tmp_path / "store") == written(tmp_path / "out")
    found = {path.name for path in (tmp_path / "store").iterdir()}
    assert found == {"text", "changes", "report.parquet", "index.html"}
    assert not done(events(f"local://{tmp_path}/in", url))


def test_a_terminal_shows_a_bar(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 2)
    ours, its = pty.openpty()
    asked = command("--jobs", "1", tmp_path / "in", tmp_path / "out")
    with subprocess.Popen(asked, stderr=its, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(its)
        told = b""
        with suppress(OSError):  # at the end
            while more := os.read(ours, 1 << 16):
                told += more
        os.close(ours)
    assert process.returncode == 0
    assert b"2/2" in told and b"pages/s" in told and b"2 of 2 files: 2 sound" in told


def test_what_is_missing_is_told_with_how_to_install_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from restore.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, "batch", tmp_path, "out"], capture_output=True, check=False
    )
    assert told.returncode == 3 and b"pip install 'rtl-restore[batch]'" in told.stderr


def test_a_batch_of_paths_gives_a_table(tmp_path: Path) -> None:
    corpus(tmp_path, 2, damaged=1)
    paths = [tmp_path / "000/0000.txt", tmp_path / "000/0001.txt", tmp_path / "none.txt"]
    with pytest.raises(InputError, match=r"none\.txt"):
        process_batch(paths)
    table = process_batch(paths[:2])
    assert table.column("path").to_pylist() == [str(path) for path in paths[:2]]
    assert table.column("outcome").to_pylist() == ["mended", "sound"]
    assert {"sha256", "pages", "language", "doubts", "seconds", "error"} < set(table.column_names)


def test_progress_is_told_in_events(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 3)
    told = events(tmp_path / "in", tmp_path / "out")
    assert [event["event"] for event in told] == ["start", "file", "file", "file", "end"]
    assert told[0]["files"] == 3 and told[-1]["outcomes"] == {"sound": 3}
    assert run("--quiet", tmp_path / "in", tmp_path / "out") == []


def test_an_interrupted_batch_says_so_and_goes_on_later(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 24, damaged=24)
    with started("--json", tmp_path / "in", tmp_path / "out") as process:
        assert process.stdout is not None
        for _ in range(4):
            process.stdout.readline()
        process.send_signal(2)
        assert process.wait(timeout=20) == 130
        assert process.stderr is not None
        assert process.stderr.read().split() == [b"restore:", b"interrupted"]
    first = json.loads(run("--json", tmp_path / "in", tmp_path / "out")[0])
    assert 0 < first["done"] < 24
    wait_for(lambda: len(report(tmp_path / "out")) == 24)


def test_scans_are_read_and_mended_like_texts(tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "page.png").write_bytes(encoded(page()))
    told = events("--keep-lines", source, output)
    assert done(told) == {"page.png": "sound"}
    assert (output / "text" / "page.png.txt").read_text("utf-8").split() == " ".join(LINES).split()
