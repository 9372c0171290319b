"""What holds for any text whatever."""

from __future__ import annotations

import json
import re
import resource
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, seed, settings
from hypothesis import strategies as st
from painter import justified, painted
from poppler import embedded, embedded_words

from restore import Restored, replay, restore_text, undo
from restore.change import Reorder, origins_cover
from restore.formats import jsonl, txt
from restore.model import CONTROLS as UNSEEN
from restore.model import Inserted
from restore.tokens import MIRROR

SLOWEST = 10  # seconds of processor time for a hostile line
UNSEEN_ONLY = re.compile(rf"[\s{UNSEEN}\u2060\ufeff]*")
LARGEST = 3 << 30  # bytes of address space for one

WORDS = [
    "אמר",
    "רבי",
    "עקיבא",
    "אין",
    "לך",
    "אדם",
    "שאין",
    "לו",
    "שעה",
    "ודבר",
    "מקום",
    "הבית",
    "הזה",
    "היה",
    "יפה",
    "מאוד",
    "ולא",
    "ידע",
    "איש",
    "כי",
    "הלך",
    "המלך",
    "אל",
    "העיר",
    "בבוקר",
    "וישב",
    "שם",
    "עד",
    "הערב",
    "בראשית",
    "ברא",
    "אלהים",
    "את",
    "השמים",
    "ואת",
    "הארץ",
    "שלום",
    "ירושלים",
    'ח"כ',
    'צה"ל',
    'רש"י',
    "ג'ירפה",
    "בְּרֵאשִׁית",
    "שָׁלוֹם",
    "אַ",
    "ל-",
    "ב־",
    "ב-1948",
    "כלהראשונה",
    "עםהוא",
]
MARKS = tuple(".,:;!?-–—־…\"'״׳”„()[]{}<>«»/*|%&@#_^~\\")
LATIN = (
    "PDF",
    "a",
    "e.g.",
    "x=1",
    "Ω",
    "été",
    "https://a.b/c?d=e",
    "نص",
    "汉字",
    "😀",
    "12",
    "3.14",
)
CONTROLS = tuple("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200c\u200d")
SPACES = (" ", " ", " ", " ", "  ", "  ", "   ", "\t", "\u00a0", "\u2009", "\u3000")
BREAKS = ("\n", "\n", "\n", "\n\n", "\r\n", "\r", "\f", "\n\f", "\v", "\x1c", "\x85", "\u2028")

parts = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from(SPACES),
    st.sampled_from(SPACES),
    st.sampled_from(MARKS),
    st.sampled_from(LATIN),
    st.sampled_from(BREAKS),
    st.sampled_from(CONTROLS),
    st.sampled_from(("\u05b8", "\u05c1", "\u0591", "\ufb2a", "\ufb1d", "\u0301", "\ufeff")),
)
mixed_texts = st.lists(parts, max_size=60).map("".join)
any_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
word_lines = st.lists(st.sampled_from(WORDS), min_size=2, max_size=12).map(" ".join)
printed_lines = st.one_of(
    word_lines,
    word_lines.map(lambda line: f"{line} "),
    word_lines.map(lambda line: painted(justified(line))),
    word_lines.map(lambda line: painted(line.replace(" ", " ~", 2))),
    word_lines.map(lambda line: painted(f"{line}|.")),
    word_lines.map(lambda line: painted(f"({line})", mirrored=True)),
    word_lines.map(lambda line: embedded(line[::-1])),
    word_lines.map(lambda line: embedded_words(f".{line[::-1]}")),
    st.sampled_from(("", "17", "– 3 –", "שער ראשון – 12", "*")),
)
printed_pages = st.lists(printed_lines, max_size=14).map("\n".join)
WOVEN = next(
    case["damaged"].split("\n")
    for case in json.loads(
        Path(__file__).with_name("cases").joinpath("woven-columns.json").read_text("utf-8")
    )
    if case["label"] == "two columns in turn"
)
# Few of them, for each takes as long as many others.
woven_pages = st.builds(
    lambda begun, over, between: "\n".join([*over, between.join(WOVEN[begun:])]),
    st.sampled_from((0, 3)),
    st.lists(st.sampled_from(("שער ראשון – 12", "17", painted("הבית הזה היה יפה"))), max_size=2),
    st.sampled_from(("\n", "\n\n")),
)
texts = st.one_of(mixed_texts, printed_pages, any_texts, woven_pages)

SHARED = 100  # texts that the properties of a restoration are tested with, restored once for all


