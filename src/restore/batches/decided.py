"""What a person decided in a review of a text that a batch wrote: it lies beside the text."""

from __future__ import annotations

import os
from pathlib import Path

from restore.batches.storage import TEXTS, is_url
from restore.reviews.decisions import ENDING, dumped, read


def decided(output: str) -> dict[str, str]:
    """The decisions that lie in an output on this machine, by the texts, which are named below it.

    Raises InputError if some of them are damaged.
    """
    if is_url(output):
        return {}
    found: dict[str, str] = {}
    for folder, _, names in os.walk(Path(output, TEXTS)):
        for name in names:
            if name.endswith(ENDING):
                path = Path(folder, name)
                if decisions := read(path, 0):
                    text = path.relative_to(output).as_posix().removesuffix(ENDING)
                    found[text] = dumped(decisions.values())
    return found
