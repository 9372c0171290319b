"""Lines that are not read: only such as would have stayed as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from wordfreq import get_frequency_dict

from restore.damage.order import changed
from restore.evidence import Evidence
from restore.formats import txt
from restore.frequencies import frequencies
from restore.languages import language
from restore.model import Place
from restore.order.chain import Chain, chain
from restore.order.habits import decide
from restore.units import attributes, attributes_of

SAMPLES = Path(__file__).parent.parent / "samples"
SOUND = (SAMPLES / "article.weasyprint.true.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def known() -> Evidence:
    return Evidence(language("he"))


def orders(lines: Chain, known: Evidence) -> dict[Place, tuple[int, ...]]:
    turned = decide(lines.choices, known, lines.settled)
    return {place: best.order for place, _, _, best, _ in changed(lines, turned)}


@pytest.mark.parametrize("name", ["essay.weasyprint", "pages.libreoffice"])
def test_the_same_lines_are_put_in_order_whether_all_are_read_or_not(
    name: str, known: Evidence
) -> None:
    raw = (SAMPLES / f"{name}.tika.raw.txt").read_text("utf-8").split("\n")
    spread = [line for line in raw if "  " in line.strip()]
    document = txt.read(SOUND + "\n".join(spread[:5]) + "\n" + SOUND)
    every, some = (chain(document, known, every=every) for every in (True, False))
    assert len(some.choices) < len(every.choices) / 2
    assert orders(some, known) == orders(every, known) != {}


def test_most_lines_of_a_sound_text_are_settled(known: Evidence) -> None:
    settled = chain(txt.read(SOUND), known).settled
    assert settled.lines.mean() > 0.8


def test_of_a_sound_text_next_to_no_line_is_read(known: Evidence) -> None:
    text = SOUND + "(וכל אדם ראוי להיות כמוהם) ואין הדבר תלוי אלא בבחירתו\n"
    settled = chain(txt.read(text), known).settled
    assert settled.lines.mean() > 0.95
    assert settled.lines[-1]


@pytest.mark.parametrize(
    "line",
    [
        "הארץ ואת השמים את אלהים ברא בראשית",
        "(והאישהלך אל הבית)והוא הגדול",
        " ".join(reversed(["בשנה", "הראשונה", "גרנו", "בבית", "קטן", "ליד", "הים"])),
        "והוא בא אל הבית(הגדול הזה",
        "האיש הלך  אל הבית הגדול",
        ".והאיש הלך אל הבית הגדול",
    ],
    ids=["verse", "glued after bracket", "turned", "glued", "double", "mark first"],
)
def test_a_line_that_may_be_damaged_is_read(line: str, known: Evidence) -> None:
    document = txt.read(SOUND + line + "\n")
    assert not chain(document, known).settled.lines[-1]


def test_units_learned_at_once_are_as_those_learned_one_by_one() -> None:
    units = [
        "שלום",
        "והלכתי,",
        "א",
        "ושבת:",
        '"ודאי',
        'הקב"ה',
        "בְּרֵאשִׁית",
        "abc",
        "12.",
        "ובבית?!",
        "—",
    ]
    clitics = language("he").clitics
    assert attributes_of(units, clitics).tolist() == [list(attributes(u, clitics)) for u in units]


def test_frequencies_are_those_of_the_list() -> None:
    listed = get_frequency_dict("he")
    words = [*list(listed)[::10_000], "קשקשתא", ""]
    shares = [listed.get(word, 0.0) for word in words]
    assert [frequencies("he").get(word) for word in words] == shares
    assert frequencies("he").of(words).tolist() == shares
    assert frequencies("he").of([]).tolist() == []
