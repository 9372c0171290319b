"""Batches from an object store and into it: a server of S3 that is a process of this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batches import DAMAGED, corpus, done, events, run, written
from command_line import error

SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""
BUCKET = "books"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of S3."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def bucket(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A file system of S3 with a bucket in it; batches find it, too."""
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = S3FileSystem(skip_instance_cache=True, use_listings_cache=False)
    if not store.exists(BUCKET):
        store.mkdir(BUCKET)
    return store


def test_an_object_store_gets_what_a_folder_gets(bucket: Any, tmp_path: Path) -> None:
    """And only what was changed there is mended again."""
    corpus(tmp_path / "in", 4, damaged=2)
    (tmp_path / "in" / "ספר #1.txt").write_bytes(DAMAGED.encode())
    bucket.put(f"{tmp_path}/in", BUCKET, recursive=True)
    source, output = f"s3://{BUCKET}/in", f"s3://{BUCKET}/out"
    told = events(source, output)
    assert set(done(told).values()) == {"mended", "sound"} and told[-1]["files"] == 5
    run(tmp_path / "in", tmp_path / "out")
    bucket.get(f"{BUCKET}/out", f"{tmp_path}/copy", recursive=True)
    assert written(tmp_path / "copy") == written(tmp_path / "out")
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {
        "text",
        "changes",
        "report.parquet",
        "index.html",
    }
    bucket.pipe_file(f"{BUCKET}/in/000/0003.txt", DAMAGED.encode())
    assert done(events(source, output)) == {"0003.txt": "mended"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([f"s3://{BUCKET}/none", "out"], f"there is nothing at s3://{BUCKET}/none"),
        (["in", "s3://nowhere/out"], "bucket"),
    ],
)
def test_what_is_not_in_an_object_store_is_told_in_one_line(
    arguments: list[str], words: str, bucket: Any, tmp_path: Path
) -> None:
    corpus(tmp_path / "in", 1)
    assert words in error("batch", "--jobs", "1", *arguments, folder=tmp_path)
