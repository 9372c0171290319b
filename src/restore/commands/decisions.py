"""How ``restore fix`` heeds the decisions of a review that lie beside its output."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from restore.files import STREAM
from restore.model import Document

if TYPE_CHECKING:
    from restore.pipeline import Config, Restored
    from restore.reviews.decisions import Honoured

SHOWN = 5  # decisions that are named when they are left out


@dataclass(frozen=True, slots=True)
class Heeded:
    """The decisions about one document, if there are any."""

    path: Path | None = None
    honoured: Honoured | None = None

    def asked_of(self, config: Config) -> Config:
        """What is asked of the restoration, with what a person decided."""
        if self.honoured is None:
            return config
        refused = config.refused | self.honoured.refused
        return replace(config, refused=refused, decided=self.honoured.decided)

    def outcome(self, result: Restored) -> tuple[int, list[str]]:
        """How many decisions the restoration has heeded, and the names of those left out."""
        from restore.reviews.decisions import not_carried_out

        if self.honoured is None:
            return 0, []
        refused, decided, misfits = self.honoured
        lost = not_carried_out(decided, result)
        names = [decision.id for decision in misfits] + [change.id for change in lost]
        return len(refused) + len(decided) - len(lost), names

    def told(self, result: Restored) -> Iterator[str]:
        """What is to be said of the decisions when the restoration is done."""
        if self.honoured is None:
            return
        number, names = self.outcome(result)
        yield f"{number} decision{'' if number == 1 else 's'} of {self.path} heeded"
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield (
                f"{len(names)} left out, made for another text: {', '.join(names[:SHOWN])}{more}"
            )


def kept(
    documents: Sequence[Document], outputs: Sequence[str], record: str | None, wanted: bool
) -> list[Heeded]:
    """The decisions that lie beside each output, or beside the record of changes.

    Raises InputError if they are damaged.
    """
    if not wanted or (record is None and set(outputs) <= {STREAM}):
        return [Heeded()] * len(documents)
    from restore.reviews.decisions import beside, honoured, read

    found: list[Heeded] = []
    for at, (document, output) in enumerate(zip(documents, outputs, strict=True)):
        path = beside(output, record)
        decisions = read(path, outputs[:at].count(output)) if path else {}
        found.append(
            Heeded(path, honoured(decisions.values(), document)) if decisions else Heeded()
        )
    return found


def output_of(output: str, record: str) -> str | None:
    """The path of an output from the folder of its record; None if it is printed."""
    if output == STREAM:
        return None
    folder = "." if record == STREAM else os.path.dirname(record) or "."  # noqa: PTH120
    try:
        return os.path.relpath(output, folder)
    except ValueError:  # another drive of Windows
        return str(Path(output).absolute())
