"""The report: one page of HTML that shows what was changed, with nothing to load but itself."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from restore.compare.facts import summary, told
from restore.compare.moves import Diff, recorded
from restore.compare.stacked import RIGHT_TO_LEFT
from restore.damage import DAMAGES
from restore.pipeline import Restored
from restore.view import View, compared_views, restored_views, view_data

LONG = 60  # lines of a section; a page of more is cut, so that it is drawn in an instant; a guess
MEANINGS = {damage.name: damage.meaning for damage in DAMAGES}


@dataclass(frozen=True, slots=True)
class Reported:
    """A document to report on: its name, language and lines, and what happened in one sentence.

    ``images`` are those of lines as they are printed, in WebP, by the first line of their view.
    """

    name: str
    language: str
    views: Sequence[View]
    summary: str
    images: dict[int, bytes] = field(default_factory=dict)


class Section(NamedTuple):
    """Lines that are drawn together: those of a page, or of a part of a long one."""

    title: str
    views: list[View]

    @property
    def changed(self) -> int:
        """How many of them changed."""
        return sum(bool(view.told) for view in self.views)

    @property
    def doubtful(self) -> int:
        """How many of them are in doubt."""
        return sum(any(note.doubt for note in view.notes) for view in self.views)


def of_restored(restored: Restored) -> Reported:
    """What is to be reported of a restoration."""
    document = restored.document
    diff = recorded(restored.original, document)
    views = restored_views(restored, diff)
    told_of = summary(diff, told(diff).counts)
    return Reported(document.source.name, document.language, views, told_of)


def of_texts(name: str, diff: Diff, counts: dict[str, int]) -> Reported:
    """What is to be reported of two texts, ``counts`` being those of ``facts.told``."""
    return Reported(name, "", compared_views(diff), summary(diff, counts))


def report(documents: Iterable[Reported]) -> str:
    """The page about some documents, as HTML.

    All text is escaped; lines stand in it as data and are drawn when they come into sight.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    shown = [_shown(document) for document in documents]
    environment = Environment(
        loader=PackageLoader("restore", "web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    title = ", ".join(document["name"] for document in shown)
    data = [document.pop("data") for document in shown]
    return environment.get_template("report.html").render(
        title=title, documents=shown, data=_embedded(data)
    )


def sections(views: Sequence[View]) -> Iterator[Section]:
    """The lines of each page, and of each ``LONG`` lines of a page that has more."""
    pages = [list(group) for _, group in groupby(views, key=lambda view: view.page)]
    for page in pages:
        name = f"page {page[0].page + 1}" if len(pages) > 1 else ""
        for start in range(0, len(page), LONG):
            part = page[start : start + LONG]
            lines = f"lines {part[0].first + 1}–{part[-1].last + 1}"
            yield Section(", ".join(filter(None, (name, lines))), part)


def _shown(document: Reported) -> dict[str, Any]:
    parts = list(sections(document.views))
    lines = "".join(row.text for view in document.views[:LONG] for row in view.stack.above)
    return {
        "name": document.name,
        "summary": document.summary,
        "lines": len(document.views),
        "changed": sum(part.changed for part in parts),
        "doubtful": sum(part.doubtful for part in parts),
        "damages": _damages(document.views),
        "sections": parts,
        "data": {
            "language": document.language,
            "direction": "rtl" if RIGHT_TO_LEFT.search(lines) else "ltr",
            "sections": [[_data(view, document) for view in part.views] for part in parts],
        },
    }


def _data(view: View, document: Reported) -> dict[str, Any]:
    found = view_data(view)
    if view.first in document.images:
        image = b64encode(document.images[view.first]).decode()
        found["image"] = f"data:image/webp;base64,{image}"
    return found


def _damages(views: Iterable[View]) -> list[dict[str, Any]]:
    """What was found: name, meaning, changes and doubts of each damage, most frequent first."""
    found = Counter((note.damage, note.doubt) for view in views for note in view.notes)
    names = sorted({name for name, _ in found}, key=lambda name: (-found[name, False], name))
    return [
        {
            "name": name,
            "meaning": MEANINGS.get(name, ""),
            "changes": found[name, False],
            "doubts": found[name, True],
        }
        for name in names
    ]


def _embedded(data: object) -> str:
    """JSON that can stand inside of a script element, whatever is in its strings."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
