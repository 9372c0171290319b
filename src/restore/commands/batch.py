"""The command line of many files: ``restore batch``."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from restore.batches.storage import (
    READ_ONLY,
    UNFINISHED,
    NoRoomError,
    is_url,
    on_this_machine,
    write,
    writing,
)
from restore.commands.input import config_of
from restore.commands.options import asked_for
from restore.files import InputError

if TYPE_CHECKING:
    from restore.batches.batch import Engine
    from restore.batches.file import Work
    from restore.batches.job_store import JobStore
    from restore.batches.pool import Limits

FOUND = 1  # exit code: there are files that are damaged (--check), or that nothing came of
LEAST = 256  # megabytes; a worker with its models takes half of it
REPORT, ALL_TEXTS, INDEX, OWN = "report.parquet", "texts.parquet", "index.html", ".batch"


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="IN… OUT")
@click.option("--check", is_flag=True, help="Only say what is damaged; write no text.")
@click.option("--keep-lines", is_flag=True, help="A line of the page a line; keep furniture.")
@click.option(
    "--to",
    type=click.Choice(["txt", "parquet"]),
    default="txt",
    help="A file for each text, or a table of all: texts.parquet.",
)
@click.option("--reports", is_flag=True, help="A page for each damaged file: what, and why.")
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=600.0,
    show_default=True,
    help="Longest time that a file may take.",
)
@click.option(
    "--megabytes",
    type=click.IntRange(LEAST),
    default=4096,
    show_default=True,
    help="Most memory that a file may take.",
)
@click.option(
    "--decisions/--no-decisions",
    default=True,
    help="Heed what was decided in reviews of the texts in OUT, or not.",
)
@click.option("--again", is_flag=True, help="Try the files that failed before, too.")
@click.option("--anew", is_flag=True, help="Read all files to see which have changed.")
@click.option("--queue", metavar="DIR", help="Keep the queue there: a disk of this machine.")
@click.option("--scheduler", metavar="ADDRESS", help="Let a Dask cluster do it: tcp://HOST:8786.")
@click.option("--cluster", metavar="local:N", help="Let a Dask cluster of N workers here do it.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each file as it is done.")
@asked_for
def batch(
    names: tuple[str, ...],
    check: bool,
    keep_lines: bool,
    to: str,
    reports: bool,
    jobs: int | None,
    seconds: float,
    megabytes: int,
    decisions: bool,
    again: bool,
    anew: bool,
    queue: str | None,
    scheduler: str | None,
    cluster: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Mend all files of IN… (folders, files, patterns, URLs) and write texts and a report to OUT.

    Stopped at any time, it goes on when it is started again: only what is new or changed is done.
    Exit 1 if there is a file that nothing came of, or (with --check) that is damaged.
    """
    import pyarrow  # noqa: F401 (to say at once that it is missing)

    from restore.batches.file import Work
    from restore.batches.pool import Limits, mended
    from restore.batches.readers import readers

    *inputs, output = names
    if not inputs:
        raise InputError("name what to read and, last, the folder to write to")
    output = on_this_machine(output)
    if output.partition("://")[0] in READ_ONLY:
        raise InputError(f"{output} cannot be written to; name a folder, or a URL of a store")
    config_of(asked)
    options = {key: asked[key] for key in asked if key not in ("quiet", "verbose")}
    if not is_url(output):
        output = str(Path(output).resolve())
    work = Work(options, output, check, keep_lines, to, reports)
    limits = Limits(seconds, megabytes)
    rest = decisions and not check, again, anew, queue, asked["quiet"], as_json
    if not scheduler and not cluster:
        engine: Engine = partial(mended, work=work, limits=limits, count=jobs or _cores())
        _run(inputs, work, limits, engine, readers(options), *rest)
        return
    from restore.batches.cluster import connected, mended_by, readers_of

    with connected(scheduler, cluster) as client:
        engine = partial(mended_by, client, work=work, limits=limits)
        _run(inputs, work, limits, engine, readers_of(client, options), *rest)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(
    inputs: list[str],
    work: Work,
    limits: Limits,
    engine: Engine,
    readers: str,
    decisions: bool,
    again: bool,
    anew: bool,
    queue: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Do all that is to be done, tell how far it is, and report."""
    from restore.batches import batch
    from restore.batches.decided import decided
    from restore.batches.inputs import found
    from restore.batches.job_store import JobStore, locked
    from restore.batches.progress import Progress

    told = f"{limits.seconds:g} {limits.megabytes}"
    try:
        own = _own_folder(work.output, queue)
        with (
            locked(own / "lock", work.output),
            closing(JobStore(own / "jobs.sqlite", work.key(), told, readers)) as store,
        ):
            unfinished = _cleared(work.output, own)
            store.queue(found(inputs, work.output), again, anew)
            store.heed(decided(work.output) if decisions else {})
            progress = Progress(store.totals(), quiet, as_json)
            if not progress.files:
                raise InputError(f"there is no file in {', '.join(inputs)}")
            try:
                batch.run(store, engine, progress.tell)
            finally:
                progress.end()
            _report(store, work, unfinished)
            _cleared(work.output, own)  # of what workers of a cluster that were killed left
            progress.finished(store.totals())
    except NoRoomError as error:
        raise InputError(f"{error}; make room and start it again: it goes on") from None
    except BrokenPipeError:
        raise
    except OSError as error:
        place = error.filename or work.output
        raise InputError(f"{place} cannot be written: {error.strerror or error}") from None
    if progress.failed or (work.check and progress.damaged):
        raise click.exceptions.Exit(FOUND)


def _own_folder(output: str, queue: str | None) -> Path:
    """Where a batch keeps what it has to do: in its output, or on this machine beside it."""
    from platformdirs import user_state_path

    own = Path(queue) if queue else Path(output, OWN)
    if is_url(output) and not queue:
        name = sha256(output.rstrip("/").encode()).hexdigest()[:16]
        own = user_state_path("rtl-restore", appauthor=False) / "batches" / name
    own.mkdir(parents=True, exist_ok=True)
    return own


def _cleared(output: str, own: Path) -> str:
    """The folder for files that are not whole yet, without those of a batch that was killed."""
    unfinished = own / "unfinished" if is_url(output) else Path(output, UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    return str(unfinished)


def _report(store: JobStore, work: Work, unfinished: str) -> None:
    """Write the table of all files, that of their texts, and the page that shows the worst."""
    from restore.batches import index as batch_index
    from restore.batches import report as batch_report
    from restore.batches.file import TABLE

    tally = batch_index.Tally()
    with writing(work.output, REPORT, unfinished) as file:
        batch_report.write(tally.counted(store.results()), file)
    tables = [REPORT]
    if work.to == TABLE and not work.check:
        with writing(work.output, ALL_TEXTS, unfinished) as file:
            batch_report.write_texts(store.texts(), file)
        tables.append(ALL_TEXTS)
    worst, failed = store.worst(batch_index.MOST), store.failed(batch_index.MOST)
    page = batch_index.page(tally, worst, failed, tables)
    write(work.output, INDEX, page.encode(), unfinished)