def common(test: Callable[..., None]) -> Callable[..., None]:
    """A property that is tested with the same texts as the others, but in a search for new ones."""
    default = settings.get_profile(settings.get_current_profile_name())
    asked = settings(deadline=None, max_examples=max(SHARED, default.max_examples))
    return asked(seed(1)(test) if default.derandomize else test)


@cache
def restored(text: str) -> Restored:
    return restore_text(text)


@given(texts)
@common
def test_undo_gives_the_input_back_byte_for_byte(text: str) -> None:
    result = restored(text)
    original = undo(result.document, result.changes)
    assert original == result.original
    assert txt.write_lines(original).encode() == text.encode()


def test_lines_are_put_in_another_order_in_some_of_the_texts() -> None:
    changes = restored("\n".join(WOVEN)).changes
    assert [c.id for c in changes if isinstance(c.finding.action, Reorder)] == ["woven-columns@0:1"]


@given(texts)
@common
def test_replay_gives_the_same_document(text: str) -> None:
    result = restored(text)
    assert replay(result.original, result.changes) == result.document


@given(texts)
@common
def test_every_character_of_the_output_knows_where_it_came_from(text: str) -> None:
    for page in restored(text).document.pages:
        for line in page.lines:
            assert origins_cover(line)
            at = 0
            for origin in line.origins:
                if isinstance(origin, Inserted):
                    assert line.text[at:].startswith(origin.text)
                    at += len(origin.text)
                    continue
                on_page = page.text[origin.start : origin.stop][:: origin.step]
                here = line.text[at : at + len(on_page)]
                for seen, given_ in zip(here, on_page, strict=True):
                    assert seen in (given_, given_.translate(MIRROR))
                at += len(on_page)


@given(texts)
@common
def test_no_character_of_a_page_comes_out_twice(text: str) -> None:
    for page in restored(text).document.pages:
        used: Counter[int] = Counter()
        for line in page.lines:
            for origin in line.origins:
                if not isinstance(origin, Inserted):
                    used.update(range(origin.start, origin.stop))
        assert not used or max(used.values()) == 1
        left_out = "".join(c for place, c in enumerate(page.text) if place not in used)
        assert UNSEEN_ONLY.fullmatch(left_out)


@given(texts)
@common
def test_mending_twice_is_mending_once(text: str) -> None:
    once = restored(text).page_text
    assert restored(once).page_text == once


@given(texts)
@common
def test_letters_and_digits_are_kept(text: str) -> None:
    def kept(string: str) -> Counter[str]:
        visible = UNSEEN_ONLY.sub("", string)
        return Counter(c for c in visible if c not in "()[]{}<>«»")

    result = restored(text)
    assert kept(result.page_text) == kept(text)
    assert [sum(map(line.count, "()")) for line in result.page_text.split("\n")] == [
        sum(map(line.count, "()")) for line in text.split("\n")
    ]


