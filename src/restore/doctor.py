"""What there is on the machine of what restore can use, and how to install what is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from typing import Literal, NamedTuple

from restore import kept_pages
from restore.formats.image import OPENCV
from restore.scans.tesseract import PACKAGES, PROGRAM, installation

DISTRIBUTION = "rtl-restore"
PYTHON = (3, 11)
MEGABYTE = 1e6  # bytes
PATIENCE = 20  # seconds for an outside program to say what it has
REQUIREMENT = re.compile(r"[\w.-]+")
EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")
# Packages of Debian, Fedora and Homebrew.
FONTS = {
    "he": ("Hebrew", ("culmus", "google-noto-serif-hebrew-fonts", "font-noto-serif-hebrew")),
    "ar": ("Arabic", ("fonts-hosny-amiri", "google-noto-naskh-arabic-fonts", "font-amiri")),
}

# What packages of Python need of the system.
NEEDED = {"opencv-python": OPENCV}
FONTCONFIG = ("fontconfig", "fontconfig", "fontconfig")

State = Literal["fine", "missing", "could be had"]


class Checked(NamedTuple):
    """Something that was looked for, and how to install it if it is not there.

    What is ``missing`` is needed by the commands as they are installed; what ``could be had`` is
    not.
    """

    state: State
    found: str
    advice: str = ""


def checked() -> Iterator[Checked]:
    """All that restore can use of the machine."""
    here, wanted = (".".join(map(str, version)) for version in (sys.version_info[:3], PYTHON))
    if sys.version_info[:2] >= PYTHON:
        yield Checked("fine", f"Python {here}")
    else:
        python = (f"python{wanted}", f"python{wanted}", f"python@{wanted}")
        yield Checked("missing", f"Python {wanted} (this is {here})", installation(*python))
    try:
        needed = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield Checked(
            "could be had", "what it needs is known once it is installed", "pip install ."
        )
    else:
        yield from packages(needed)
    yield from tesseract()
    yield from fonts()
    kept = kept_pages.size()
    yield Checked(
        "fine",
        f"pages of scanned books kept in {kept_pages.folder()}: {kept.pages}"
        f" ({kept.bytes / MEGABYTE:.1f} MB of at most {kept_pages.MOST / MEGABYTE:.0f})",
    )


def packages(needed: Iterable[str]) -> Iterator[Checked]:
    """The Python packages in ``needed``, as the metadata of a package name them.

    Those of an extra are told together, and only if not all are there.
    """
    fine: list[str] = []
    extras: dict[str, list[str]] = defaultdict(list)
    modules = _modules()
    for requirement in needed:
        found = REQUIREMENT.match(requirement)
        name = _folded(found.group()) if found else requirement
        if extra := EXTRA.search(requirement):
            extras[extra.group(1)] += [] if _version(name) else [name]
        elif told := _lacking(name, modules[name]):
            yield told
        else:
            fine.append(f"{name} {_version(name)}")
    if fine:
        yield Checked("fine", f"packages {', '.join(fine)}")
    for extra_name, missing in extras.items():
        if missing:
            advice = f"pip install '{DISTRIBUTION}[{extra_name}]'"
            yield Checked("could be had", f"packages {', '.join(missing)}", advice)


def _lacking(name: str, modules: Iterable[str]) -> Checked | None:
    """What is the matter with a package, if anything is."""
    if _version(name) is None:
        return Checked("missing", f"package {name}", f"pip install {name}")
    wrong = _failure(modules)
    if not wrong:
        return None
    system = NEEDED.get(name)
    advice = installation(*system) if system else f"pip install --force-reinstall {name}"
    return Checked("missing", f"package {name} cannot be loaded: {wrong}", advice)


def _modules() -> dict[str, list[str]]:
    """The modules of every package that is there."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, names in packages_distributions().items():
        for name in names:
            found[_folded(name)].append(module)
    return found


def _folded(name: str) -> str:
    """The name of a package as all its spellings are compared: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _failure(modules: Iterable[str]) -> str:
    """Why one of the modules cannot be loaded: a library of the system may be missing."""
    for module in modules:
        try:
            import_module(module)
        except (ImportError, OSError) as error:
            return " ".join(str(error).splitlines())
    return ""


def tesseract() -> Iterator[Checked]:
    """Tesseract, which reads scans, and its models of right-to-left languages."""
    told = _said("tesseract", "--version")
    if told is None:
        names = (f"{one} {model}" for one, model in zip(PROGRAM, PACKAGES["heb"], strict=True))
        yield Checked("missing", "Tesseract, which reads scans", installation(*names))
        return
    listed = _said("tesseract", "--list-langs") or []
    there = [name for name in PACKAGES if name in listed]
    name = " ".join(told[:1]).capitalize()
    yield Checked("fine", f"{name} ({', '.join(there) or 'no model that is of use'})")
    for model, way in PACKAGES.items():
        if model not in there:
            state: State = "missing" if model == "heb" else "could be had"
            yield Checked(state, f"Tesseract's model {model}", installation(*way))


def fonts() -> Iterator[Checked]:
    """The fonts in which a browser shows Hebrew and Arabic."""
    for code, (script, names) in FONTS.items():
        families = _said("fc-list", f":lang={code}", "family")
        if families is None:
            advice = installation(*FONTCONFIG)
            yield Checked("could be had", "fc-list, which tells what fonts there are", advice)
            return
        if families:
            yield Checked("fine", f"{len(set(families))} fonts for {script}")
        else:
            yield Checked("could be had", f"a font for {script}", installation(*names))


def _said(*command: str) -> list[str] | None:
    """The lines that a program prints; None if it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace").split("\n")[:-1]
