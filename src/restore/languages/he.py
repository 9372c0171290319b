"""Hebrew, of all times: biblical, rabbinic (with its Aramaic) and modern."""

from pathlib import Path

from restore.languages import Language

LANGUAGE = Language(
    code="he",
    name="Hebrew",
    letters="\u05d0-\u05ea\u05ef-\u05f2\ufb1d-\ufb4f",
    finals=frozenset("ךםןףץ"),
    clitics="והבלמשכד",
    weights=Path(__file__).with_name("he.pairs"),
    junctions=Path(__file__).with_name("he.junctions"),
    marks=Path(__file__).with_name("he.marks"),
    frequencies="he",
)
