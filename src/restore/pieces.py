"""Where the characters of a line came from: pieces of a page, cut, turned around and joined."""

from __future__ import annotations

from collections.abc import Iterable

from restore.model import Inserted, Piece, Span


def piece_origins(origins: tuple[Piece, ...], start: int, stop: int) -> list[Piece]:
    """The origins of the characters ``start`` to ``stop`` of a line that has ``origins``."""
    found: list[Piece] = []
    at = 0
    for origin in origins:
        length = origin_length(origin)
        low, high = max(start - at, 0), min(stop - at, length)
        if low < high:
            found.append(_part(origin, low, high))
        at += length
        if at >= stop:
            break
    return found


def origin_length(origin: Piece) -> int:
    """How many characters of a line an origin stands for."""
    return len(origin.text) if isinstance(origin, Inserted) else origin.stop - origin.start


def _part(origin: Piece, low: int, high: int) -> Piece:
    if isinstance(origin, Inserted):
        return Inserted(origin.text[low:high])
    if origin.step == 1:
        return Span(origin.start + low, origin.start + high, 1)
    return Span(origin.stop - high, origin.stop - low, -1)


def backwards(origins: list[Piece]) -> list[Piece]:
    """The origins of a stretch that is read backwards."""
    return [
        Inserted(origin.text[::-1])
        if isinstance(origin, Inserted)
        else Span(origin.start, origin.stop, -origin.step)
        for origin in reversed(origins)
    ]


def joined(origins: list[Piece]) -> tuple[Piece, ...]:
    """The same origins in as few runs as there can be."""
    runs: list[Piece] = []
    for origin in origins:
        last = runs[-1] if runs else None
        if isinstance(origin, Span) and isinstance(last, Span) and origin.step == last.step:
            if origin.step == 1 and last.stop == origin.start:
                runs[-1] = Span(last.start, origin.stop, 1)
                continue
            if origin.step == -1 and origin.stop == last.start:
                runs[-1] = Span(origin.start, last.stop, -1)
                continue
        elif isinstance(origin, Inserted) and isinstance(last, Inserted):
            runs[-1] = Inserted(last.text + origin.text)
            continue
        runs.append(origin)
    return tuple(runs)


def stretches(places: Iterable[int]) -> list[Span]:
    """Single characters, by their places in the order of reading, as few stretches."""
    found: list[Span] = []
    for at in places:
        if found and found[-1].stop == at:
            found[-1] = Span(found[-1].start, at + 1)
        else:
            found.append(Span(at, at + 1))
    return found
