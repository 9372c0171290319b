from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import command, run

from restore import doctor
from restore.commands import doctor as cli_doctor
from restore.doctor import Checked, packages

PATIENCE = 60  # seconds
OTHER_TESSERACT = """#!/bin/sh
case $1 in
    --version) echo 'tesseract 5.0.0' ;;
    --list-langs) printf 'List of available languages (2):\\nara\\neng\\n' ;;
esac
"""


def on_a_terminal(answer: str) -> tuple[int, str]:
    """The exit code of ``restore doctor`` where ``answer`` is typed, and what is shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command("doctor"), stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, until, typed = b"", time.monotonic() + PATIENCE, False
    while time.monotonic() < until:
        if not select.select([ours], [], [], 1)[0]:
            continue
        try:
            shown += os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not typed and b"neither" in shown:
            os.write(ours, f"{answer}\n".encode())
            typed = True
    os.close(ours)
    return process.wait(PATIENCE), shown.decode()


def test_what_is_missing_is_an_error_and_named_with_its_packages() -> None:
    done = run("doctor", environment={"PATH": "/nonexistent"})
    told = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (3, b"")
    assert told[0] == f"fine          Python {'.'.join(map(str, sys.version_info[:3]))}"
    (line,) = [line for line in told if line.startswith("missing")]
    for way in ("apt install tesseract-ocr tesseract-ocr-heb", "dnf install", "brew install"):
        assert way in line
    assert told[-1].startswith("not asked")


def test_it_is_an_error_only_if_something_is_missing() -> None:
    done = run("doctor")
    missing = b"\nmissing " in done.stdout
    assert done.returncode == (3 if missing else 0)


def test_models_that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tesseract").write_text(OTHER_TESSERACT)
    (tmp_path / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    fine, *others = doctor.tesseract()
    assert fine == Checked("fine", "Tesseract 5.0.0 (ara)")
    assert [(one.state, one.found.split()[-1]) for one in others] == [
        ("missing", "heb"),
        ("could be had", "yid"),
        ("could be had", "fas"),
    ]
    assert all(
        f"apt install tesseract-ocr-{one.found.split()[-1]} " in one.advice for one in others
    )


def test_packages_are_told_apart_by_what_is_the_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_inside.py").write_text("raise ImportError('libGL.so.1: not\\nfound')")
    metadata = tmp_path / "Broken_Inside-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: Broken_Inside\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("broken_inside.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    needed = ["pytest>=1", "no-such-thing[x]>=2", "broken.inside; python_version > '3'"]
    needed += ["nor-this==1; extra == 'more'", "pytest; extra == 'more'", "pytest; extra=='all'"]
    found = {one.found: one for one in packages(needed)}
    assert found.keys() == {
        f"packages pytest {pytest.__version__}",
        "package no-such-thing",
        "package broken-inside cannot be loaded: libGL.so.1: not found",
        "packages nor-this",
    }
    monkeypatch.setitem(doctor.NEEDED, "broken-inside", ("libgl1", "mesa-libGL", "mesa"))
    assert "apt install libgl1 " in next(
        one.advice for one in packages(needed) if "broken" in one.found
    )
    assert found["package no-such-thing"][::2] == ("missing", "pip install no-such-thing")
    assert found["packages nor-this"][::2] == ("could be had", "pip install 'rtl-restore[more]'")


@pytest.mark.parametrize(
    ("answer", "told"), [("1", cli_doctor.TURNS_NOT), ("ג", cli_doctor.TURNS), ("", "--html")]
)
def test_a_terminal_is_asked_how_it_shows_hebrew(answer: str, told: str) -> None:
    code, shown = on_a_terminal(answer)
    assert code in (0, 3)
    assert "אבג" in shown
    assert told in shown


def test_the_way_of_a_terminal_can_be_set_once(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("אבג דהו\n")
    other.write_text("דהו אבג\n")
    done = run("diff", one, other, "--unified", environment={"RESTORE_BIDI": "visual"})
    assert "-והד גבא" in done.stdout.decode().splitlines()
    done = run("diff", one, other, environment={"RESTORE_BIDI": "sideways"})
    assert done.returncode == 2
    assert b"isolate" in done.stderr
