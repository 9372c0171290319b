"""The page of the review in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from browser import chromium, opened
from pages import Run, pdf
from playwright.sync_api import Browser, Page
from review_process import Running, reviewing, write_record
from test_cli import DAMAGED, MENDED

from restore import restore_text
from restore.formats import jsonl
from restore.model import Place

pytestmark = pytest.mark.browser

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>{{ 7*7 }}'
RAW = DAMAGED.split("\n")[1]
TEXT = f"{DAMAGED}{EVIL} שלום\n{DAMAGED}"
FIRST, SECOND = "reversed-words@0:1", "reversed-words@0:6"
PAGES = 300
SHOWN = 6.0  # seconds within which a book is there; one on a quiet machine
KEPT = 1.5  # seconds for a decision and the way to the next; 0.1 on a quiet machine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def page_of(browser: Browser, *arguments: str | Path) -> Iterator[tuple[Page, Running]]:
    with reviewing(*arguments) as running, opened(browser, running.address) as page:
        page.wait_for_selector(".view.here")
        yield page, running


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_record(tmp_path_factory.mktemp("book"), TEXT)


@pytest.fixture
def shown(browser: Browser, record: Path) -> Iterator[tuple[Page, Running]]:
    with page_of(browser, record) as (page, running):
        yield page, running
        while running.post("0/undo", {}).data:
            pass


def here(page: Page) -> str:
    """The id of what is looked at."""
    found: str = page.evaluate("document.querySelector('.note.here')?.dataset.id || ''")
    return found


def said(page: Page, text: str) -> None:
    """Wait until the page says something, for keys are answered one after the other."""
    page.wait_for_function("text => document.getElementById('said').textContent === text", arg=text)


def below(page: Page, line: int) -> list[str]:
    """What became of a line, or the line if nothing did."""
    rows = page.locator(f".view[data-first='{line}'] > .stack > .row")
    return rows.all_text_contents()


def test_keys_go_on_accept_refuse_and_undo(shown: tuple[Page, Running]) -> None:
    page, running = shown
    assert here(page) == FIRST
    page.keyboard.press("j")
    page.wait_for_selector(f".note.here[data-id='{SECOND}']")
    page.keyboard.press("k")
    page.wait_for_selector(f".note.here[data-id='{FIRST}']")
    assert below(page, 1) == [RAW, MENDED]
    page.keyboard.press("a")
    said(page, f"accepted: {FIRST}")
    page.wait_for_selector(f".note.here[data-id='{SECOND}']")
    page.keyboard.press("r")
    said(page, f"refused: {SECOND}")
    assert running.verdicts() == {FIRST: "accepted", SECOND: "refused"}
    assert page.locator(f".note[data-id='{SECOND}'][data-verdict='refused']").count() == 1
    assert page.locator("#progress").inner_text() == "2 of 2 decided"
    assert MENDED in page.locator(f".note[data-id='{SECOND}'] .row.below").all_text_contents()
    page.keyboard.press("u")
    said(page, f"undone: {SECOND}")
    assert running.verdicts() == {FIRST: "accepted"}
    assert below(page, 6) == [RAW, MENDED]
    page.keyboard.press("u")
    said(page, f"undone: {FIRST}")
    page.keyboard.press("u")
    said(page, "there is nothing to undo")
    assert running.verdicts() == {}


def test_keys_pressed_fast_are_all_heeded(shown: tuple[Page, Running]) -> None:
    page, running = shown
    page.keyboard.type("arukarj")
    said(page, "there is nothing more below")
    assert running.verdicts() == {FIRST: "accepted", SECOND: "refused"}


def test_keys_work_on_a_hebrew_keyboard(shown: tuple[Page, Running]) -> None:
    page, running = shown
    press = """([key, code]) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, code, bubbles: true }))"""
    page.evaluate(press, ["ח", "KeyJ"])
    page.wait_for_selector(f".note.here[data-id='{SECOND}']")
    page.evaluate(press, ["ש", "KeyA"])
    said(page, f"accepted: {SECOND}")
    assert running.verdicts() == {SECOND: "accepted"}


def test_a_line_is_edited_by_hand(shown: tuple[Page, Running]) -> None:
    page, running = shown
    page.keyboard.press("e")
    page.wait_for_selector("input.edit")
    assert page.input_value("input.edit") == MENDED
    assert (
        page.evaluate("getComputedStyle(document.querySelector('input.edit')).direction") == "rtl"
    )
    page.keyboard.press("Escape")
    assert page.locator("input.edit").count() == 0
    page.keyboard.press("e")
    page.wait_for_selector("input.edit")
    page.fill("input.edit", "j a r u e /")  # keys that are written mean nothing
    page.keyboard.press("Enter")
    said(page, "kept")
    assert below(page, 1)[-1] == "j a r u e /"
    assert running.verdicts() == {"edited-by-hand@0:1": "edited"}
    page.keyboard.press("u")
    said(page, "undone: edited-by-hand@0:1")
    assert below(page, 1) == [RAW, MENDED]


def test_a_line_that_nothing_was_said_of_can_be_edited(shown: tuple[Page, Running]) -> None:
    page, running = shown
    page.locator(".view[data-first='2']").click()
    page.keyboard.press("e")
    page.wait_for_selector("input.edit")
    page.fill("input.edit", EVIL)
    page.keyboard.press("Enter")
    said(page, "kept")
    assert below(page, 2)[-1] == EVIL
    assert running.verdicts() == {"edited-by-hand@0:2": "edited"}
    assert page.evaluate("window.hacked") is None


def test_buttons_decide_too(shown: tuple[Page, Running]) -> None:
    page, running = shown
    page.locator(f".note[data-id='{SECOND}'] .refuse").click()
    said(page, f"refused: {SECOND}")
    page.locator(f".note[data-id='{SECOND}'] .accept").click()
    said(page, f"accepted: {SECOND}")
    assert running.verdicts() == {SECOND: "accepted"}


def test_search_goes_to_a_line(shown: tuple[Page, Running]) -> None:
    page, _ = shown
    page.keyboard.press("/")
    page.keyboard.type("onerror")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found button")
    assert page.locator("#found bdi").all_text_contents() == [f"{EVIL} שלום"]
    page.keyboard.press("Enter")
    page.wait_for_selector(".view.here[data-first='4']")
    page.keyboard.press("Escape")
    assert page.locator("#found").is_hidden()
    page.keyboard.press("j")
    page.wait_for_selector(f".note.here[data-id='{SECOND}']")


def test_text_of_a_document_is_never_markup(shown: tuple[Page, Running]) -> None:
    page, _ = shown
    assert below(page, 4) == [f"{EVIL} שלום"]
    assert page.evaluate("window.hacked") is None
    assert page.locator("#views img, #views script").count() == 0


def test_what_cannot_be_kept_is_said(browser: Browser, tmp_path: Path) -> None:
    with reviewing(write_record(tmp_path, DAMAGED)) as running:
        page = browser.new_page()
        page.goto(running.address)
        page.wait_for_selector(".note.here")
        running.process.kill()
        running.process.wait()
        page.keyboard.press("a")
        page.wait_for_selector("#said.wrong")
        assert "the review has ended" in page.locator("#said").inner_text()
        assert page.locator(".note[data-verdict='accepted']").count() == 0
        page.close()


def test_a_doubt_that_is_accepted_is_made(browser: Browser, tmp_path: Path) -> None:
    output = write_record(tmp_path, DAMAGED, confidence=1.0)
    with page_of(browser, output) as (page, _):
        assert here(page) == FIRST
        assert page.locator(".note.here.doubt .row.below").inner_text() == MENDED
        page.keyboard.press("a")
        said(page, f"accepted: {FIRST}")
        assert below(page, 1) == [RAW, MENDED]


def book_of_pages(folder: Path) -> Path:
    """A record of many pages that are all alike."""
    page = restore_text(DAMAGED * 8)
    changes = [
        replace(change, finding=replace(change.finding, place=Place(number, place.line)))
        for number in range(PAGES)
        for change in page.changes
        for place in (change.finding.place,)
    ]
    original, document = (
        replace(one, pages=one.pages * PAGES) for one in (page.original, page.document)
    )
    record = jsonl.write_changes(document, original, changes, (), "book.txt")
    (folder / "book.changes.jsonl").write_text(record, "utf-8")
    (folder / "book.txt").write_text(document.text(), "utf-8")
    (folder / "book.pdf").write_bytes(pdf(*[[Run("AB", 100, 500)]] * PAGES))
    return folder / "book.txt"


def test_a_book_of_300_pages_is_usable(browser: Browser, tmp_path: Path) -> None:
    output = book_of_pages(tmp_path)
    with reviewing(output, "--page", tmp_path / "book.pdf") as running:
        start = time.monotonic()
        with opened(browser, running.address) as page:
            page.wait_for_selector(".note.here")
            assert time.monotonic() - start < SHOWN
            assert page.locator("#progress").inner_text() == f"0 of {8 * PAGES} decided"
            assert page.locator("#image-name").inner_text() == f"page 1 of {PAGES}"
            start = time.monotonic()
            page.keyboard.type("a" * 20)
            page.wait_for_function(
                "() => document.getElementById('progress').textContent.startsWith('20 of')"
            )
            assert time.monotonic() - start < 20 * KEPT
            page.wait_for_selector(".note.here[data-id='reversed-words@2:17']")
            assert page.locator("#image-name").inner_text() == f"page 3 of {PAGES}"
            page.wait_for_function("() => document.getElementById('image').naturalWidth > 0")
