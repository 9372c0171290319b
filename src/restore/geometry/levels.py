"""Embedding levels: the rules of UAX #9 that text without controls of direction needs.

Unicode Standard Annex #9, https://www.unicode.org/reports/tr9: W1 to W7, N0 to N2, I1 and I2,
for one line with a known base direction.
"""

from __future__ import annotations

from itertools import groupby

from restore.geometry.glyphs import direction

_OPEN = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "〈": "〉"}
_CLOSED = {close: open_ for open_, close in _OPEN.items()}
_NEUTRAL = ("B", "S", "WS", "ON")
_SEPARATED = {("EN", "ES"), ("EN", "CS"), ("AN", "CS")}  # numbers, and what may part two: W4
_STACK = 63  # brackets that can be open at once: BD16


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character of a line whose base level is 0 or 1.

    >>> levels("אב 12 ab", 1)
    [1, 1, 1, 2, 2, 1, 2, 2]
    """
    kinds = [direction(character) for character in text]
    if base == 1 and all(
        kind in ("R", "WS", "ON", "NSM", "CS", "ES", "ET", "BN") for kind in kinds
    ):
        return [1] * len(kinds)
    kinds = ["ON" if kind in ("BN", "LRM", "RLM") else kind for kind in kinds]
    around = "R" if base else "L"
    _weak(kinds, around)
    _brackets(text, kinds, around)
    _neutral(kinds, around)
    found = []
    for kind in kinds:
        if base == 0:
            found.append(1 if kind == "R" else 2 if kind in ("AN", "EN") else 0)
        else:
            found.append(1 if kind == "R" else 2)
    return found


def _weak(kinds: list[str], around: str) -> None:
    """W1 to W7."""
    _letters_before(kinds, around)
    for i in range(1, len(kinds) - 1):  # W4
        last, kind, after = kinds[i - 1 : i + 2]
        if last == after and (last, kind) in _SEPARATED:
            kinds[i] = last
    start = 0
    for kind, run in groupby(list(kinds)):  # W5
        stop = start + sum(1 for _ in run)
        if kind == "ET" and "EN" in (kinds[start - 1 : start] + kinds[stop : stop + 1]):
            kinds[start:stop] = ["EN"] * (stop - start)
        start = stop
    strong = around
    for i, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[i] = "ON"  # W6
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"  # W7


def _letters_before(kinds: list[str], around: str) -> None:
    """W1 to W3: marks are as their letters, numbers after Arabic letters are Arabic ones."""
    strong = before = around
    for i, kind in enumerate(kinds):
        if kind == "NSM":
            kind = kinds[i] = before
        before = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[i] = "AN"
    for i, kind in enumerate(kinds):
        if kind == "AL":
            kinds[i] = "R"


def _strong(kind: str) -> str:
    return "R" if kind in ("EN", "AN", "R") else "L" if kind == "L" else ""


def _brackets(text: str, kinds: list[str], around: str) -> None:
    """N0: pairs of brackets take the direction of what is in them, or of what is before them."""
    for start, stop in sorted(_pairs(text, kinds)):
        inside = {_strong(kind) for kind in kinds[start + 1 : stop]} - {""}
        if not inside:
            continue
        side = around
        if around not in inside:
            before = next((s for k in reversed(kinds[:start]) if (s := _strong(k))), around)
            side = before
        kinds[start] = kinds[stop] = side


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """Where brackets open and close: BD16."""
    stack: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for i, character in enumerate(text):
        if kinds[i] != "ON":
            continue
        if character in _OPEN:
            if len(stack) == _STACK:
                break
            stack.append((character, i))
        elif character in _CLOSED:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == _CLOSED[character]:
                    pairs.append((stack[depth][1], i))
                    del stack[depth:]
                    break
    return pairs


def _neutral(kinds: list[str], around: str) -> None:
    """N1 and N2."""
    i = 0
    while i < len(kinds):
        if kinds[i] not in _NEUTRAL:
            i += 1
            continue
        stop = i
        while stop < len(kinds) and kinds[stop] in _NEUTRAL:
            stop += 1
        before = _strong(kinds[i - 1]) if i else around
        after = _strong(kinds[stop]) if stop < len(kinds) else around
        kinds[i:stop] = [before if before == after else around] * (stop - i)
        i = stop
