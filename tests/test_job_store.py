"""The job store of a batch: what is given out, and what is given out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from restore.batches.file import SOUND, TOO_LONG, Result
from restore.batches.inputs import Found
from restore.batches.job_store import SORTED, TOGETHER, JobStore

MANY = SORTED + TOGETHER + 1


def files(names: list[str], stamp: str = "1 1") -> Iterator[Found]:
    return (Found(name, f"/in/{name}", 1, stamp) for name in names)


def given(store: JobStore) -> list[str]:
    return [job.name for job in store.jobs()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def test_each_of_many_files_is_given_out_once(path: Path) -> None:
    """Though a folder names them in any order, those put in together come in that of names."""
    names = [f"{number:06}.txt" for number in range(MANY)]
    shuffled = Random(0).sample(names, MANY)
    store = JobStore(path, "key", "limits")
    store.queue(files(shuffled))
    out = given(store)
    assert sorted(out) == names and store.totals().files == MANY
    assert out[:SORTED] == sorted(shuffled[:SORTED])
    store.close()


def test_what_is_done_is_given_out_again_if_what_it_depends_on_changed(path: Path) -> None:
    names = ["changed.txt", "done.txt", "failed.txt", "long.txt"]

    def again(key: str, limits: str, **asked: bool) -> list[str]:
        store = JobStore(path, key, limits)
        store.queue([*files(names[1:]), *files(names[:1], "2 2")], **asked)
        out = given(store)
        store.close()
        return out

    store = JobStore(path, "key", "limits")
    store.queue(files(names))
    for name, outcome in zip(names, (SOUND, SOUND, "failed", TOO_LONG), strict=True):
        store.finish(Result(name, f"/in/{name}", outcome, stamp="1 1"))
    store.close()
    assert again("key", "limits") == ["changed.txt"]
    assert again("key", "others") == ["changed.txt", "long.txt"]
    assert again("key", "limits", again=True) == ["changed.txt", "failed.txt", "long.txt"]
    assert again("another", "limits") == names
