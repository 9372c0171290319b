from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from command_line import command, error, out, run, run_process

from restore import restore_text
from restore.damage import DAMAGES

SOUND = (
    "הספרייה העירונית נפתחה לפני שמונים שנה בבניין אבן קטן ליד השוק\n"
    "הישן, ובמשך כל השנים האלה באו אליה בני הנוער של השכונה כדי לקרוא\n"
    "ולהכין שיעורים.\n"
)
DAMAGED = (
    "בגינה שמאחורי הבית שתל סבא שלי עץ לימון אחד ושתי גפנים, ובכל קיץ\n"
    "מן שעשה  הארוכה  הדרך  על  מספר  אותו  ושומעים  שלהן  בצל  יושבים  היינו \n"
    "הכפר שבו נולד. הוא סיפר תמיד את אותו הסיפור, אבל בכל פעם הוסיף\n"
    "פרט שלא שמענו קודם.\n"
)
MENDED = "היינו יושבים בצל שלהן ושומעים אותו מספר על הדרך הארוכה שעשה מן"
LONG = DAMAGED * 500
LOADING = 1.0  # seconds of processor time by which all modules are loaded
START = 0.3  # seconds of processor time within which help is there
BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    path = tmp_path / "damaged.txt"
    path.write_bytes(DAMAGED.encode())
    return path


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_fix_mends_standard_input(arguments: tuple[str, ...]) -> None:
    done = run_process("fix", *arguments, given=DAMAGED)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == restore_text(DAMAGED).text == out("fix", given=DAMAGED)
    assert MENDED in done.stdout.decode()


def test_a_process_ends_with_the_code_of_its_command() -> None:
    assert run_process("check", given=DAMAGED).returncode == 1
    done = run_process("fix", "-", given=b"\xff\xfe\xfd")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert done.stderr.startswith(b"restore: standard input is ")


def test_fix_mends_a_file(damaged: Path) -> None:
    assert out("fix", damaged) == restore_text(DAMAGED).text


def test_keep_lines_gives_a_line_for_a_line(damaged: Path) -> None:
    lines = DAMAGED.split("\n")
    assert out("fix", "--keep-lines", damaged) == "\n".join([lines[0], MENDED, *lines[2:]])


def test_fix_writes_a_file(damaged: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    assert out("fix", damaged, "-o", target) == ""
    assert target.read_bytes().decode() == restore_text(DAMAGED).text


def test_fix_can_write_over_its_input(damaged: Path) -> None:
    damaged.chmod(0o640)
    out("fix", "--keep-lines", damaged, "-o", damaged)
    assert MENDED in damaged.read_text(encoding="utf-8")
    assert damaged.stat().st_mode & 0o777 == 0o640


def test_fix_writes_many_files_into_a_folder(damaged: Path, tmp_path: Path) -> None:
    sound = tmp_path / "sound.txt"
    sound.write_bytes(SOUND.encode())
    target = tmp_path / "new" / "folder"
    out("fix", damaged, sound, "-o", f"{target}/")
    assert {path.name for path in target.iterdir()} == {"damaged.txt", "sound.txt"}
    assert (target / "sound.txt").read_bytes().decode() == restore_text(SOUND).text


def test_many_inputs_are_printed_one_after_the_other(damaged: Path) -> None:
    assert out("fix", damaged, "-", given=SOUND) == "".join(
        restore_text(text).text for text in (DAMAGED, SOUND)
    )


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        SOUND.replace("\n", "\r\n"),
        SOUND.replace("\n", "\r"),
        "\ufeff" + SOUND,
        SOUND.rstrip("\n"),
        SOUND.replace("\n", "\n\f"),
        SOUND.replace("\n", " \n"),
        "\u200fשלום\u200f, עולם.\n",
    ],
    ids=["LF", "CRLF", "CR", "BOM", "no last break", "form feed", "trailing spaces", "controls"],
)
def test_keep_lines_gives_sound_text_back_byte_for_byte(text: str) -> None:
    done = run("fix", "--keep-lines", given=text)
    assert done.stdout == text.encode()


def test_jsonl_output_has_an_object_for_each_line() -> None:
    lines = [json.loads(line) for line in out("fix", "--to", "jsonl", given=DAMAGED).splitlines()]
    assert [line["line"] for line in lines] == [0, 1, 2, 3]
    assert lines[1]["text"] == MENDED
    assert {"page", "line", "text", "kind", "ends", "terminator", "origins"} == set(lines[0])


