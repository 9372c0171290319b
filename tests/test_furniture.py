from restore.damage.furniture import find_furniture, numeral
from restore.evidence import evidence
from restore.formats import txt

PROSE = [
    "בבוקר יצאנו אל הדרך העולה מן הנהר אל הכפר הקטן",
    "שעל ההר, והרוח נשבה בין העצים כאילו ביקשה לספר",
    "לנו מה אירע כאן לפני שנים רבות. הזקן שהלך לפנינו",
    "עצר מדי פעם, הצביע במקלו על אבן או על בור, ואמר",
    "שם של אדם שאיש מאתנו לא הכיר. כשהגענו אל הכיכר",
    "כבר עמדה השמש במרום, והילדים ברחו אל צל הבתים",
]


def found(text: str) -> list[str]:
    document = txt.read(text)
    return [
        document.pages[f.place.page].lines[f.place.line].text.strip()
        for f in find_furniture(document, evidence("he"))
        if f.confidence >= 0.9
    ]


def body(lines: int, start: int = 0) -> list[str]:
    return [PROSE[(start + i) % len(PROSE)] for i in range(lines)]


def pages(*parts: list[str]) -> str:
    return "\f".join("\n".join(part) + "\n" for part in parts)


def test_page_numbers_at_the_foot_of_known_pages_are_found() -> None:
    text = pages([*body(20), "7"], [*body(20, 2), "- 8 -"], [*body(20, 5), "[9]"])
    assert found(text) == ["7", "- 8 -", "[9]"]


def test_letters_that_number_the_pages_are_found() -> None:
    text = pages([*body(20), 'קכ"ג'], [*body(20, 1), 'קכ"ד'], [*body(20, 3), 'קכ"ה'])
    assert found(text) == ['קכ"ג', 'קכ"ד', 'קכ"ה']


def test_a_head_is_found_though_its_words_are_scrambled() -> None:
    head, scrambled = "תולדות הכפר שעל ההר", "שעל ההר תולדות הכפר"
    text = pages(["1", head, *body(20)], ["2", scrambled, *body(20)], ["3", head, *body(20)])
    assert set(found(text)) >= {"1", "2", "3", scrambled}


def test_number_and_head_between_pages_without_form_feed_are_found() -> None:
    parts = [*body(26), "", "14", "", "", "", "תולדות הכפר", "", *body(26, 2), "", "15", ""]
    text = "\n".join(["תולדות הכפר", "", *parts])
    assert found(text) == ["14", "תולדות הכפר", "15"]


def test_a_head_with_a_growing_number_is_found() -> None:
    text = pages(*[[f"תולדות הכפר - {page}", *body(20, page)] for page in (52, 53, 54)])
    assert found(text) == ["תולדות הכפר - 52", "תולדות הכפר - 53", "תולדות הכפר - 54"]


def test_the_first_print_of_a_title_is_only_doubted() -> None:
    text = pages(*[["תולדות הכפר", *body(20, page), str(page)] for page in (1, 2, 3)])
    assert found(text) == ["1", "תולדות הכפר", "2", "תולדות הכפר", "3"]


def test_a_numbered_list_stays() -> None:
    lines = [line for n in range(1, 13) for line in (str(n), PROSE[n % len(PROSE)])]
    assert found("\n".join(lines)) == []
    assert found("\n".join(f"{n}. {PROSE[n % len(PROSE)]}" for n in range(1, 30))) == []


def test_numbers_and_letters_over_sections_stay() -> None:
    for marks in ("123", "אבג"):
        lines = [x for mark in marks for x in ("", mark, "", *body(17), "ושם ישבנו עד הערב.")]
        assert found("\n".join(lines)) == []


def test_a_year_alone_stays() -> None:
    assert found("\n".join([*body(12), "1948", *body(12), "1949."])) == []
    assert found("\n".join(["2023", *body(30)])) == []


def test_a_refrain_stays() -> None:
    verse = ["הרוח שר בין הענפים", "וליל ירד על הכרמים,", "אני הולך ואין לי בית", "מלבד קולך."]
    song = [*verse, "שובי, שובי אל הגן.", ""]
    assert found("\n".join(song * 8)) == []


def test_a_heading_that_recurs_stays() -> None:
    lines = [*body(17), "כך היה הדבר.", "", "הערות", "", "ראו בסוף הספר."]
    assert found("\n".join(lines * 3)) == []


def test_a_table_of_contents_stays() -> None:
    lines = [f"פרק {name} ........ {n}" for n, name in enumerate("אבגדהוזחטיכל", start=7)]
    assert found("\n".join(["תוכן העניינים", "", *lines])) == []


def test_a_line_that_stands_once_stays() -> None:
    assert found(pages(["מאת המחבר", *body(20)], [*body(20, 3), "סוף"])) == []
    assert found("") == []


def test_numerals_fall() -> None:
    assert [numeral(word) for word in ("א", 'ט"ו', 'תת"ק', "שלום")] == [1, 15, 900, None]


def test_a_number_alone_at_the_end_of_a_page_of_prose_is_its_number() -> None:
    for number in ("1", "53", "- 377 -"):
        assert found("\n".join([*body(20), "", number, ""])) == [number]
    assert found("\n".join([*body(20), "וכאן נגמר הסיפור.", "17"])) == ["17"]


def test_other_numbers_at_the_end_of_a_text_stay() -> None:
    year, list_of_numbers = "1935", ["1", *body(3), "2", *body(3), "3"]
    assert found("\n".join([*body(20), "", year])) == []
    assert found("\n".join([*body(20), *list_of_numbers])) == []
    assert found("\n".join([*body(5), "", "12"])) == []
    assert found("\n".join([*(["לחם וחלב"] * 20), "", "12"])) == []
    assert found("\n".join([*body(20), "נקנו 12", "ספרים"])) == []
    assert found("\n".join([*body(20), "אל מספר", "42"])) == []
    assert found("\n".join([*body(20), "וזה מספר הבית:", "", "42"])) == []
