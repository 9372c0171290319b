"""What is particular to each language: facts as data, and the weights trained for it.

The folder is the list: a module here is a language, named by its ISO 639-1 code; ``und`` is the
code of ISO 639-2 for a language that is not determined.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Language:
    """Facts about one language.

    ``letters`` is a regular expression class of its letters; ``finals`` are letters that only end
    a word; ``clitics`` are one-letter words written together with the next word; ``weights`` is
    the file of its pair model, ``junctions`` that of its net of junctions, ``marks`` that of its
    mark model (none is there of a language of which nothing is known); ``frequencies`` its
    code in ``wordfreq``.
    """

    code: str
    name: str
    letters: str
    finals: frozenset[str]
    clitics: str
    weights: Path
    junctions: Path
    marks: Path
    frequencies: str


def codes() -> tuple[str, ...]:
    """The codes of all languages there are."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def language(code: str) -> Language:
    """The language called ``code``. Raises ValueError, naming all, if there is none."""
    if code not in codes():
        raise ValueError(f"unknown language {code!r}; there is: {', '.join(codes())}")
    found = import_module(f"{__name__}.{code}").LANGUAGE
    assert isinstance(found, Language)
    return found
