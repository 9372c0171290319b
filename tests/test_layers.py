from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import restore

HOME = Path(restore.__file__).parent
LONGEST = 350  # lines of a module

# A module may import those named before it, and no other.
LAYERS = (
    "model",
    "pieces",
    "change",
    "parts",
    "by_hand",
    "languages",
    "units",
    "frequencies",
    "pair_model",
    "junctions",
    "mark_model",
    "works.fingerprints",
    "works.library",
    "works.reference",
    "works.matches",
    "works.passages",
    "works.quotes",
    "heads",
    "white_space",
    "tokens",
    "points",
    "cantillation",
    "bidi",
    "geometry.glyphs",
    "geometry.levels",
    "geometry.pdfium",
    "geometry.apart",
    "geometry.to_unicode",
    "geometry.shapes",
    "geometry.glyph_names",
    "geometry.renamed",
    "geometry.pdf_order",
    "geometry.pdf_words",
    "geometry.pdf_glyphs",
    "geometry.rows",
    "geometry.columns",
    "geometry.reading",
    "geometry.accents",
    "geometry.lam_alef",
    "geometry.painting",
    "geometry.piles",
    "geometry.layout",
    "geometry.shifted",
    "geometry.own_layer",
    "geometry.pdf_pages",
    "placed",
    "scans.tesseract",
    "scans.blocks",
    "scans.ink",
    "scans.gutters",
    "scans.spreads",
    "scans.scan",
    "scans.language",
    "scans.turns",
    "scans.second_reading",
    "scans.latin",
    "scans.ocr",
    "works.quoted",
    "evidence",
    "wording",
    "spacing",
    "pieced",
    "order.readings",
    "order.stretched",
    "order.traits",
    "order.prices",
    "order.chunks",
    "order.screen",
    "order.lattice",
    "order.choices",
    "order.second_look",
    "order.chain",
    "order.habits",
    "order.confidence",
    "order.ways",
    "order.weaving",
    "order.partings",
    "order.portions",
    "order.gathered_marks",
    "order.ltr_portions",
    "order.notes",
    "order.rotations",
    "order.portioned",
    "damage",
    "from_page",
    "image_order",
    "rereading",
    "formats",
    "pipeline",
    "compare.words",
    "compare.matching",
    "compare.alignment",
    "compare.intervals",
    "compare.moves",
    "compare.stacked",
    "compare.marks",
    "compare.stacks",
    "compare.facts",
    "view",
    "report",
    "score",
    "calibration",
    "files",
    "kept_pages",
    "reviews.decisions",
    "reviews.review",
    "reviews.page_images",
    "reviews.line_images",
    "reviews.spots",
    "reviews.server",
    "commands.input",
    "commands.options",
    "commands.decisions",
    "commands.quotes",
    "commands.compare",
    "batches.storage",
    "batches.inputs",
    "batches.readers",
    "batches.file",
    "batches.worker",
    "batches.pool",
    "batches.decided",
    "batches.job_store",
    "batches.report",
    "batches.index",
    "batches.batch",
    "batches.cluster",
    "batches.progress",
    "commands.batch",
    "commands.report",
    "commands.mend",
    "commands.output",
    "commands.fix",
    "commands.check",
    "doctor",
    "commands.doctor",
    "commands.review",
    "cli",
    "__main__",
)
# Packages of layers, which are no layer of their own.
GROUPS = ("works", "geometry", "scans", "order", "compare", "reviews", "batches", "commands")
LISTS = ("damage", "languages")  # packages whose __init__ stands above their modules
TOUCH_FILES = {
    "files",
    "kept_pages",
    "reviews.decisions",
    "commands.input",
    "commands.quotes",
    "commands.compare",
    "commands.review",
}
TOUCH_FILES |= {"commands.output", "commands.doctor", "commands.report", "cli", "__main__"}
TOUCH_FILES |= {
    "batches.readers",
    "batches.storage",
    "batches.job_store",
    "batches.worker",
    "commands.batch",
}
# Weights, libraries of quotes and pages are data of the package.
READ_DATA = {
    "pair_model": {"open", "write_bytes"},
    "junctions": {"open", "write_bytes"},
    "mark_model": {"open", "write_bytes"},
    "works.library": {"open"},
    "frequencies": {"open"},
    "reviews.server": {"read_bytes"},
    "formats.image": {"open"},  # an image in memory
    "formats.searchable_pdf": {"open"},
}
OUTSIDE = {"print", "input", "open", "write_text", "write_bytes", "read_text", "read_bytes"}
OUTSIDE |= {"unlink", "mkdir", "rename", "touch", "rmdir", "symlink_to"}


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name below ``restore``."""
    found = {}
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()
LAYERED = [name for name in MODULES if name != "__init__" and name not in GROUPS]


def imported(tree: ast.AST) -> set[str]:
    """The modules of the package that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            names = [node.module or ""]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            below = name.removeprefix("restore.")
            if below != name and below in MODULES and below not in GROUPS:
                found.add(below)
    return found


