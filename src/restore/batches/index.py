"""The page that shows what came of a batch: which files were damaged, how, the worst first."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from restore import __version__
from restore.batches.file import DAMAGED, FAILURES, MENDED, Result
from restore.batches.storage import shown

MOST = 1000  # files of a list; a page with more is slow to open


@dataclass(slots=True)
class Tally:
    """What is counted over all files, as they pass."""

    outcomes: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)  # that have a damage
    times: Counter[str] = field(default_factory=Counter)  # that a damage was found
    layers: Counter[str] = field(default_factory=Counter)

    def counted(self, results: Iterable[Result]) -> Iterator[Result]:
        """The same results, counted."""
        for result in results:
            self.outcomes[result.outcome] += 1
            self.files.update(result.damages.keys())
            self.times.update(result.damages)
            self.layers.update(result.layers)
            yield result


def page(
    tally: Tally, worst: Iterable[Result], failed: Iterable[Result], tables: Sequence[str]
) -> str:
    """The page, with nothing that it would have to fetch.

    ``worst`` are the damaged files, the worst first, and ``failed`` those that nothing came of;
    ``tables`` are the files of Parquet beside it.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("restore", "templates"),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    template = environment.get_template("batch.html")
    return template.render(
        told=_told(tally),
        worst=[_file(result) for result in worst],
        failed=[_file(result) for result in failed],
        tables=tables,
    )


def _told(tally: Tally) -> dict[str, Any]:
    damaged = tally.outcomes[DAMAGED] + tally.outcomes[MENDED]
    failed = sum(tally.outcomes[outcome] for outcome in FAILURES)
    files = tally.outcomes.total()
    return {
        "version": __version__,
        "files": files,
        "damaged": damaged,
        "failed": failed,
        "share": damaged / max(files - failed, 1),
        "outcomes": tally.outcomes.most_common(),
        "damages": [(name, count, tally.times[name]) for name, count in tally.files.most_common()],
        "layers": tally.layers.most_common(),
    }


def _file(result: Result) -> dict[str, Any]:
    counts = result.damages | {f"pages {layer}": n for layer, n in result.layers.items()}
    return {
        "name": shown(result.name),
        "outcome": result.outcome,
        "error": result.error,
        "damage": result.damage,
        "how": ", ".join(f"{name} {count}" for name, count in counts.items()),
        "doubts": result.doubts,
        "confidence": result.confidence,
        "changes": result.changes,
        "text": quote(os.fsencode(result.text)),
        "record": quote(os.fsencode(result.record)),
        "report": quote(os.fsencode(result.report)),
    }
