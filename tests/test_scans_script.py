"""What ``scripts/restore`` installs when a scan is given, with programs that only say so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "scans.sh"
NEEDED = ("sh", "grep", "env")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a scan, a text and a ``bin`` with hardly any program."""
    (tmp_path / "page.PNG").write_bytes(b"")
    (tmp_path / "raw.txt").write_bytes(b"")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "1.tiff").write_bytes(b"")
    (tmp_path / "bin").mkdir()
    for name in NEEDED:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    program(tmp_path, "python")
    return tmp_path


def program(place: Path, name: str, does: str = ":") -> None:
    path = place / "bin" / name
    path.write_text(f"#!/bin/sh\n{does}\n", "utf-8")
    path.chmod(0o755)


def said(place: Path, *arguments: str) -> str:
    """What was said and done; it never fails."""
    code = (
        "set -eu; env_say() { printf 'restore: %s\\n' \"$*\"; }; env_python=python; "
        f'. "{SCRIPT}"; scans "$@"; echo done'
    )
    done = subprocess.run(
        ["sh", "-c", code, "sh", *arguments],
        cwd=place,
        env={**os.environ, "PATH": str(place / "bin")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr


def installers(place: Path, user: int, *names: str) -> None:
    program(place, "id", f"echo {user}")
    for name in names:
        program(place, name, f'echo "did {name} $*"')


def test_a_text_needs_nothing(place: Path) -> None:
    installers(place, 0, "apt-get")
    assert said(place, "fix", "raw.txt", "missing.png") == "done\n"


@pytest.mark.parametrize("scan", ["page.PNG", "book"])
def test_a_scan_has_what_it_needs_installed_and_says_so(place: Path, scan: str) -> None:
    installers(place, 0, "apt-get")
    told = said(place, "fix", scan)
    assert "restore: scans need Tesseract, its models and what OpenCV needs: env" in told
    assert "did apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-heb" in told


def test_sudo_is_asked_for_only_by_who_needs_it(place: Path) -> None:
    installers(place, 1000, "dnf", "sudo")
    assert "did sudo -n dnf install -y tesseract tesseract-langpack-heb" in said(place, "page.PNG")
    (place / "bin" / "dnf").unlink()
    installers(place, 1000, "brew")
    assert "did brew install tesseract tesseract-lang" in said(place, "page.PNG")


def test_nothing_is_installed_twice(place: Path) -> None:
    installers(place, 0, "apt-get")
    program(place, "tesseract", "echo heb")
    assert said(place, "page.PNG") == "done\n"
    program(place, "python", "exit 1")
    assert "did apt-get" in said(place, "page.PNG")
    program(place, "python")
    program(place, "tesseract", "echo eng")
    assert "did apt-get" in said(place, "page.PNG")


def test_what_cannot_be_installed_is_left_to_restore_to_say(place: Path) -> None:
    program(place, "id", "echo 0")
    assert said(place, "page.PNG") == "done\n"
    program(place, "apt-get", "exit 1")
    assert said(place, "page.PNG").endswith("restore: could not install them\ndone\n")
    installers(place, 1000)
    assert said(place, "page.PNG") == "done\n"
