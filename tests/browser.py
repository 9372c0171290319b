"""A real browser for tests of pages: Debian's chromium, headless."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that is there; the test fails where none is, and says how to get one."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "there is no chromium; sh scripts/test --browser installs it"
    # Chromium does not start as root inside its own sandbox.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=as_root)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """A page; errors in it, and whatever it asks for from elsewhere, are errors of the test."""
    page = browser.new_page(**{"viewport": {"width": 1000, "height": 900}, **options})  # type: ignore[arg-type]
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(address)
        yield page
        assert not wrong
        assert all(one.startswith((address, "data:")) for one in asked), asked
    finally:
        page.close()


def picture(page: Page) -> NDArray[np.uint8]:
    """What is seen of a page: rows, columns, and red, green and blue."""
    image = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image[:, :, ::-1], np.uint8)
