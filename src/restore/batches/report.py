"""What came of the files of a batch: a table of Arrow, and files of Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from restore.batches.file import Result, unpacked
from restore.batches.storage import shown

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 2000  # rows of a group of Parquet, which are in memory together
LETTERS = 4_000_000  # after so many of texts and records a group of Parquet ends, too
TEXTS = ("path", "name", "sha256", "bytes", "pages", "language", "outcome", "damage", "changes")


def schema() -> pa.Schema:
    """The columns of a report."""
    import pyarrow as pa

    counts = pa.map_(pa.string(), pa.int32())
    return pa.schema(
        [
            ("path", pa.string()),
            ("name", pa.string()),
            ("sha256", pa.string()),
            ("bytes", pa.int64()),
            ("pages", pa.int32()),
            ("layers", counts),
            ("ocr", pa.bool_()),
            ("language", pa.string()),
            ("damage", pa.float64()),
            ("damages", counts),
            ("changes", pa.int32()),
            ("doubts", pa.int32()),
            ("confidence", pa.float64()),
            ("decisions", pa.int32()),
            ("left_out", pa.int32()),
            ("seconds", pa.float64()),
            ("outcome", pa.string()),
            ("error", pa.string()),
            ("text", pa.string()),
            ("record", pa.string()),
            ("report", pa.string()),
        ]
    )


def table(results: Iterable[Result]) -> pa.Table:
    """Results as a table; names that are not UTF-8 have their other bytes escaped."""
    import pyarrow as pa

    rows = [_row(result) for result in results]
    return pa.Table.from_pylist(rows, schema())


def _row(result: Result) -> dict[str, Any]:
    told = asdict(result)
    for key in ("path", "name", "text", "record", "report"):
        told[key] = shown(told[key])
    for key in ("layers", "damages"):
        told[key] = list(told[key].items())
    return told


def write(results: Iterator[Result], file: IO[bytes]) -> None:
    """Write a report, whose rows need not be in memory together."""
    from pyarrow import parquet

    with parquet.ParquetWriter(file, schema(), compression="zstd") as writer:
        while rows := list(islice(results, AT_ONCE)):
            writer.write_table(table(rows))


def texts_schema() -> pa.Schema:
    """The columns of a table of texts; ``text`` and ``record`` are null where nothing came of it.

    ``record`` is null, too, where nothing was changed.
    """
    import pyarrow as pa

    known = schema()
    texts = [pa.field("text", pa.string()), pa.field("record", pa.string())]
    return pa.schema([*(known.field(name) for name in TEXTS), *texts])


def write_texts(results: Iterable[tuple[Result, bytes | None]], file: IO[bytes]) -> None:
    """Write a table of what was packed of results, of which one group at a time is in memory."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = texts_schema()
    rows: list[dict[str, Any]] = []
    letters = 0
    with parquet.ParquetWriter(file, columns, compression="zstd") as writer:

        def write_group() -> None:
            writer.write_table(pa.Table.from_pylist(rows, columns))
            rows.clear()

        for result, packed in results:
            text, record = unpacked(packed) if packed else (None, "")
            rows.append({**_row(result), "text": text, "record": record or None})
            letters += len(text or "") + len(record)
            if len(rows) == AT_ONCE or letters > LETTERS:
                write_group()
                letters = 0
        if rows:
            write_group()
