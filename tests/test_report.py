from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import error, run
from test_cli import DAMAGED

from restore.compare.stacks import Row, Stack
from restore.report import LONG, sections
from restore.view import View

EVIL = "</script><b>\u2028"


def data(page: Path) -> list[dict[str, Any]]:
    """The documents of a report, as its script reads them."""
    found = re.search(r'id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert found
    documents: list[dict[str, Any]] = json.loads(found.group(1))
    return documents


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "raw.txt"
    path.write_text(f"{DAMAGED}{EVIL} שלום\n")
    return path


def test_fix_writes_a_report_beside_its_text(raw: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    plain = run("fix", raw)
    done = run("fix", raw, "--report", page)
    assert (done.returncode, done.stdout, done.stderr) == (0, plain.stdout, b"")
    (document,) = data(page)
    assert (document["language"], document["direction"]) == ("he", "rtl")
    text = page.read_text()
    assert "reversed-words" in text
    assert "12 words reversed, no letter changed" in text


def test_a_report_has_all_inputs(raw: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    assert run("fix", raw, raw, "-o", f"{tmp_path}/", "--report", page).returncode == 2
    other = tmp_path / "other.txt"
    other.write_text("שלום וברכה\n")
    clean = tmp_path / "clean/"
    assert run("fix", raw, other, "-o", f"{clean}/", "--report", page).returncode == 0
    assert len(data(page)) == 2
    assert f"<bdi>{raw}</bdi>" in page.read_text()


def test_a_report_asks_for_nothing_and_escapes_all(raw: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    evil = tmp_path / "<b>&'\".txt"
    evil.write_text("שלום\n")
    assert run("diff", raw, evil, "--html", page).returncode == 1
    text = page.read_text()
    assert not re.search(r"""(src|href)=["']?(?!#)|url\(|@import|https?://(?!www\.w3\.org)""", text)
    assert "default-src 'none'" in text
    assert "<b>" not in text
    assert EVIL in json.dumps(data(page), ensure_ascii=False)


def test_diff_of_a_record_shows_its_reasons(raw: Path, tmp_path: Path) -> None:
    record, page = tmp_path / "changes.jsonl", tmp_path / "out.html"
    run("fix", raw, "--changes", record)
    done = run("diff", record, "--html", page)
    assert done.returncode == 1
    assert done.stdout.decode().startswith(f"{raw}: ")
    assert "the words of the line stand in reverse" in page.read_text()


def test_a_report_that_cannot_be_written_is_one_line(raw: Path, tmp_path: Path) -> None:
    where = tmp_path / "none" / "out.html"
    assert str(where) in error("fix", raw, "--report", where)


def test_long_pages_are_cut_into_sections() -> None:
    row = Row("א", ())
    views = [View(page, at, at, Stack((row,), (row,))) for page in (0, 1) for at in range(LONG + 1)]
    assert [(part.title, len(part.views)) for part in sections(views)] == [
        (f"page 1, lines 1–{LONG}", LONG),
        (f"page 1, lines {LONG + 1}–{LONG + 1}", 1),
        (f"page 2, lines 1–{LONG}", LONG),
        (f"page 2, lines {LONG + 1}–{LONG + 1}", 1),
    ]
    assert [part.title for part in sections(views[:2])] == ["lines 1–2"]
    assert not list(sections([]))
