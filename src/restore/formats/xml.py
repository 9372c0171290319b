"""What the formats in XML have in common: how they are told, opened and written."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any

import regex

from restore.languages import Language, language

START = 4096  # bytes in which a file has to say what it is
# The first element, behind the declaration, comments and the type of the document.
FIRST = regex.compile(
    rb"(?s)(?:\xef\xbb\xbf)?"
    rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
    rb"<(?:[\w.-]+:)?([\w.-]+)[\s/>]"
)
FOREIGN = regex.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
LOST = "\ufffd"
UNKNOWN = "und"


def is_rooted(data: bytes, root: bytes) -> bool:
    """Whether what was read is XML whose outermost element is called ``root``, by how it begins."""
    found = FIRST.match(data[:START])
    return found is not None and found.group(1) == root


def parsed(data: bytes, name: str, kind: str) -> Any:
    """The outermost element. Raises ValueError, which says where, if it is no XML."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(
            f"{name} is {kind} that is damaged in line {error.lineno}; give another copy of it"
        ) from None


def written(root: Any) -> str:
    """A file with an outermost element."""
    from lxml import etree

    text = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def legible(text: str) -> str:
    """The text with a replacement for each character that XML cannot hold."""
    return FOREIGN.sub(LOST, text)


def written_in(text: str, code: str) -> Language | None:
    """The language called ``code``, if it is known and the text has letters of it."""
    facts = language(code)
    return facts if code != UNKNOWN and regex.search(f"[{facts.letters}]", text) else None


def number(element: Any, key: str) -> float:
    """The number in an attribute; not-a-number if there is none."""
    try:
        return float(element.get(key, "nan"))
    except ValueError:
        return nan


def share(element: Any, key: str) -> float:
    """The number from 0 to 1 in an attribute; not-a-number if there is none."""
    told = number(element, key)
    return min(max(told, 0.0), 1.0) if isfinite(told) else nan


def ordered(elements: Sequence[Any], ranks: dict[str, int], key: str = "ID") -> list[Any]:
    """Blocks or lines in the order of reading, by the ranks of what their ``key`` names.

    What has no rank follows what it stands behind.
    """
    keys: list[int] = []
    for element in elements:
        # What is named may be the element, or what it stands in, or a line that stands in it.
        names = [each.get(key) for each in (element, *element.iterancestors())]
        names += [line.get(key) for line in element.iterfind("{*}TextLine")]
        own = next((ranks[name] for name in names if name in ranks), None)
        keys.append((keys[-1] if keys else -1) if own is None else own)
    order = sorted(range(len(elements)), key=keys.__getitem__)
    return [elements[i] for i in order]
