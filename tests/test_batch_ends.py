"""Batches that are killed, run out of room, or meet files that break their workers."""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import subprocess
from functools import partial
from pathlib import Path

from batches import (
    SOUND,
    children,
    command,
    corpus,
    done,
    events,
    gone,
    killed,
    report,
    run,
    started,
    wait_for,
    written,
)
from pages import Run, endless

KILLS = 10
LONGEST = 2.5  # seconds after which a batch is killed at the latest
ROOM = "400k"  # of a file system that the output does not fit in


def texts(output: Path) -> int:
    """How many texts a batch has written."""
    return sum(path.is_file() for path in (output / "text").rglob("*"))


def has_texts(output: Path, count: int) -> bool:
    return texts(output) >= count


def test_a_batch_killed_at_any_moment_goes_on_and_gives_the_same_bytes(tmp_path: Path) -> None:
    """All its processes end with it, and nothing half-written is left."""
    corpus(tmp_path / "in", 40, damaged=20)
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe")
    run("--jobs", "2", tmp_path / "in", tmp_path / "whole", code=1)
    moments = random.Random(8)
    kills = 0
    for _ in range(KILLS):
        few = texts(tmp_path / "out") + moments.randint(1, 3)  # so that there is more to do
        with started(tmp_path / "in", tmp_path / "out") as process:
            seconds = moments.uniform(0.3, LONGEST)
            kills += killed(process, seconds, partial(has_texts, tmp_path / "out", few))
    run(tmp_path / "in", tmp_path / "out", code=1)
    assert kills >= KILLS // 2
    assert written(tmp_path / "out") == written(tmp_path / "whole")
    assert report(tmp_path / "out") == report(tmp_path / "whole")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        path.name for path in (tmp_path / "whole").iterdir()
    }
    assert not list((tmp_path / "out/.batch/unfinished").iterdir())


def test_files_that_take_too_long_or_too_much_are_told_and_the_others_are_done(
    tmp_path: Path,
) -> None:
    folder = corpus(tmp_path / "in", 3)
    (folder / "endless.pdf").write_bytes(endless([Run("אבג", 100, 500)], 1))
    with (folder / "large.txt").open("wb") as file:
        file.truncate(1 << 33)
    # The page without an end takes 400 MB in its first two seconds, on a fast machine more.
    limits = ("--seconds", "2", "--megabytes", "4096")
    told = events(*limits, folder, tmp_path / "out", code=1)
    sound = {f"{number:04}.txt": "sound" for number in range(3)}
    assert done(told) == sound | {"endless.pdf": "too long", "large.txt": "too large"}
    assert [event["path"] for event in told[4:-1]]  # they were tried again after the others
    assert len(written(tmp_path / "out")) == 6
    assert not done(events(*limits, folder, tmp_path / "out", code=1))
    again = events("--seconds", "1", "--megabytes", "4096", folder, tmp_path / "out", code=1)
    assert done(again) == {"endless.pdf": "too long", "large.txt": "too large"}


def test_a_worker_that_is_killed_takes_no_file_with_it(tmp_path: Path) -> None:
    """One that is killed twice over the same file has crashed on it."""
    folder = corpus(tmp_path / "in", 6)
    (folder / "endless.pdf").write_bytes(endless([Run("אבג", 100, 500)], 1))
    with started("--json", folder, tmp_path / "out") as process:
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline()) for _ in range(7)]
        for _ in range(2):
            wait_for(lambda: any(children(pid) for pid in children(process.pid)))
            (busy,) = [pid for pid in children(process.pid) if children(pid)]
            (reader,) = children(busy)
            os.kill(busy, signal.SIGKILL)
            wait_for(partial(gone, reader))
        told += [json.loads(line) for line in process.stdout]
        assert process.wait() == 1
    assert len(told) == 9
    assert told[7]["outcome"] == "crashed" and "SIGKILL" in told[7]["error"]
    rows = report(tmp_path / "out")
    assert [row["outcome"] for row in rows.values()] == ["sound"] * 6 + ["crashed"]


def test_a_second_batch_into_the_same_output_is_refused(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "in", 1)
    (folder / "endless.pdf").write_bytes(endless([Run("אבג", 100, 500)], 1))
    with started(folder, tmp_path / "out") as process:
        wait_for(lambda: (tmp_path / "out/text/000/0000.txt").exists())
        (line,) = run(folder, tmp_path / "out", code=2)
        assert line.startswith("restore: another batch is writing to ")
        assert process.poll() is None


def test_a_batch_without_room_says_so_and_goes_on_where_there_is_some(tmp_path: Path) -> None:
    """The output is a small file system, which is then made larger."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}.txt").write_bytes(SOUND.encode() * 40)
    run(folder, tmp_path / "whole")
    output = tmp_path / "small"
    output.mkdir()
    batch = shlex.join(command("--jobs", "1", folder, output))
    script = f"""
        mount -t tmpfs -o size={ROOM} none '{output}' || exit 9
        {batch}; echo $?
        mount -o remount,size=50m '{output}'
        {batch}; echo $?
        cp -r '{output}' '{tmp_path}/copy'
    """
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    told = subprocess.run(
        ["unshare", "--mount", *own, "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == ["2", "0"], told.stderr
    first, last = told.stderr.splitlines()
    assert first.startswith("restore: ") and "make room" in first
    assert last.startswith("30 of 30 files")
    assert written(tmp_path / "copy") == written(tmp_path / "whole")
    assert report(tmp_path / "copy") == report(tmp_path / "whole")