def test_jsonl_output_in_a_folder_has_its_own_ending(damaged: Path, tmp_path: Path) -> None:
    out("fix", damaged, "--to", "jsonl", "-o", f"{tmp_path}/out/")
    assert (tmp_path / "out" / "damaged.jsonl").is_file()


@pytest.mark.parametrize(
    "text",
    [DAMAGED, DAMAGED.replace("\n", "\r\n"), "\ufeff" + DAMAGED, "א\u2028ב\x85ג\n" + DAMAGED],
)
@pytest.mark.parametrize("keep_lines", [("--keep-lines",), ()])
def test_undo_gives_the_input_back_byte_for_byte(
    text: str, keep_lines: tuple[str, ...], tmp_path: Path
) -> None:
    record = tmp_path / "changes.jsonl"
    assert out("fix", *keep_lines, "--changes", record, given=text).encode() != text.encode()
    assert run("undo", record).stdout == text.encode()


def test_undo_of_many_inputs_gives_each_its_file(damaged: Path, tmp_path: Path) -> None:
    sound = tmp_path / "sound.txt"
    sound.write_bytes(SOUND.encode())
    record, target = tmp_path / "changes.jsonl", tmp_path / "undone"
    out("fix", damaged, sound, "--changes", record)
    out("undo", record, "-o", f"{target}/")
    assert (target / "damaged.txt").read_bytes() == DAMAGED.encode()
    assert (target / "sound.txt").read_bytes() == SOUND.encode()


def test_undo_reads_its_record_from_standard_input(tmp_path: Path) -> None:
    record = tmp_path / "changes.jsonl"
    out("fix", "--changes", record, given=DAMAGED)
    assert out("undo", "-", given=record.read_bytes()) == DAMAGED


def changes(record: Path) -> list[dict[str, object]]:
    entries = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    return [entry for entry in entries if entry["record"] == "change"]


def test_a_change_that_is_refused_is_not_made(tmp_path: Path) -> None:
    record = tmp_path / "changes.jsonl"
    out("fix", "--changes", record, given=DAMAGED)
    (made,) = (str(change["id"]) for change in changes(record) if "words" in str(change["id"]))
    assert out("fix", "--keep-lines", "--refuse", made, given=DAMAGED) == DAMAGED


@pytest.mark.parametrize(
    "arguments",
    [
        ("--skip", "reversed-words"),
        ("--only", "mirrored-brackets"),
        ("--only", "mirrored-brackets", "--only", "page-number"),
        ("--only", "reversed-words", "--skip", "reversed-words"),
    ],
)
def test_a_damage_that_is_not_asked_for_stays(arguments: tuple[str, ...]) -> None:
    assert out("fix", "--keep-lines", *arguments, given=DAMAGED) == DAMAGED


def test_the_damage_that_is_asked_for_is_mended() -> None:
    assert MENDED in out("fix", "--keep-lines", "--only", "reversed-words", given=DAMAGED)


def test_certainty_is_asked_for_and_nothing_is_changed() -> None:
    assert out("fix", "--keep-lines", "--confidence", "1.0", given=DAMAGED) == DAMAGED


def test_check_names_place_and_damage_and_exits_with_1(damaged: Path) -> None:
    done = run("check", damaged)
    assert done.returncode == 1
    first = done.stdout.decode().splitlines()[0]
    assert first.startswith(f"{damaged}:2: reversed-words (")


def test_check_of_sound_text_exits_with_0() -> None:
    done = run("check", given=SOUND)
    assert done.returncode == 0
    assert done.stdout.decode() == "-: 0 damages, 0 doubts\n"


def test_check_changes_nothing(damaged: Path, tmp_path: Path) -> None:
    run("check", damaged)
    assert damaged.read_bytes() == DAMAGED.encode()
    assert list(tmp_path.iterdir()) == [damaged]


def test_check_gives_json(damaged: Path) -> None:
    done = run("check", "--json", damaged, "-", given=SOUND)
    bad, good = (json.loads(line) for line in done.stdout.decode().splitlines())
    assert done.returncode == 1
    assert (bad["source"], bad["damaged"], good["damaged"]) == (str(damaged), True, False)
    (found,) = bad["damages"]
    assert (found["id"], found["page"], found["line"]) == ("reversed-words@0:1", 0, 1)
    assert 0.9 <= found["confidence"] <= 1


