"""PDFs made by real producers: each line of text on a line of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

EZRA = Path("/usr/share/fonts/truetype/ezra/SILEOT.ttf")  # Debian: fonts-sil-ezra
STYLE = (
    "@page {{ size: 200mm; margin: 10mm }} body {{ font: 16px '{}'; direction: rtl }}"
    " p {{ white-space: nowrap; margin: 0 0 8px }}"
)


def weasyprint(lines: Sequence[str], font: str = "Ezra SIL") -> bytes:
    """The lines, which may have tags of HTML, as WeasyPrint typesets them."""
    from weasyprint import HTML

    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    made = HTML(string=f"<style>{STYLE.format(font)}</style>{paragraphs}").write_pdf()
    assert isinstance(made, bytes)
    return made


def fpdf2(lines: Sequence[str]) -> bytes:
    """The lines as fpdf2 typesets them, shaped by HarfBuzz."""
    from fpdf import FPDF

    assert EZRA.exists(), "there is no Ezra SIL; apt install fonts-sil-ezra"
    page = FPDF(unit="pt", format=(600, 600))
    page.add_page()
    page.add_font("ezra", fname=EZRA)
    page.set_font("ezra", size=16)
    page.set_text_shaping(True, direction="rtl", script="hebr", language="heb")
    for line in lines:
        page.cell(text=line, w=540, h=26, align="R", new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def distilled(data: bytes) -> bytes:
    """A PDF as Ghostscript writes it anew."""
    program = which("gs")
    assert program, "there is no Ghostscript; apt install ghostscript"
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.pdf", Path(folder) / "after.pdf"
        before.write_bytes(data)
        options = ["-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={after}"]
        subprocess.run([program, *options, str(before)], check=True, capture_output=True)
        return after.read_bytes()
