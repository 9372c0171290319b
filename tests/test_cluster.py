"""Batches on a Dask cluster: a scheduler and two workers, each a process on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from batches import children, command, corpus, gone, report, run, started, wait_for, written
from dask import config
from distributed import Client

from restore.batches.cluster import SECOND, Room, mended_by
from restore.batches.file import Job, Work
from restore.batches.pool import Limits
from restore.cli import main
from restore.files import InputError


@contextmanager
def process(name: str, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """A part of a Dask cluster, which is killed in the end."""
    asked = [sys.executable, "-m", f"distributed.cli.dask_{name}", *map(str, arguments)]
    with subprocess.Popen(
        [*asked, "--no-dashboard"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as part:
        try:
            yield part
        finally:
            part.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and the two workers that it has."""
    told = tmp_path / "scheduler.json"
    worker = ("--scheduler-file", told, "--nthreads", "1", "--no-nanny", "--local-directory")
    with ExitStack() as stack:
        host = ("--host", "127.0.0.1", "--port", "0")
        stack.enter_context(process("scheduler", *host, "--scheduler-file", told))
        wait_for(lambda: told.exists() and told.read_bytes().endswith(b"}"))
        workers = [
            stack.enter_context(process("worker", *worker, tmp_path / f"worker{number}"))
            for number in range(2)
        ]
        yield json.loads(told.read_bytes())["address"], workers


def test_every_file_is_done_once_though_a_worker_is_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    """Its work is done by the other, and the bytes are those of one machine."""
    address, (first, _) = cluster
    corpus(tmp_path / "in", 96, damaged=12)
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "in" / "caf\udce9").write_bytes(b"\xd7\x90")
    run(tmp_path / "in", tmp_path / "whole", code=1)
    with started("--json", "--scheduler", address, tmp_path / "in", tmp_path / "out") as batch:
        assert batch.stdout is not None
        wait_for(lambda: children(first.pid))
        told = [json.loads(batch.stdout.readline()) for _ in range(10)]
        (mending,) = children(first.pid)
        first.send_signal(signal.SIGKILL)
        wait_for(partial(gone, mending))
        told += [json.loads(line) for line in batch.stdout]
        assert batch.wait() == 1, batch.stderr and batch.stderr.read()
    paths = [event["path"] for event in told if event["event"] == "file"]
    assert len(paths) == len(set(paths)) == 98
    assert written(tmp_path / "out") == written(tmp_path / "whole")
    assert report(tmp_path / "out") == report(tmp_path / "whole")
    assert not list((tmp_path / "out/.batch/unfinished").iterdir())


def test_results_that_are_lost_with_their_worker_are_made_anew(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    """A worker keeps the results of a task that it has ended until they are asked for."""
    paths = sorted(corpus(tmp_path / "in", 128, damaged=128).rglob("*.txt"))
    jobs = [Job(path.name, str(path), path.name) for path in paths]
    with Client(cluster[0]) as client:
        results = mended_by(client, jobs, Work(), Limits())
        told = [next(result for result in results if result)]
        wait_for(lambda: not any(client.processing().values()))
        pids = client.run(os.getpid)
        holding = {worker for workers in client.who_has().values() for worker in workers}
        os.kill(pids[min(holding)], signal.SIGKILL)
        wait_for(lambda: any(state.status == "lost" for state in client.futures.values()))
        told += [result for result in results if result]
    assert sorted(result.name for result in told) == [path.name for path in paths]


def test_a_scheduler_that_is_lost_is_told_in_one_line(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, _ = cluster
    corpus(tmp_path / "in", 200, damaged=200)
    with Client(address) as client:
        scheduler = client.run_on_scheduler(os.getpid)
    with started("--json", "--scheduler", address, tmp_path / "in", tmp_path / "out") as batch:
        assert batch.stdout is not None and batch.stderr is not None
        batch.stdout.readline()
        os.kill(scheduler, signal.SIGKILL)
        assert batch.wait(60) == 2
        (line,) = batch.stderr.read().decode().splitlines()
    assert line == "restore: the Dask scheduler was lost; start it again: it goes on"


def test_a_scheduler_that_is_missed_when_it_is_asked_is_lost(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    """The first to miss it may be the one that asks how many threads there are."""
    address, _ = cluster
    with config.set({"distributed.comm.timeouts.connect": "2s"}), Client(address) as client:
        room = Room(client)
        room.tasks()
        scheduler = client.run_on_scheduler(os.getpid)
        os.kill(scheduler, signal.SIGKILL)
        wait_for(partial(gone, scheduler))
        time.sleep(SECOND)
        with pytest.raises(InputError, match="scheduler was lost"):
            room.tasks()


def test_a_cluster_is_made_for_the_time_of_a_batch(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 20)
    run("--cluster", "local:2", tmp_path / "in", tmp_path / "out")
    assert len(written(tmp_path / "out")) == 40


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scheduler", "nowhere"], "no Dask scheduler answers at nowhere"),
        (["--cluster", "3"], "local:N"),
        (["--cluster", "local:0"], "local:N"),
    ],
)
def test_a_cluster_that_is_not_there_is_told(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus(tmp_path / "in", 1)
    with pytest.raises(SystemExit) as ended:
        main(["batch", *arguments, str(tmp_path / "in"), str(tmp_path / "out")])
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert line.startswith("restore: ") and words in line


def test_dask_is_missing_only_where_it_is_asked_for(tmp_path: Path) -> None:
    code = "import sys; sys.modules['distributed'] = None; from restore.cli import main; main()"
    asked = [*command()[3:], "--cluster", "local:1", str(tmp_path), "out"]
    told = subprocess.run(
        [sys.executable, "-c", code, *asked], capture_output=True, check=False, env={**os.environ}
    )
    assert told.returncode == 3 and b"pip install 'rtl-restore[dask]'" in told.stderr