def test_damages_lists_every_damage_with_its_example() -> None:
    listed = out("damages")
    for damage in DAMAGES:
        assert f"{damage.name}: {damage.meaning}" in listed
        assert f"    - {damage.example!r}\n    + {damage.restored!r}\n" in listed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"\xf9\xec\xe5\xed \xf2\xe5\xec\xed", ("not UTF-8", "byte 0", "iconv")),
        (SOUND.encode() + b"\xff", ("not UTF-8", "line 4")),
        (b"\0\1\2\3", ("binary",)),
        (b"", ("empty",)),
        (b" \n\n", ("empty",)),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ("PDF",)),
        (b"PK\x03\x04\0\0", ("zip",)),
        (SOUND.encode("utf-16"), ("UTF-16", "iconv")),
        (SOUND.encode("utf-16-le"), ("binary",)),
    ],
    ids=["1255", "last byte", "zeros", "empty", "blank", "PDF", "zip", "UTF-16", "UTF-16 no mark"],
)
@pytest.mark.parametrize("command_name", ["fix", "check", "undo"])
def test_input_that_is_no_text_is_refused_in_one_line(
    command_name: str, given: bytes, words: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "input.txt"
    path.write_bytes(given)
    assert all(word in error(command_name, path) for word in (*words, str(path)))
    assert all(word in error(command_name, "-", given=given) for word in words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fix", "missing.txt"), ("there is no file", "missing.txt")),
        (("fix", "."), ("is a folder",)),
        (("fix", "damaged.txt/x"), ("damaged.txt/x",)),
        (("fix", "damaged.txt", "missing.txt"), ("missing.txt",)),
        (("fix", "--widen"), ("--widen",)),
        (("fix", "--keep-line"), ("--keep-lines",)),
        (("--widen",), ("--widen",)),
        (("fix", "--language", "xx"), ("unknown language 'xx'", "he")),
        (("fix", "--language", ""), ("unknown language",)),
        (("fix", "--only", "words"), ("unknown damage 'words'", "reversed-words")),
        (("fix", "--skip", "words"), ("unknown damage 'words'", "reversed-words")),
        (("fix", "--confidence", "2"), ("confidence", "2")),
        (("fix", "--confidence", "-1"), ("confidence", "-1")),
        (("fix", "--confidence", "nan"), ("confidence", "nan")),
        (("fix", "--confidence", "high"), ("confidence", "high")),
        (("fix", "--to", "docx"), ("docx", "txt", "jsonl")),
        (("fxi", "damaged.txt"), ("no command 'fxi'", "'fix'")),
        (("chek",), ("no command 'chek'", "'check'")),
        (("damage",), ("no command 'damage'", "'damages'")),
        (("zzz",), ("no command 'zzz'", "fix, check, undo, damages")),
        (("damaged.txt",), ("'restore fix damaged.txt'",)),
        (("undo",), ("CHANGES.jsonl",)),
        (("undo", "missing.jsonl"), ("there is no file", "missing.jsonl")),
        (("undo", "damaged.txt"), ("not",)),
        (("fix", "damaged.txt", "damaged.txt", "-o", "one.txt"), ("2 inputs", "one.txt/")),
        (("fix", "damaged.txt", "damaged.txt", "-o", "two/"), ("same file name",)),
        (("fix", "damaged.txt", "-o", "."), ("would overwrite its input",)),
        (("fix", "damaged.txt", "-o", "no/such/folder/out.txt"), ("no/such/folder/out.txt",)),
        (("fix", "damaged.txt", "-o", "damaged.txt/out/"), ("damaged.txt/out",)),
        (("fix", "damaged.txt", "--changes", "no/such/c.jsonl"), ("no/such/c.jsonl",)),
        (("damages", "all"), ("all",)),
    ],
    ids=lambda value: " ".join(value) if value and value[0] in ("fix", "undo") else None,
)
def test_misuse_is_told_in_one_line(
    arguments: tuple[str, ...], words: tuple[str, ...], damaged: Path, tmp_path: Path
) -> None:
    message = error(*arguments, folder=tmp_path)
    assert all(word in message for word in words), message


