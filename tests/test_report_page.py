from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from browser import chromium, opened, picture
from playwright.sync_api import Browser, Page

from restore import restore_text
from restore.compare.facts import told
from restore.compare.moves import compared
from restore.formats import txt
from restore.pipeline import restore
from restore.report import of_restored, of_texts, report
from restore.view import restored_views

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parent.parent / "samples"
SAMPLE = SAMPLES / "essay.weasyprint.tika.raw.txt"
PAGES = 300
PAGE_LINES = 40
OPEN = 3.0  # seconds within which a book is open
EVIL = '</script><script>window.hacked=1</script> <img src=x onerror="window.hacked=2"> {{ 7*7 }}'

# For each word of a row: its text and the left and right edge of what is seen.
WORDS = """row => [...row.querySelectorAll(".word")].map(word => {
    const { left, right } = word.getBoundingClientRect();
    return [word.textContent, left, right];
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report about a sample."""
    document = txt.read(SAMPLE.read_text(), name=SAMPLE.name)
    return written(tmp_path_factory.mktemp("report"), report([of_restored(restore(document))]))


def written(folder: Path, text: str) -> str:
    path = folder / "report.html"
    path.write_text(text)
    return path.as_uri()


def differences(folder: Path, first: str, second: str, name: str = "texts") -> str:
    """The address of the report about two texts."""
    diff = compared(first, second)
    return written(folder, report([of_texts(name, diff, told(diff).counts)]))


def to_lines(page: Page) -> None:
    """Go to the lines, which are drawn only then."""
    page.evaluate("document.querySelector('.lines').scrollIntoView()")
    page.wait_for_selector(".lines .view")