@given(texts)
@common
def test_line_breaks_stay_where_they_are(text: str) -> None:
    result = restored(text)
    breaks = [
        [line.terminator for line in page.lines]
        for document in (result.original, result.document)
        for page in document.pages
    ]
    assert breaks[: len(breaks) // 2] == breaks[len(breaks) // 2 :]
    assert len(result.lines) == sum(len(page.lines) for page in result.original.pages)


@given(texts)
@common
def test_running_text_has_no_letters_that_the_lines_have_not(text: str) -> None:
    result = restored(text)
    running = Counter(c for c in result.text if c.isalnum())
    assert running <= Counter(c for c in result.page_text if c.isalnum())


@given(texts)
@example("א\u2028ב\n")
@example("א\x85ב\n")
@common
def test_the_record_of_changes_gives_the_input_back(text: str) -> None:
    result = restored(text)
    record = jsonl.write_changes(result.document, result.original, result.changes, result.doubts)
    assert list(jsonl.originals(record)) == [("-", text)]


@given(st.lists(texts, min_size=2, max_size=3))
@settings(max_examples=20, deadline=None)
def test_one_record_holds_the_changes_of_many_documents(many: list[str]) -> None:
    record = "".join(
        jsonl.write_changes(r.document, r.original, r.changes, r.doubts)
        for r in map(restored, many)
    )
    assert [text for _, text in jsonl.originals(record)] == many


@given(texts)
@common
def test_the_lines_of_a_document_are_json_objects_with_their_origins(text: str) -> None:
    result = restored(text)
    written = jsonl.write_document(result.document).split("\n")[:-1]
    lines = [json.loads(line) for line in written]
    assert [line["text"] for line in lines] == result.lines
    for line in lines:
        lengths = (len(o) if isinstance(o, str) else o[1] - o[0] for o in line["origins"])
        assert sum(lengths) == len(line["text"])


@given(texts)
@common
def test_what_is_written_and_read_again_is_the_same(text: str) -> None:
    assert txt.write_lines(txt.read(text)) == text
    written = restored(text).page_text
    assert txt.write_lines(txt.read(written)) == written


@given(texts)
@settings(max_examples=20, deadline=None)
def test_the_same_text_gives_the_same_result(text: str) -> None:
    again = restore_text(text)
    assert (again.page_text, again.changes) == (restored(text).page_text, restored(text).changes)


@given(texts)
@settings(max_examples=20, deadline=None)
def test_refusing_every_change_leaves_the_text_as_it_was(text: str) -> None:
    refused = {change.id for change in restored(text).changes}
    for _ in range(5):
        result = restore_text(text, refused=refused)
        more = {change.id for change in result.changes}
        if not more:
            break
        refused |= more
    assert result.page_text == text
    assert not result.changes


@given(texts)
@settings(max_examples=20, deadline=None)
def test_a_higher_confidence_never_makes_a_change_that_is_less_sure(text: str) -> None:
    for change in restore_text(text, confidence=0.99).changes:
        finding = change.finding
        assert finding.confidence >= 0.99 or finding.damage in (
            "split-paragraph",
            "page-number",
            "running-head",
        )


latin_texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF) | st.sampled_from("\n\r\f \t"),
    max_size=200,
)


@given(latin_texts)
@settings(deadline=None)
def test_a_text_without_hebrew_letters_stays(text: str) -> None:
    assert restored(text).page_text == text


HOSTILE = {
    "words": " ".join(WORDS[n % len(WORDS)] for n in range(10_000)),
    "words with double spaces": "  ".join(WORDS[n % len(WORDS)] for n in range(10_000)) + " ",
    "brackets after a letter": "א" + "()[]{}"[::-1] * 1_667,
    "one bracket again and again": "א" + "(" * 10_000,
    "marks": "א" + " .,:;!?" * 715,
    "marks without a space": ".,:;!" * 1_000 + "א",
    "one letter": "א" * 50_000,
    "single letters": "א " * 5_000,
    "quotation marks": 'אב"ג' * 3_000,
    "gershayim": 'א"' * 5_000,
    "niqqud": "א" + "\u05b8" * 20_000,
    "digits and letters": "א1" * 5_000,
    "spaces": "א" + " " * 50_000 + "ב",
    "bidi controls": "\u202eא\u202c" * 5_000,
    "embeddings one in the other": "\u202b" * 10_000 + "א" + "\u202c" * 10_000,
    "embeddings of both directions": "\u202b\u202a" * 5_000 + "א" + "\u202c" * 10_000,
    "embeddings that end nowhere": "\u202b" * 10_000 + "א",
    "embedded words": "\u202bאב\u202c " * 5_000,
    "embedded letters": ",\u202bא\u202c" * 5_000,
    "embedded marks": "\u202b" + "א\u202a ,\u202c" * 5_000 + "\u202c",
    "embedded signs": "\u202bא\u202a " + "$" * 20_000 + "\u202cב\u202c",
    "embedded brackets": "\u202bא\u202a " + "a(" * 10_000 + "1\u202cב\u202c",
    "dashes": "א-" * 5_000,
    "brackets and words": "(אב)" * 2_500,
}


@pytest.fixture
def bounded() -> Iterator[None]:
    """Stop what takes too much time or memory, before it stops all other tests."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {SLOWEST} seconds")

    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, limits[1]))
    handler = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOWEST)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, handler)
    resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_line_takes_bounded_time(text: str) -> None:
    result = restore_text(f"{text}\nשורה רגילה אחת\n")
    assert undo(result.document, result.changes) == result.original


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("tokens", ["(א) ", "א. ", 'אב"ג, ', "אב  ", "12 אב", "(אב) גד  "])
@pytest.mark.parametrize("count", [15, 20, 30, 60])
def test_a_line_as_long_as_a_line_can_be_takes_bounded_time(tokens: str, count: int) -> None:
    """Lines of up to sixty tokens are still read in every way."""
    text = tokens * count + "\n"
    result = restore_text(text)
    assert undo(result.document, result.changes).text() == text
