from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import error, run
from test_cli import DAMAGED, SOUND

from restore import restore_text

SAMPLES = Path(__file__).parent.parent / "samples"
FACT = "line 2: 12 words reversed, no letter changed [12-1]"
RLI, PDI = "\u2067", "\u2069"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A damaged text and what it should be."""
    raw, fixed = tmp_path / "raw.txt", tmp_path / "fixed.txt"
    raw.write_bytes(DAMAGED.encode())
    fixed.write_bytes(restore_text(DAMAGED).page_text.encode())
    return raw, fixed


def differing(*arguments: str | Path) -> str:
    """What ``restore diff`` prints of texts that differ."""
    done = run("diff", *arguments)
    assert (done.returncode, done.stderr) == (1, b"")
    return done.stdout.decode()


def test_diff_says_what_moved(pair: tuple[Path, Path]) -> None:
    told = differing(*pair).splitlines()
    assert told[0] == FACT
    assert told[-1].startswith(f"{pair[1]}: ")
    assert "moves: 1" in told[-1]
    assert len(told) == 2


def test_diff_of_a_text_with_itself_is_empty(pair: tuple[Path, Path]) -> None:
    done = run("diff", pair[0], pair[0])
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{pair[0]}: the same text\n"


def test_other_line_breaks_are_no_difference_but_blank_lines_are(tmp_path: Path) -> None:
    texts = {"unix": "אחד\nשתיים\n", "windows": "אחד\r\nשתיים\r\n", "blank": "אחד\n\nשתיים\n"}
    paths = {name: tmp_path / name for name in texts}
    for name, text in texts.items():
        paths[name].write_bytes(text.encode())
    assert run("diff", paths["unix"], paths["windows"]).returncode == 0
    assert "only blank lines differ" in differing(paths["unix"], paths["blank"])


def test_diff_says_what_a_record_says(pair: tuple[Path, Path], tmp_path: Path) -> None:
    record = tmp_path / "changes.jsonl"
    assert run("fix", pair[0], "--changes", record).returncode == 0
    assert differing(record).splitlines()[0] == differing(*pair).splitlines()[0]


def test_diff_gives_all_in_one_object(pair: tuple[Path, Path]) -> None:
    told = json.loads(differing(*pair, "--json"))
    assert not told["same"]
    assert told["counts"]["moves"] == 1
    (move,) = told["moves"]
    words = [word[2] for word in told["words"]["first"]]
    order = [words[at] for start, stop in move["parts"] for at in range(start, stop)]
    assert " ".join(order) == pair[1].read_text("utf-8").splitlines()[1]


def test_lines_are_printed_below_each_other(pair: tuple[Path, Path]) -> None:
    _, raw, fixed, _ = differing(*pair, "--unified").splitlines()
    assert raw == "-" + DAMAGED.splitlines()[1].rstrip()
    assert fixed == "+" + pair[1].read_text("utf-8").splitlines()[1]


def test_lines_are_printed_as_a_terminal_wants_them(pair: tuple[Path, Path]) -> None:
    def printed(way: str) -> str:
        return differing(*pair, "--unified", "--bidi", way).splitlines()[2][1:]

    line = pair[1].read_text("utf-8").splitlines()[1]
    assert printed("none") == line
    assert printed("isolate") == RLI + line + PDI
    assert printed("visual") == line[::-1]


def test_words_that_moved_are_in_colour(pair: tuple[Path, Path]) -> None:
    assert "\x1b[35m" in differing(*pair, "--color")
    assert "\x1b" not in differing(*pair, "--unified")


def test_a_terminal_gets_no_commands_from_a_text(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("אחד\x1b[31m שתיים\n", "utf-8")
    other.write_text("שתיים אחד\x1b[31m\n", "utf-8")
    assert "\x1b" not in differing(one, other, "--unified", "--bidi", "isolate")


def test_diff_says_what_it_wants(pair: tuple[Path, Path]) -> None:
    assert "name two texts" in error("diff", pair[0])
    assert "two texts" in error("diff", *pair, pair[0])
    assert "there is no file" in error("diff", pair[0], "nowhere.txt")
    assert "two texts" in error("diff", "-", "-")


def test_score_gives_every_figure(pair: tuple[Path, Path]) -> None:
    told = run("score", pair[1], pair[0])
    assert told.returncode == 0
    lines = told.stdout.decode().splitlines()
    assert len(lines) == 13
    figures = json.loads(run("score", pair[1], pair[0], "--json").stdout)
    assert figures["moves"] == 1
    assert figures["lines"] == 0.75
    assert figures["letters_lost"] == figures["letters_invented"] == 0
    for line, figure in zip(lines, list(figures.values())[2:], strict=True):
        assert line.endswith(str(figure) if isinstance(figure, int) else f"{figure:.4f}")


def test_score_judges_changes(pair: tuple[Path, Path], tmp_path: Path) -> None:
    record = tmp_path / "changes.jsonl"
    assert run("fix", pair[0], "--changes", record).returncode == 0
    told = run("score", pair[1], pair[1], "--changes", record).stdout.decode()
    assert "expected calibration error" in told
    figures = json.loads(run("score", pair[1], pair[1], "--changes", record, "--json").stdout)
    assert figures["reliability"]["reversed-words"]["right"] == 1
    assert 0 <= figures["calibration_error"] < 0.1


def test_score_says_what_it_wants(pair: tuple[Path, Path]) -> None:
    assert "not part of a record" in error("score", *pair, "--changes", pair[0])
    assert "only one" in error("score", "-", "-")
    assert "is empty" in error("score", pair[0], "-")


def test_score_takes_standard_input() -> None:
    done = run("score", "-", str(SAMPLES / "essay.weasyprint.true.txt"), given=SOUND)
    assert (done.returncode, done.stderr) == (0, b"")
