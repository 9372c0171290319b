"""Typeset the sample documents, extract their text and write down what each printed line says.

Every `samples/source/NAME.txt` is typeset by LibreOffice and by WeasyPrint, and each PDF is read
by Apache Tika, pdf.js and pdfminer.six. `samples/README.md` tells what is written.
"""

from __future__ import annotations

import argparse
import ctypes
import html
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from string import Template

SCRIPTS = Path(__file__).resolve().parent
SAMPLES = SCRIPTS.parent / "samples"
SOURCE = SAMPLES / "source"
STYLES = {
    "# ": "title",
    "## ": "heading",
    "|| ": "stanza",
    "| ": "line",
    "- ": "bullet",
    "~ ": "entry",
    "> ": "far",
    "": "text",
}
RUN = re.compile(r"\*\*(?P<bold>.+?)\*\*|\{(?P<small>.+?)\}|(?P<plain>[^*{]+)")
# Baselines closer than this many points are one printed line.
SAME_BASELINE = 3.0
DASHES = ("-", "–", "־")
MIRRORED = str.maketrans(")]}>", "([{<")
PACKAGES = ("weasyprint", "extractous", "pdfminer.six", "pypdfium2")
INSTALL = {
    "soffice": "apt-get install libreoffice-writer culmus fonts-dejavu-core",
    "node": "apt-get install nodejs, 20.19 or later",
    "pdfjs-dist": "npm install pdfjs-dist, and name its node_modules with --node-modules",
}


@dataclass(frozen=True)
class Markup:
    """How a typesetter's input format writes paragraphs, styled runs, tabs and page numbers."""

    template: str
    paragraph: str
    run: str
    tab: str
    page_number: str


FODT = Markup(
    template="template.fodt",
    paragraph='<text:p text:style-name="{style}">{text}</text:p>',
    run='<text:span text:style-name="{style}">{text}</text:span>',
    tab="<text:tab/>",
    page_number="<text:page-number/>",
)
HTML = Markup(
    template="template.html",
    paragraph='<p class="{style}"><span>{text}</span></p>',
    run='<span class="{style}">{text}</span>',
    tab="</span><span>",
    page_number='" counter(page) "',
)


@dataclass(frozen=True)
class Block:
    """One paragraph of a source: the style it is set in and its runs of one style each."""

    style: str
    runs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The words of the paragraph in logical order, without marks."""
        return " ".join("".join(text for _, text in self.runs).split())


@dataclass(frozen=True)
class Document:
    """A source document: its page settings and its paragraphs in reading order."""

    name: str
    settings: dict[str, str]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Line:
    """A printed line in logical order, and its part in the document."""

    text: str
    ends_paragraph: bool = False
    is_furniture: bool = False


def read_source(path: Path) -> Document:
    """Return the document that a marked-up source file describes."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    settings = {"head": "", "foot": ""} | dict(row.split(": ", 1) for row in head.splitlines())
    settings["width"], settings["height"] = settings.pop("page").split()
    settings["vertical"], settings["side"] = settings.pop("margin").split()
    settings["column"] = str(int(settings["width"]) - 2 * int(settings["side"]))
    settings["small"] = f"{float(settings['size']) - 2:g}"
    blocks: list[Block] = []
    opening = "-first"
    for row in body.splitlines():
        if row == "===":
            opening = "-page"
            continue
        prefix = next(prefix for prefix in STYLES if row.startswith(prefix))
        marked = row.removeprefix(prefix)
        if STYLES[prefix] == "bullet":
            marked = "• " + marked
        runs = tuple((m.lastgroup or "", m[m.lastgroup or 0]) for m in RUN.finditer(marked))
        blocks.append(Block(STYLES[prefix] + opening, runs))
        opening = ""
    return Document(path.stem, settings, tuple(blocks))


