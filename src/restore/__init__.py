"""Give right-to-left text back its order.

``restore_text(raw)`` mends a text that an extractor scrambled; ``restore`` does the same to a
``Document``; ``replay`` and ``undo`` repeat and take back what was changed. ``process_batch``
mends many files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from restore.batches.batch import process_batch
    from restore.change import Arrange, Change, Edit, Finding, Mark, Reorder, replay, undo
    from restore.formats.txt import read
    from restore.model import Document, Ends, Kind, Line, Page, Place
    from restore.pipeline import Config, Restored, restore, restore_text

# Loaded when first asked for, so that the command line answers at once.
_HOMES = {
    "restore.batches.batch": ("process_batch",),
    "restore.change": (
        "Arrange",
        "Change",
        "Edit",
        "Finding",
        "Mark",
        "Reorder",
        "replay",
        "undo",
    ),
    "restore.formats.txt": ("read",),
    "restore.model": ("Document", "Ends", "Kind", "Line", "Page", "Place"),
    "restore.pipeline": ("Config", "Restored", "restore", "restore_text"),
}

__all__ = [
    "Arrange",
    "Change",
    "Config",
    "Document",
    "Edit",
    "Ends",
    "Finding",
    "Kind",
    "Line",
    "Mark",
    "Page",
    "Place",
    "Reorder",
    "Restored",
    "process_batch",
    "read",
    "replay",
    "restore",
    "restore_text",
    "undo",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
