"""Images of pages, drawn in a Hebrew font of Debian, as a scanner would give them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/truetype/culmus/FrankRuehlCLM-Medium.ttf")
SIZE = 42  # pixels: 10 points at 300 dots per inch
LEADING = 64
LINES = (
    "הספרייה העירונית נפתחה לפני שמונים שנה",
    "בבניין אבן קטן ליד השוק הישן, ובמשך כל",
    "השנים האלה באו אליה בני הנוער של",
    "השכונה כדי לקרוא ולהכין שיעורים.",
)
MORE = (
    "בגינה שמאחורי הבית שתל סבא שלי עץ לימון",
    "אחד ושתי גפנים, ובכל קיץ היינו יושבים",
    "בצל שלהן ושומעים אותו מספר על הדרך",
    "הארוכה שעשה מן הכפר שבו נולד.",
)
YIDDISH = (
    "דער מענטש איז געווען זייער מיד און האט",
    "נישט געקענט שלאפן, און פון דער ווייטנס",
    "האט מען געהערט ווי עמעצער זינגט זיך מיט",
    "א שטיל קול, אויף וואס זיי האבן געווארט.",
)


def page(lines: Sequence[str] = LINES, width: int = 900, margin: int = 50) -> NDArray[np.uint8]:
    """Lines of Hebrew without points or numbers, flush right, black on white."""
    assert FONT.exists(), f"{FONT} is missing; install it: apt install culmus"
    font = ImageFont.truetype(str(FONT), SIZE, layout_engine=ImageFont.Layout.BASIC)
    image = Image.new("L", (width, 2 * margin + LEADING * len(lines)), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        place = (width - margin, margin + LEADING * number)
        draw.text(place, line[::-1], fill=0, font=font, anchor="ra")
    return np.asarray(image, np.uint8).copy()


def encoded(*pages: NDArray[np.uint8], kind: str = "png", dpi: int = 300) -> bytes:
    """A file of some pages; of more than one it must be a TIFF."""
    first, *others = [Image.fromarray(page) for page in pages]
    file = BytesIO()
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(file, kind, dpi=(dpi, dpi), **more)
    return file.getvalue()
