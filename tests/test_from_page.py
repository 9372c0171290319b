from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from caps import capitals, hebrew
from pages import pdf
from test_pdf import words

from restore.change import undo
from restore.formats import txt
from restore.formats.pdf import read
from restore.pipeline import restore

SEEN = ["FED 152 CBA", "(LK) JI HG", "UTS RQP ONM", ".CB RQ HG", "UTSR QPO NMLK"]
READ = ["ABC 152 DEF", "GH IJ (KL)", "MNO PQR STU", "GH QR BC.", "KLMN OPQ RSTU"]


def page() -> bytes:
    return pdf([run for i, line in enumerate(SEEN) for run in words(line, 540 - 20 * i)])


@pytest.mark.parametrize(
    "raw",
    [
        ["DEF 152 ABC", "(KL) IJ GH", "STU  PQR  MNO", ".BC QR GH"],
        ["FED 152 CBA", ")LK( JI HG", "UTS RQP ONM", ".CB RQ HG"],
        ["ABC152 DEF", "GH IJ )KL(", "PQR STUMNO", "BC GH QR."],
        ["\u202bABC 152 DEF\u202c", "GH IJ (KL)", "MNO PQR STU", "GH QR BC."],
    ],
    ids=["words in reverse", "letters in reverse", "runs", "controls"],
)
def test_lines_take_the_order_of_their_page(raw: list[str]) -> None:
    document = txt.read(hebrew("\n".join(raw)))
    restored = restore(document, page=read(page()))
    plain = restored.page_text.replace("\u202b", "").replace("\u202c", "")
    assert capitals(plain).split("\n") == READ[:4]
    assert undo(restored.document, restored.changes) == document


def test_letters_of_the_text_stay_where_the_page_has_others() -> None:
    raw = "RSTU OPQ KLMA\n\nTHIS IS NOT ON IT"
    restored = restore(txt.read(hebrew(raw)), page=read(page()))
    assert capitals(restored.page_text).split("\n")[0] == "KLMA OPQ RSTU"


def test_a_text_that_is_in_order_stays_to_the_byte() -> None:
    raw = hebrew("  ".join(READ[:1]) + "\r\n" + "\r\n".join(READ[1:]) + "\r\n")
    restored = restore(txt.read(raw), page=read(page()))
    assert restored.page_text == raw


def test_the_command_takes_the_page(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(page())
    (tmp_path / "raw.txt").write_text(hebrew("DEF 152 ABC\n(KL) IJ GH\n"))
    command = [sys.executable, "-m", "restore", "fix", "raw.txt", "--keep-lines", "--page"]
    done = subprocess.run([*command, "book.pdf"], capture_output=True, text=True, cwd=tmp_path)
    assert capitals(done.stdout) == "ABC 152 DEF\nGH IJ (KL)\n"
    done = subprocess.run([*command, "raw.txt"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "restore: raw.txt is no PDF; give the one that raw.txt was extracted from\n"
    )
