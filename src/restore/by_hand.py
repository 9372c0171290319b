"""What a person decided: changes and doubts that were accepted, and lines edited by hand.

A decision is a ``Change``: what is done, the line for which it was decided, and the line that it
gives. It is carried out after all else, so that what a person saw is what comes out.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import takewhile

import regex

from restore.change import Action, Arrange, Change, Edit, Finding, Mark
from restore.model import Inserted, Line, Piece, Place, Span

EDITED_BY_HAND = "edited-by-hand"
REASON = "edited by hand"
PARTS = regex.compile(r"\s+|\S+")


def edited(place: Place, line: Line, text: str) -> Finding:
    """What makes ``text`` of a line: an arrangement if only words were moved, else an edit."""
    return Finding(
        EDITED_BY_HAND, place, _arranged(line.text, text) or _edit(line.text, text), REASON, 1.0
    )


def fitting(change: Change, line: Line) -> Finding | None:
    """What carries out a decision on a line as it is now; None if the line was another then.

    The text that a person wrote holds, whatever the line has become without it.
    """
    finding = change.finding
    if finding.damage == EDITED_BY_HAND:
        return edited(finding.place, line, change.after.text)
    if isinstance(finding.action, Mark) or line.text == change.before.text:
        return finding
    return None


def carried_out(change: Change, line: Line) -> bool:
    """Whether a line is as a person decided."""
    action = change.finding.action
    if isinstance(action, Mark):
        return action.ends in (None, line.ends) and action.kind in (None, line.kind)
    return line.text == change.after.text


def ends_line(change: Change) -> bool:
    """Whether a decision is about how a line ends, which is decided last."""
    action = change.finding.action
    return isinstance(action, Mark) and action.ends is not None


def _edit(before: str, after: str) -> Action:
    start = _shared(before, after)
    tail = _shared(before[start:][::-1], after[start:][::-1])
    return Edit(start, len(before) - tail, after[start : len(after) - tail])


def _shared(text: str, other: str) -> int:
    """How many characters two texts begin with both."""
    pairs = zip(text, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _arranged(before: str, after: str) -> Action | None:
    """The words of a line in another order, each in one piece; None if they are others."""
    places: defaultdict[str, list[Span]] = defaultdict(list)
    for found in PARTS.finditer(before):
        if not found.group().isspace():
            places[found.group()].append(Span(*found.span()))
    pieces: list[Piece] = []
    for part in PARTS.findall(after):
        if part.isspace():
            pieces.append(Inserted(part))
        elif places[part]:
            pieces.append(places[part].pop(0))
        else:
            return None
    return None if any(places.values()) else Arrange(tuple(pieces))