def marked_up(document: Document, markup: Markup) -> str:
    """Return the document as input for a typesetter."""
    body = []
    for block in document.blocks:
        text = ""
        for style, run in block.runs:
            escaped = html.escape(run, quote=False)
            text += escaped if style == "plain" else markup.run.format(style=style, text=escaped)
        text = text.replace("\t", markup.tab)
        body.append(markup.paragraph.format(style=block.style, text=text))
    furniture = {
        key: document.settings[key].replace("{page}", markup.page_number)
        for key in ("head", "foot")
    }
    template = Template((SOURCE / markup.template).read_text(encoding="utf-8"))
    return template.substitute(document.settings | furniture, body="\n".join(body))


def typeset_with_libreoffice(document: Document, pdf: Path) -> None:
    """Write the document to a PDF with LibreOffice Writer."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, pdf.name).with_suffix(".fodt")
        source.write_text(marked_up(document, FODT), encoding="utf-8")
        # A profile of its own keeps the user's settings, and a running office, out of it.
        profile = f"-env:UserInstallation={Path(scratch, 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", str(source)]
        subprocess.run(
            [*command, "--outdir", str(pdf.parent)], check=True, stdout=subprocess.DEVNULL
        )


def typeset_with_weasyprint(document: Document, pdf: Path) -> None:
    """Write the document to a PDF with WeasyPrint."""
    import weasyprint

    weasyprint.HTML(string=marked_up(document, HTML)).write_pdf(pdf)


def glyphs_by_line(pdf: Path) -> list[list[str]]:
    """Return, for each page from the top down, the visible characters of each printed line.

    The order of the characters within a line means nothing.
    """
    import pypdfium2

    raw = pypdfium2.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    pages = []
    for page in pypdfium2.PdfDocument(pdf):
        text_page = page.get_textpage()
        placed = []
        for index in range(text_page.count_chars()):
            character = chr(raw.FPDFText_GetUnicode(text_page, index))
            if not raw.FPDFText_IsGenerated(text_page, index) and not character.isspace():
                raw.FPDFText_GetCharOrigin(text_page, index, x, y)
                placed.append((-y.value, character))
        lines: list[str] = []
        last = -float("inf")
        for height, character in sorted(placed):
            if height - last > SAME_BASELINE:
                lines.append("")
            lines[-1] += character
            last = height
        pages.append(lines)
    return pages


def visible(text: str) -> Counter[str]:
    """Return how often each visible character stands in a text, the brackets of a pair as one."""
    return Counter("".join(text.split()).translate(MIRRORED))


def cut_line(text: str, glyphs: str) -> tuple[str, str]:
    """Return the beginning of a text that fills a printed line, and the rest of the text."""
    ends = [index for index, character in enumerate(text, 1) if not character.isspace()]
    end = ends[min(len(glyphs), len(ends)) - 1]
    line, rest = text[:end], text[end:]
    if visible(line) != visible(glyphs):
        raise ValueError(f"the page has {glyphs!r} where the source has {line!r}")
    if rest[:1].strip() and not line.endswith(DASHES):
        raise ValueError(f"a line of the page ends within a word: {line!r}")
    return line, rest.lstrip()


def true_pages(document: Document, pdf: Path) -> list[list[Line]]:
    """Return the printed lines of each page, with the words of the source in their order."""
    settings, texts = document.settings, [block.text for block in document.blocks]
    pages = []
    for number, printed in enumerate(glyphs_by_line(pdf), int(settings["first"])):
        lines = []
        for place, glyphs in enumerate(printed):
            edge = {0: "head", len(printed) - 1: "foot"}.get(place, "")
            if furniture := settings.get(edge, "").replace("{page}", str(number)):
                lines.append(Line(cut_line(furniture, glyphs)[0], is_furniture=True))
                continue
            text, texts[0] = cut_line(texts[0], glyphs)
            lines.append(Line(text, ends_paragraph=not texts[0]))
            if not texts[0]:
                del texts[0]
        pages.append(lines)
    joined = "".join(line.text for page in pages for line in page if not line.is_furniture)
    source = "".join(block.text for block in document.blocks)
    if "".join(joined.split()) != "".join(source.split()):
        raise ValueError(f"the lines of {pdf.name} do not add up to the source")
    return pages


def extract_with_tika(pdf: Path) -> str:
    """Return the text that Apache Tika, run by extractous, finds in a PDF."""
    import extractous

    text, _ = extractous.Extractor().extract_file_to_string(str(pdf))
    return str(text)


def extract_with_pdfminer(pdf: Path) -> str:
    """Return the text that pdfminer.six finds in a PDF."""
    import pdfminer.high_level

    return str(pdfminer.high_level.extract_text(pdf))


def extract_with_pdfjs(pdf: Path, node_modules: Path) -> str:
    """Return the text that pdf.js finds in a PDF."""
    command = ["node", str(SCRIPTS / "pdfjs_text.mjs"), str(node_modules), str(pdf)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")


def write_samples(document: Document, producer: str, pdf: Path, node_modules: Path) -> None:
    """Write the true lines of a typeset document, what they are, and its extractions."""
    pages = true_pages(document, pdf)
    lines = [line for page in pages for line in page]
    facts = {
        "producer": producer,
        "paragraph_end_lines": [n for n, line in enumerate(lines) if line.ends_paragraph],
        "furniture_lines": [n for n, line in enumerate(lines) if line.is_furniture],
    }
    outputs = {
        "true.txt": "\f".join("".join(line.text + "\n" for line in page) for page in pages),
        "json": json.dumps(facts) + "\n",
        "tika.raw.txt": extract_with_tika(pdf),
        "pdfjs.raw.txt": extract_with_pdfjs(pdf, node_modules),
        "pdfminer.raw.txt": extract_with_pdfminer(pdf),
    }
    for ending, text in outputs.items():
        # Bytes, because text mode could translate the newlines of an extraction.
        (SAMPLES / f"{document.name}.{producer}.{ending}").write_bytes(text.encode("utf-8"))
    print(f"{document.name}.{producer}: {len(pages)} pages, {len(lines)} lines")


def what_is_missing(node_modules: Path) -> list[str]:
    """Return, for each program or package that is not there, its name and how to install it."""
    there: dict[str, object] = {name: shutil.which(name) for name in ("soffice", "node")}
    there["pdfjs-dist"] = next(node_modules.glob("pdfjs-dist/legacy/build/pdf.mjs"), None)
    for package in PACKAGES:
        there[package] = importlib.util.find_spec(package.partition(".")[0])
    return [
        f"{name} ({INSTALL.get(name, f'pip install {name}')})" for name in there if not there[name]
    ]


def main() -> int:
    """Make the samples that the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description="Make the sample extractions in samples/.")
    add = parser.add_argument
    add("names", nargs="*", help="documents to make, as in samples/source (default: all)")
    add("--keep-pdf", type=Path, metavar="DIR", help="keep the PDFs in DIR")
    add(
        "--node-modules",
        type=Path,
        metavar="DIR",
        default=Path("node_modules"),
        help="where pdfjs-dist is installed (default: %(default)s)",
    )
    options = parser.parse_args()
    if missing := what_is_missing(options.node_modules):
        print(f"make_samples: missing: {'; '.join(missing)}", file=sys.stderr)
        return 3
    producers = {"libreoffice": typeset_with_libreoffice, "weasyprint": typeset_with_weasyprint}
    names = options.names or sorted(path.stem for path in SOURCE.glob("*.txt"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep_pdf or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for document in [read_source(SOURCE / f"{name}.txt") for name in names]:
            for producer, typeset in producers.items():
                pdf = folder / f"{document.name}.{producer}.pdf"
                typeset(document, pdf)
                write_samples(document, producer, pdf, options.node_modules)
    return 0


if __name__ == "__main__":
    sys.exit(main())