def layer(name: str) -> int:
    return LAYERS.index(name if name in LAYERS else name.split(".")[0])


@pytest.mark.parametrize("name", LAYERED)
def test_imports_only_go_down_the_list(name: str) -> None:
    """A module that is in no layer is an error: it has to be put in one."""
    for other in imported(MODULES[name]):
        if layer(other) == layer(name):
            own, lists = name.split(".")[0], other.split(".")[0]
            assert own == lists in (*LISTS, "formats")
        else:
            assert layer(other) < layer(name), f"{name} imports {other}"


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_of_layers_only_says_what_it_is(name: str) -> None:
    assert len(MODULES[name].body) == 1


@pytest.mark.parametrize("name", [name for name in LAYERED if name.startswith("damage.")])
def test_damages_do_not_know_each_other(name: str) -> None:
    assert not [other for other in imported(MODULES[name]) if other.startswith("damage")]


def test_every_damage_module_is_in_the_list_of_damages() -> None:
    known = {name for name in MODULES if name.startswith("damage.")}
    assert {name for name in imported(MODULES["damage"]) if name.startswith("damage.")} == known


@pytest.mark.parametrize("name", [name for name in LAYERED if name not in TOUCH_FILES])
def test_only_the_command_line_touches_files_or_prints(name: str) -> None:
    allowed = READ_DATA.get(name, set())
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Call):
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert word not in OUTSIDE - allowed, f"{name}:{node.lineno} calls {word}"


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(MODULES[name])


def test_no_module_is_long() -> None:
    long = {
        path.name: lines
        for path in HOME.rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert not long


def loaded_after(code: str) -> set[str]:
    """The top-level modules that are loaded after ``code`` was run."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_text_repair_loads_nothing_that_needs_a_system_library() -> None:
    loaded = loaded_after("import restore\nrestore.restore_text('בנה את  הבית  היפה ')")
    assert "numpy" in loaded
    heavy = {"cv2", "pytesseract", "PIL", "pypdfium2", "pyarrow", "jinja2", "lxml"}
    assert not loaded & (heavy | {"pypdf", "fontTools"})


@pytest.mark.parametrize("code", ["import restore", "import restore.cli"])
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    heavy = {"numpy", "wordfreq", "rapidfuzz", "regex", "cv2", "scipy", "pypdfium2", "PIL"}
    heavy |= {
        "pytesseract",
        "jinja2",
        "lxml",
        "pyarrow",
        "rich",
        "fsspec",
        "sqlite3",
        "distributed",
    }
    heavy |= {"starlette", "uvicorn", "pypdf", "fontTools"}
    assert not loaded_after(code) & heavy


def test_every_name_of_the_library_is_there() -> None:
    assert restore.__all__ == sorted(restore.__all__)
    for name in restore.__all__:
        assert getattr(restore, name).__doc__, name
    assert set(restore.__all__) <= set(dir(restore))


def test_an_unknown_name_of_the_library_is_named() -> None:
    with pytest.raises(AttributeError, match="restore_txt"):
        restore.restore_txt  # noqa: B018