def processor_time(page: Page) -> float:
    """How many seconds of a processor a page has taken, whatever else the machine does."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "ProcessTime")


def rows(page: Page, view: str = ".view") -> list[list[list[Any]]]:
    """The words of the rows of a view, with their edges."""
    shown = page.locator(view).first.locator(".row")
    return [shown.nth(at).evaluate(WORDS) for at in range(shown.count())]


def test_words_stand_from_right_to_left_in_the_order_of_the_text(
    browser: Browser, sample: str
) -> None:
    restored = restore_text(SAMPLE.read_text())
    wanted = next(view for view in restored_views(restored) if "8 words reversed" in view.told)
    with opened(browser, sample) as page:
        to_lines(page)
        above, below = rows(page, ".lines .view")
        for row, seen in ((wanted.stack.above[0], above), (wanted.stack.below[0], below)):
            assert " ".join(word for word, _, _ in seen) == " ".join(row.text.split())
            edges = [edge for _, left, right in seen for edge in (right, left)]
            assert edges == sorted(edges, reverse=True)
        assert page.locator(".stack").first.get_attribute("dir") == "rtl"
        assert page.locator(".stack").first.get_attribute("lang") == "he"


def test_ribbons_cross_and_numbers_are_those_of_the_words_that_were_read(
    browser: Browser, tmp_path: Path
) -> None:
    address = differences(tmp_path, "אחת שתיים שלוש ארבע חמש", "חמש ארבע שלוש שתיים אחת")
    with opened(browser, address) as page:
        above, below = rows(page)
        assert page.locator(".ribbons path.moved").count() == 5
        numbers = page.locator(".ribbons text").evaluate_all(
            """all => all.map(one => {
                const { left, right } = one.getBoundingClientRect();
                return [one.textContent, (left + right) / 2];
            })"""
        )
        middles = [(left + right) / 2 for _, left, right in above + below]
        assert [text for text, _ in numbers] == [*"12345", *"54321"]
        assert [at for _, at in numbers] == pytest.approx(middles, abs=1)
        first = page.locator(".ribbons path").first.bounding_box()
        assert first is not None  # it goes from the right end above to the left end below
        assert first["x"] == pytest.approx(below[-1][1], abs=2)
        assert first["x"] + first["width"] == pytest.approx(above[0][2], abs=2)


def test_arabic_letters_join_across_words_that_were_glued(browser: Browser, tmp_path: Path) -> None:
    glued = "البيتجميل"
    address = differences(tmp_path, f"{glued} هنا", "البيت جميل هنا")
    with opened(browser, address) as page:
        row = page.locator(".row.above").first
        assert row.locator(".word").count() == 3
        size = "row => row.getBoundingClientRect().width"
        with_words = row.evaluate(size)
        page.add_style_tag(content=".word { display: inline-block; }")
        assert row.evaluate(size) != pytest.approx(with_words, abs=1)  # so joining does show
        row.evaluate("row => row.textContent = row.textContent")
        assert row.evaluate(size) == pytest.approx(with_words, abs=0.1)


def test_keys_go_through_all_there_is_to_see(browser: Browser, sample: str) -> None:
    with opened(browser, sample) as page:
        focused = "document.querySelector('.view:focus .place')?.textContent"
        count = int(page.locator("#where").inner_text().split()[0])
        assert page.evaluate(focused) is None
        seen = []
        for number in range(1, count + 1):
            page.keyboard.press("n")
            assert page.locator("#where").inner_text() == f"{number} of {count}"
            seen.append(page.evaluate(focused))
        assert None not in seen
        doubts = int(page.locator(".summary").nth(1).inner_text().split()[-3])
        lines = [int(place.split()[1].split("–")[0]) for place in seen]
        assert set(lines[:doubts]) < set(lines[doubts:])  # first by themselves, then in their place
        assert lines[doubts:] == sorted(lines[doubts:])
        page.keyboard.press("n")
        assert page.evaluate(focused) == seen[-1]
        page.keyboard.press("p")
        assert page.evaluate(focused) == seen[-2]
        assert page.locator(":focus").is_visible()


def test_lines_that_stayed_are_seen_when_asked_for(browser: Browser, sample: str) -> None:
    with opened(browser, sample) as page:
        to_lines(page)
        assert not page.locator(".view.still").count()
        page.check("#all")
        page.wait_for_selector(".lines .view")
        assert page.locator(".lines .view.still").count()
        page.uncheck("#all")
        assert not page.locator(".view.still").count()


def test_a_text_in_which_nothing_changed_is_there_to_read(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, differences(tmp_path, "אחת שתיים", "אחת שתיים")) as page:
        assert page.locator("#where").inner_text() == "0 to see"
        assert page.locator(".view.still .row").inner_text() == "אחת שתיים"
        page.keyboard.press("n")


def test_text_stays_text_whatever_it_says(browser: Browser, tmp_path: Path) -> None:
    first, second = f"אחת {EVIL} שתיים\u2028", f"שתיים {EVIL} אחת"
    with opened(browser, differences(tmp_path, first, second, EVIL)) as page:
        assert page.locator("h2").inner_text() == EVIL
        assert EVIL.replace(" ", "") in page.locator(".row").first.inner_text().replace(" ", "")
        assert page.evaluate("window.hacked") is None
        assert not page.locator("img").count()


@pytest.mark.parametrize(("scheme", "low", "high"), [("light", 240, 255), ("dark", 0, 40)])
def test_a_page_is_drawn_in_light_and_in_dark(
    browser: Browser, sample: str, scheme: str, low: int, high: int
) -> None:
    with opened(browser, sample, color_scheme=scheme) as page:
        to_lines(page)
        seen = picture(page)
        corner = seen[-1, 0]
        assert low <= corner.min() <= corner.max() <= high
        assert len({tuple(colour) for colour in seen.reshape(-1, 3)[::97].tolist()}) > 50
        assert np.ptp(seen.mean(axis=2)) > 180


def test_a_narrow_window_has_all_lines_in_it(browser: Browser, sample: str) -> None:
    with opened(browser, sample, viewport={"width": 340, "height": 800}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 340
        boxes = [row.bounding_box() for row in page.locator(".word, .row").all()]
        assert boxes
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 340 for box in boxes)
        assert page.locator(".ribbons path").count()


def test_a_line_too_long_for_the_window_is_wrapped(browser: Browser, tmp_path: Path) -> None:
    words = [f"מילה{at}" for at in range(200)]
    address = differences(tmp_path, " ".join(words), " ".join(words[::-1]))
    with opened(browser, address) as page:
        assert page.locator(".stack.long").count() == 1
        assert not page.locator(".ribbons").count()
        place = page.locator(".row.below").bounding_box()
        assert place is not None
        assert place["width"] < 1000 and place["height"] > 100


def test_a_line_has_its_image_above_it(browser: Browser, tmp_path: Path) -> None:
    first, second = "אחת שתיים שלוש", "שלוש שתיים אחת"
    diff = compared(first, second)
    _, image = cv2.imencode(".webp", np.zeros((50, 600), np.uint8))
    shown = replace(of_texts("texts", diff, told(diff).counts), images={0: image.tobytes()})
    with opened(browser, written(tmp_path, report([shown]))) as page:
        page.wait_for_function("document.querySelector('img')?.naturalWidth === 600")
        place, row = page.locator("img").bounding_box(), page.locator(".row").first.bounding_box()
        assert place is not None and row is not None
        assert 0 < place["y"] < place["y"] + place["height"] <= row["y"]
        assert place["x"] + place["width"] == pytest.approx(row["x"] + row["width"], abs=2)


def test_a_print_has_all_lines(browser: Browser, sample: str) -> None:
    with opened(browser, sample) as page:
        drawn = page.locator(".view").count()
        paper = pypdfium2.PdfDocument(page.pdf(format="A4"))
        text = "".join(one.get_textpage().get_text_bounded() for one in paper)
        assert len(paper) > 5
        assert text.count("rotated-runs") > 15
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator(".view").count() > drawn


def test_a_book_opens_at_once_and_is_drawn_as_it_is_read(browser: Browser, tmp_path: Path) -> None:
    shown = of_restored(restore_text(SAMPLE.read_text()))
    book = [
        replace(view, page=number) for number in range(PAGES) for view in shown.views[:PAGE_LINES]
    ]
    address = written(tmp_path, report([replace(shown, views=book)]))
    assert (tmp_path / "report.html").stat().st_size < 30_000_000
    with opened(browser, address) as page:
        page.wait_for_selector(".view")
        assert processor_time(page) < OPEN
        elements = "document.querySelectorAll('*').length"
        assert page.evaluate(elements) < 10_000
        assert page.locator(".bar a").count() == PAGES
        page.locator(".bar a").last.click()
        page.wait_for_selector(f"h4:has-text('page {PAGES},')")
        page.wait_for_function(f"{elements} < 10000")
        page.keyboard.press("p")
        assert page.locator("#where").inner_text().startswith("1 of ")
        assert page.locator(":focus .place").is_visible()