def shorten(record: str) -> str:
    return record[: len(record) // 2]


def without_head(record: str) -> str:
    return record.split("\n", 1)[1]


def with_another_letter(record: str) -> str:
    return record.replace("פרט שלא", "פרט שלם")


def of_another_format(record: str) -> str:
    return record.replace('"format": 1', '"format": 9')


def without_pages(record: str) -> str:
    return record.replace('"pages"', '"leaves"')


def with_a_list(record: str) -> str:
    return "[1, 2]\n" + record


def with_another_end(record: str) -> str:
    return record.replace('"ends": "space"', '"ends": "nowhere"')


def with_bad_origins(record: str) -> str:
    return record.replace('"origins": [[', '"origins": [[[')


def with_a_number_for_text(record: str) -> str:
    return record.replace('"terminator": "\\n"', '"terminator": 5')


@pytest.mark.parametrize(
    "damage",
    [
        shorten,
        without_head,
        with_another_letter,
        of_another_format,
        without_pages,
        with_a_list,
        with_another_end,
        with_bad_origins,
        with_a_number_for_text,
    ],
    ids=lambda damage: damage.__name__.replace("_", " "),
)
def test_a_damaged_record_is_told_in_one_line(damage: Callable[[str], str], tmp_path: Path) -> None:
    record, target = tmp_path / "changes.jsonl", tmp_path / "out.txt"
    out("fix", "--changes", record, given=DAMAGED)
    text = record.read_text(encoding="utf-8")
    assert damage(text) != text
    record.write_bytes(damage(text).encode())
    assert str(record) in error("undo", record, "-o", target)
    assert not target.exists()


@pytest.mark.parametrize("before", [None, b"before\n"])
def test_on_an_error_no_output_is_written(
    before: bytes | None, damaged: Path, tmp_path: Path
) -> None:
    """Not the output, nor the record, nor the outputs of inputs that were sound."""
    target, record = tmp_path / "out.txt", tmp_path / "changes.jsonl"
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\xfd")
    for path in (target, record):
        if before is not None:
            path.write_bytes(before)
    error("fix", bad, "-o", target, "--changes", record)
    error("fix", damaged, bad, "-o", f"{tmp_path}/new/", "--changes", record)
    for path in (target, record):
        assert (path.read_bytes() if path.exists() else None) == before
    assert not list(tmp_path.glob("new/*"))
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_cannot_be_written_to_is_told(damaged: Path) -> None:
    """Nobody can make a file in /proc, not even root."""
    assert "/proc/out.txt cannot be written" in error("fix", damaged, "-o", "/proc/out.txt")


def test_a_full_device_is_told(damaged: Path) -> None:
    assert "/dev/full cannot be written" in error("fix", damaged, "-o", "/dev/full")


def test_full_standard_output_is_told_in_one_line(damaged: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("fix", damaged), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_output_may_be_a_device(damaged: Path) -> None:
    done = run_process("fix", damaged, "-o", "/dev/stdout")
    assert done.stdout.decode() == restore_text(DAMAGED).text


def started(*arguments: str | Path, pipe: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A run that has opened its input, a pipe with a name, and waits for what comes."""
    os.mkfifo(pipe)
    process = subprocess.Popen(
        command("fix", pipe, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell lets what it runs in the background ignore interrupts, and so its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    return process, os.open(pipe, os.O_WRONLY)


def write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def state_of(process: subprocess.Popen[bytes]) -> list[str]:
    """What Linux tells of a process (proc_pid_stat(5)), from its third field on."""
    told = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
    return told.rsplit(")", 1)[1].split()


def used_time(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a process has used."""
    fields = state_of(process)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def asleep(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process waits for something, such as more to read."""
    return state_of(process)[0] == "S"


@pytest.mark.parametrize("before", [None, b"before\n"])
def test_a_run_that_is_killed_leaves_the_output_as_it_was(
    before: bytes | None, tmp_path: Path
) -> None:
    target = tmp_path / "out.txt"
    if before is not None:
        target.write_bytes(before)
    process, handle = started("-o", target, pipe=tmp_path / "pipe")
    write_all(handle, LONG.encode())
    at_start = used_time(process)
    os.close(handle)
    while used_time(process) < at_start + LOADING:
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert (target.read_bytes() if target.exists() else None) == before


@pytest.mark.parametrize("while_reading", [True, False], ids=["reading", "mending"])
def test_an_interrupted_run_says_so_in_one_line(while_reading: bool, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    process, handle = started("-o", target, pipe=tmp_path / "pipe")
    write_all(handle, LONG.encode())
    if not while_reading:
        at_start = used_time(process)
        os.close(handle)
        while used_time(process) < at_start + LOADING:
            assert process.poll() is None
    while while_reading and not asleep(process):
        # Between two reads Python does not look for signals.
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    printed, told = process.communicate(timeout=60)
    if while_reading:
        os.close(handle)
    # The empty line ends that on which a terminal shows ^C.
    assert (process.returncode, printed, told) == (130, b"", b"\nrestore: interrupted\n")
    assert not target.exists()


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "sound.txt"
    path.write_bytes((SOUND + "\n").encode() * 400)
    process = subprocess.Popen(
        command("fix", "--keep-lines", path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    first = process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert first.decode() == SOUND.split("\n")[0] + "\n"
    assert told == b""


@pytest.mark.parametrize("arguments", [("check",), ("damages",), ("--help",)])
def test_a_closed_output_is_no_traceback(arguments: tuple[str, ...], damaged: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    named = (*arguments, str(damaged)) if arguments == ("check",) else arguments
    done = subprocess.run(command(*named), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


def test_help_is_there_at_once() -> None:
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert b"fix" in run_process("--help").stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < START


@pytest.mark.parametrize("name", ["fix", "check", "undo", "damages"])
def test_every_command_has_help(name: str) -> None:
    text = out(name, "--help")
    assert text.startswith(f"Usage: restore {name}")
    assert out(name, "-h") == text


def test_without_a_command_help_is_shown() -> None:
    assert out() == out("--help")


def test_the_version_is_told() -> None:
    assert out("--version").startswith("restore, version ")


@pytest.mark.parametrize("arguments", [("fix",), ("fix", "--keep-lines"), ("fix", "--to", "jsonl")])
def test_no_bidi_controls_are_added(arguments: tuple[str, ...]) -> None:
    assert not set(out(*arguments, given=DAMAGED + SOUND)) & set(BIDI)


@pytest.mark.parametrize("arguments", [("fix",), ("check", "--json"), ("damages",), ("fix", "-v")])
def test_output_is_utf_8_whatever_the_locale(arguments: tuple[str, ...]) -> None:
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    usual = run(*arguments, given=DAMAGED)
    done = run_process(*arguments, given=DAMAGED, environment=plain)
    assert (done.returncode, done.stdout) == (usual.returncode, usual.stdout)
    assert done.stderr == usual.stderr
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("name", ["two words.txt", "שני פרקים.txt", "two\nlines.txt", "-x.txt"])
def test_a_file_may_have_any_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(DAMAGED.encode())
    record = tmp_path / "changes.jsonl"
    out("fix", "-o", "out/", "--changes", record, "--", name, folder=tmp_path)
    assert (tmp_path / "out" / name).read_bytes().decode() == restore_text(DAMAGED).text
    assert out("undo", record) == DAMAGED


@pytest.mark.parametrize("name", ["חסר.txt", "a\nb.txt", "\udcff.txt"])
def test_a_missing_file_of_any_name_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    assert "there is no file" in error("fix", name, folder=tmp_path)


def test_verbose_names_every_change_without_colour() -> None:
    done = run("fix", "-v", given=DAMAGED, environment={"NO_COLOR": "1"})
    told = done.stderr.decode()
    assert "-:2: reversed-words@0:1 (" in told
    assert "\x1b" not in told
    assert done.stdout.decode() == restore_text(DAMAGED).text


def on_a_terminal(*arguments: str | Path, environment: Mapping[str, str]) -> str:
    """What a terminal shows of the messages of a run."""
    terminal, end = os.openpty()
    process = subprocess.Popen(
        command(*arguments),
        stdout=subprocess.DEVNULL,
        stderr=end,
        env={**os.environ, **environment},
    )
    os.close(end)
    shown = b""
    try:
        while part := os.read(terminal, 4096):
            shown += part
    except OSError:  # the other end was closed
        pass
    os.close(terminal)
    assert process.wait() == 0
    return shown.decode()


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_a_terminal_has_colours_unless_they_are_not_wanted(
    no_colour: str, coloured: bool, damaged: Path
) -> None:
    shown = on_a_terminal("fix", "-v", damaged, environment={"NO_COLOR": no_colour})
    assert ("\x1b[" in shown) is coloured
    assert "1 change" in shown


def test_quiet_says_nothing_on_a_terminal(damaged: Path) -> None:
    assert on_a_terminal("fix", "-q", damaged, environment={}) == ""
