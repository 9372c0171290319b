"""Every damage that restore knows, in the order in which they are mended.

The order matters: what is page furniture takes no part in the running text, letters are turned
around before words are put in order, and these before brackets; what is quoted is seen when the
words are in order; paragraphs are joined last. Columns are seen to be woven when all is mended;
they are put apart, and all is mended anew, now that each line stands beside those it goes with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from restore.change import Finding
from restore.damage import (
    accent_runs,
    accents,
    brackets,
    broken,
    characters,
    confusions,
    controls,
    cut_words,
    furniture,
    gathered,
    letters,
    misread,
    neutrals,
    niqqud,
    number_marks,
    number_runs,
    numbers,
    order,
    paragraphs,
    ranges,
    runs,
    turned_runs,
    turned_words,
    words,
    woven,
)
from restore.evidence import Evidence
from restore.model import Document

Find = Callable[[Document, Evidence], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Damage:
    """A kind of damage: its name, what it is, and an example with what it should be.

    ``layout`` says that it is no error of the text but a fact of its page, such as a page number.
    """

    name: str
    meaning: str
    example: str
    restored: str
    layout: bool = False


DAMAGES: tuple[Damage, ...] = (
    Damage("running-head", "the title of the book or chapter above a page", "שער א – 17", "", True),
    Damage("page-number", "the number of a page in the middle of the text", "17", "", True),
    Damage(
        woven.WOVEN_COLUMNS,
        "the lines of both columns of a page in turn",
        "הספרייה העירונית נפתחה לפני\n"
        "הספרנית הראשונה הייתה אישה\n"
        "שמונים שנה בבניין אבן קטן ליד\n"
        "גבוהה ושקטה שהכירה כל ספר וכל\n"
        "השוק הישן, ובמשך כל השנים האלה\n"
        "קורא בשמו. היא נהגה לומר שמי\n"
        "באו אליה בני הנוער של השכונה\n"
        "שמחזיר ספר באיחור של שבוע אינו\n"
        "כדי לקרוא ולהכין שיעורים.\n"
        "חייב קנס, אלא חייב לספר מה מצא",
        "הספרייה העירונית נפתחה לפני\n"
        "שמונים שנה בבניין אבן קטן ליד\n"
        "השוק הישן, ובמשך כל השנים האלה\n"
        "באו אליה בני הנוער של השכונה\n"
        "כדי לקרוא ולהכין שיעורים.\n"
        "הספרנית הראשונה הייתה אישה\n"
        "גבוהה ושקטה שהכירה כל ספר וכל\n"
        "קורא בשמו. היא נהגה לומר שמי\n"
        "שמחזיר ספר באיחור של שבוע אינו\n"
        "חייב קנס, אלא חייב לספר מה מצא",
    ),
    Damage(
        controls.DIRECTION_CONTROLS,
        "lines between controls of direction, with marks and numbers as they are seen",
        "\u202bאמירת הלל\u202a ,\u202cולנענע בו\u202a.\u202c\u202c",
        "אמירת הלל, ולנענע בו.",
    ),
    Damage(
        characters.PRESENTATION_FORMS,
        "letters in forms of a font",
        "ﬤבר היה ﬠולם ומלואו",
        "כבר היה עולם ומלואו",
    ),
    Damage(
        characters.UNSEEN_CHARACTERS,
        "zero-width characters and soft hyphens inside words",
        "הספ\u200bרייה העירו\u00adנית",
        "הספרייה העירונית",
    ),
    Damage(
        words.LETTERS_APART,
        "words with a space between all their letters",
        "ה ז מ נ ה ל ד י ו ן ע ל ה ת ק צ י ב",
        "הזמנה לדיון על התקציב",
    ),
    Damage(
        words.MISPLACED_SPACES,
        "words cut in two or run together, where final letters prove it",
        "הילדי ם הלכו ע ם האנשי ם אל המי ם",
        "הילדים הלכו עם האנשים אל המים",
    ),
    Damage(
        letters.REVERSED_LETTERS,
        "the letters of a line in reverse",
        "הזה הפיה תיבה תא הנב",
        "בנה את הבית היפה הזה",
    ),
    Damage(
        turned_words.TURNED_WORDS,
        "lines as they are seen from left to right, only their words turned around",
        ".השוק ליד קטן אבן בבניין ,שנה שמונים לפני נפתחה העירונית הספרייה\n"
        ".בשמו קורא וכל ספר כל הכירה ,ושקטה גבוהה אישה ,הראשונה הספרנית\n"
        ".קנס חייב אינו ,לומר נהגה ,שבוע של באיחור ספר שמחזיר מי",
        "הספרייה העירונית נפתחה לפני שמונים שנה, בבניין אבן קטן ליד השוק.\n"
        "הספרנית הראשונה, אישה גבוהה ושקטה, הכירה כל ספר וכל קורא בשמו.\n"
        "מי שמחזיר ספר באיחור של שבוע, נהגה לומר, אינו חייב קנס.",
    ),
    Damage(
        number_runs.RUNS_AT_NUMBERS,
        "runs of a line in reverse order, cut at every number and Latin word",
        " ימים. רק בחורף19נחסמה ל-\n פרות, והן נתנו180 היו במשק 1952ב-",
        "נחסמה ל-19 ימים. רק בחורף\nב-1952 היו במשק 180 פרות, והן נתנו",
    ),
    Damage(
        neutrals.MARKS_BEFORE_RUNS,
        "marks after a run of letters, put before it where a number stands",
        "כאן: 7 :. ויתפלל יונה אל אלהיו8. ויאמר לו",
        "כאן: 7. ויתפלל יונה אל אלהיו: 8. ויאמר לו",
    ),
    Damage(
        number_marks.MARKS_AT_NUMBERS,
        "a hyphen or a mark on the wrong side of a number",
        "חסכה כ45,000- שקל בשנת ,2022 לפי המסמך",
        "חסכה כ-45,000 שקל בשנת 2022, לפי המסמך",
    ),
    Damage(
        runs.RUNS_AT_MARKS,
        "runs of a line in reverse order, cut at every mark of another font, even inside words",
        'ח של מבקר המדינה"ל את דו"ר כהן קרא בחו"הד\nר הוועד"ב עם יו"ל החברה הגיע לארה"מנכ',
        'הד"ר כהן קרא בחו"ל את דו"ח של מבקר המדינה\nמנכ"ל החברה הגיע לארה"ב עם יו"ר הוועד',
    ),
    Damage(
        accent_runs.RUNS_AT_ACCENTS,
        "runs of a line in reverse order, cut at accents of the Hebrew Bible, even inside words",
        "רֶץ׃ ת הָאָֽ יִם וְאֵ֥ ת הַשָּׁמַ֖ ים אֵ֥ ית בָּרָ֣א אֱלֹהִ֑ בְּרֵאשִׁ֖",
        "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃",
    ),
    Damage(
        gathered.GATHERED_MARKS,
        "marks of another font, away from their words, in documents that gather them so",
        '.והוא בא\n.כן אמרו\n.וכן למדנו\n.כך כתבו\nבחסד העולם  את  ברא  ה  "הקב',
        'והוא בא.\nכן אמרו.\nוכן למדנו.\nכך כתבו.\nהקב"ה ברא את העולם בחסד',
    ),
    Damage(
        turned_runs.TURNED_RUNS,
        "runs of a line in order, the words of each in reverse",
        "שנה שמונים לפני נפתחה העירונית הספרייה\n"
        "העיר של הישן השוק ליד קטן אבן בבניין\n"
        "הנוער בני אליה באו האלה השנים כל ובמשך\n"
        "הספר לבית שיעורים ולהכין לקרוא כדי\n"
        "בשנת1954ומרווח חדש קריאה אולם לה נבנה",
        "הספרייה העירונית נפתחה לפני שמונים שנה\n"
        "בבניין אבן קטן ליד השוק הישן של העיר\n"
        "ובמשך כל השנים האלה באו אליה בני הנוער\n"
        "כדי לקרוא ולהכין שיעורים לבית הספר\n"
        "בשנת 1954 נבנה לה אולם קריאה חדש ומרווח",
    ),
    Damage(
        order.REVERSED_WORDS,
        "the words of a line in reverse",
        "הזה היפה  הבית  את  בנה ",
        "בנה את הבית היפה הזה",
    ),
    Damage(
        order.ROTATED_RUNS,
        "runs of a line in reverse order",
        "ברצונו של האדם עצמו התשובה היא שהכול תלוי ",
        "התשובה היא שהכול תלוי ברצונו של האדם עצמו",
    ),
    Damage(
        order.INTERLEAVED_RUNS,
        "two runs of a line one inside the other",
        "אמרו)הוא  יפה(כך  היה  הבית  כי   ",
        "הוא (כך אמרו) כי הבית היה יפה",
    ),
    Damage(
        order.DISPLACED_MARKS,
        "full stops, quotation marks or brackets at the wrong end of a line",
        ".והוא הלך לביתו",
        "והוא הלך לביתו.",
    ),
    Damage(
        niqqud.DISPLACED_NIQQUD,
        "vowel points that stand before their letters",
        "ָשלֹום",
        "שָלוֹם",
    ),
    Damage(
        accents.DISPLACED_ACCENTS,
        "accents of the Hebrew Bible on the letter after their own",
        "עַל־פְּנֵי֣ הַשָּׁמַיִ֔ם וַיַּעַ֣שׂ לְמֶמְשֶׁלֶ֣ת",
        "עַל־פְּנֵ֣י הַשָּׁמַ֔יִם וַיַּ֣עַשׂ לְמֶמְשֶׁ֣לֶת",
    ),
    Damage(
        accents.MISTAKEN_ACCENTS,
        "qadmas of the Hebrew Bible that came out as pashtas, in the whole document",
        "וַיִּקְרָ֙א אֱלֹהִ֤ים לָאוֹר֙ י֔וֹם יִקָּו֙וּ הַמַּ֜יִם וַתּוֹצֵ֙א הָאָ֜רֶץ",
        "וַיִּקְרָ֨א אֱלֹהִ֤ים לָאוֹר֙ י֔וֹם יִקָּו֨וּ הַמַּ֜יִם וַתּוֹצֵ֨א הָאָ֜רֶץ",
    ),
    Damage(
        brackets.MIRRORED_BRACKETS,
        "brackets that stand the wrong way round",
        "כמו שנאמר )שם( וכתוב",
        "כמו שנאמר (שם) וכתוב",
    ),
    Damage(
        numbers.REVERSED_DIGITS,
        "the digits of numbers in reverse, in the whole document",
        "בשנת 3202 היו בעיר 000,54 תושבים, ובשנת 5991 רק 005,2",
        "בשנת 2023 היו בעיר 45,000 תושבים, ובשנת 1995 רק 2,500",
    ),
    Damage(
        numbers.SPACED_NUMBERS,
        "spaces put around numbers and Latin words, in the whole document",
        "עשור לאחר מכן, ב- 2012 , נידון לשבע שנים ( PDF ).",
        "עשור לאחר מכן, ב-2012, נידון לשבע שנים (PDF).",
    ),
    Damage(
        broken.PARTED_MARKS,
        "the last mark of a line on a line of its own",
        "שוקק אף רותח הלאה\n,",
        "שוקק אף רותח הלאה,",
    ),
    Damage(
        confusions.CONFUSED_LETTERS,
        "letters that OCR took for others, in a quote of a known work (of texts read by OCR only)",
        "כי ידעתיו למען אשר יצוה את כניו ואת ביתו אחריו",
        "כי ידעתיו למען אשר יצוה את בניו ואת ביתו אחריו",
    ),
    Damage(
        misread.MISREAD_WORDS,
        "words that one letter OCR took for another makes words (of texts read by OCR only)",
        "הילדיס הלכו אל בית הספר הנדול",
        "הילדים הלכו אל בית הספר הגדול",
    ),
    Damage(
        ranges.TURNED_RANGES,
        "ranges of numbers from the higher to the lower (of texts read by OCR only)",
        "ראו עמ' 119-112 ועמ' 207-203",
        "ראו עמ' 112-119 ועמ' 203-207",
    ),
    Damage(
        "split-paragraph",
        "a paragraph cut into the lines of its page",
        "בראשית ברא\nאלהים",
        "בראשית ברא אלהים",
        True,
    ),
    Damage(
        cut_words.CUT_WORDS,
        "a word or a compound cut by a hyphen at the end of a line",
        "הלכנו אל הספ-\nרייה",
        "הלכנו אל הספרייה",
        True,
    ),
)

LAYOUT: frozenset[str] = frozenset(damage.name for damage in DAMAGES if damage.layout)
# Whether a line ends a paragraph has to be decided one way or the other, however unsure.
DECIDED: frozenset[str] = frozenset({paragraphs.SPLIT_PARAGRAPH})
# What changes letters and numbers, which nobody may do to a text that was not read by OCR.
OF_OCR: frozenset[str] = frozenset(
    {confusions.CONFUSED_LETTERS, misread.MISREAD_WORDS, ranges.TURNED_RANGES}
)
NAMES: tuple[str, ...] = tuple(damage.name for damage in DAMAGES)

FURNITURE: tuple[Find, ...] = (furniture.find_furniture,)
COLUMNS: tuple[Find, ...] = (woven.find_woven_columns,)
TEXT: tuple[Find, ...] = (
    characters.find_wrong_characters,
    controls.find_direction_controls,
    accent_runs.find_runs_at_accents,
    turned_words.find_turned_words,
    words.find_misplaced_spaces,
    letters.find_reversed_letters,
    niqqud.find_displaced_niqqud,
    accents.find_displaced_accents,
    accents.find_mistaken_accents,
    number_runs.find_runs_at_numbers,
    neutrals.find_marks_before_runs,
    number_marks.find_marks_at_numbers,
    runs.find_runs_at_marks,
    gathered.find_gathered_marks,
    turned_runs.find_turned_runs,
    order.find_order,
    brackets.find_mirrored_brackets,
    numbers.find_number_damage,
    broken.find_parted_marks,
    confusions.find_confused_letters,
)
LETTERS: tuple[Find, ...] = (
    confusions.find_confused_letters,
    misread.find_misread_words,
    ranges.find_turned_ranges,
)
PARAGRAPHS: tuple[Find, ...] = (paragraphs.find_paragraphs, cut_words.find_cut_words)
