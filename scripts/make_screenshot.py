"""Make docs/report.png, what the report about a sample looks like. Needs chromium and playwright.

python scripts/make_screenshot.py
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from restore.formats import txt
from restore.pipeline import restore
from restore.report import of_restored, report

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "essay.weasyprint.tika.raw.txt"
PICTURE = ROOT / "docs" / "report.png"
WIDTH, HEIGHT, SCALE = 760, 660, 1.2  # pixels of the window, and of the picture for each of them


def main() -> None:
    """Write the picture, from the first changed line on."""
    document = txt.read(SAMPLE.read_text(encoding="utf-8"), name=SAMPLE.name)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        page.write_text(report([of_restored(restore(document))]), encoding="utf-8")
        # It reads a page made here alone, so that it need not be shut in, which root cannot do.
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        shown = chromium.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE
        )
        shown.goto(page.as_uri())
        shown.evaluate("document.querySelector('.lines').scrollIntoView()")
        shown.wait_for_selector(".lines .view")
        shown.locator(".lines .view").first.evaluate("view => view.scrollIntoView()")
        shown.screenshot(path=PICTURE)
        chromium.close()


if __name__ == "__main__":
    main()
