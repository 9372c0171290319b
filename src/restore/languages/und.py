"""Any other language: text of which nothing is known but what its page shows."""

from pathlib import Path

from restore.languages import Language

LANGUAGE = Language(
    code="und",
    name="any other",
    letters=r"\p{L}",
    finals=frozenset(),
    clitics="",
    weights=Path(__file__).with_name("und.pairs"),  # not there
    junctions=Path(__file__).with_name("und.junctions"),
    marks=Path(__file__).with_name("und.marks"),
    frequencies="",
)
