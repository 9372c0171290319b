"""What the review answers, to whom, and what it keeps."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator, Sequence
from multiprocessing import active_children
from pathlib import Path
from urllib.parse import quote

import cv2
import numpy as np
import pytest
from command_line import out, run
from pages import Run, pdf
from review_process import Running, reviewing, write_record
from test_cli import DAMAGED, MENDED

from restore import restore_text
from restore.formats import jsonl
from restore.reviews.decisions import read
from restore.reviews.page_images import PageImages

ID = "reversed-words@0:1"
DECIDE = "0/decide"
ACCEPT = {"id": ID, "accepted": True}
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("review")
    with reviewing(write_record(folder, DAMAGED + EVIL)) as running:
        yield running


@pytest.fixture
def undecided(review: Running) -> Iterator[Running]:
    """The review; a test that lets a decision through that it should not fails."""
    assert review.verdicts() == {}
    yield review
    left = review.verdicts()
    while review.verdicts():
        review.post("0/undo", {})
    assert left == {}


def test_only_one_address_of_this_machine_is_served(review: Running) -> None:
    """A server of all addresses would answer at this one too."""
    name, port = review.host.split(":")
    assert name == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", int(port)), timeout=5).close()


def test_every_review_has_another_address(review: Running, tmp_path: Path) -> None:
    with reviewing(write_record(tmp_path, DAMAGED)) as other:
        assert other.token != review.token
        assert other.host != review.host
        assert other.send("GET", f"/{review.token}/review").status == 404
    assert len(review.token) >= 40  # 32 bytes of chance


ORIGIN = "http://{host}"
DECIDED = "/{token}/0/decide"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 404),
        ("GET", "/review", {}, 404),
        ("GET", "//review", {}, 404),
        ("GET", "/{token}x/review", {}, 404),
        ("GET", "/wrong/review", {}, 404),
        ("GET", "/%2e%2e/{token}/review", {}, 404),
        ("POST", "/0/decide", {**JSON, "Origin": ORIGIN}, 404),
        # The name of another site can be made to lead to this machine.
        ("GET", "/{token}/review", {"Host": "evil.example"}, 421),
        ("GET", "/{token}/review", {"Host": "evil.example:80"}, 421),
        ("GET", "/{token}/review", {"Host": "localhost:{port}"}, 421),
        ("GET", "/{token}/review", {"Host": "127.0.0.1"}, 421),
        ("POST", DECIDED, {**JSON, "Host": "evil.example:{port}", "Origin": ORIGIN}, 421),
        # Pages of other sites may send what they cannot read.
        ("GET", "/{token}/review", {"Origin": "http://evil.example"}, 403),
        ("GET", "/{token}/review", {"Origin": "null"}, 403),
        ("GET", "/{token}/review.js", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", "/{token}/", {"Sec-Fetch-Site": "same-site"}, 403),
        ("POST", DECIDED, {**JSON, "Origin": "http://evil.example"}, 403),
        ("POST", DECIDED, {**JSON, "Origin": "https://{host}"}, 403),
        ("POST", DECIDED, {**JSON, "Origin": "http://127.0.0.1:1"}, 403),
        ("POST", DECIDED, {**JSON, "Origin": "null"}, 403),
        ("POST", DECIDED, JSON, 403),
        ("POST", DECIDED, {**JSON, "Origin": ORIGIN, "Sec-Fetch-Site": "same-site"}, 403),
        # What a form of another page can send.
        ("POST", DECIDED, {"Origin": ORIGIN, "Content-Type": "text/plain"}, 415),
        ("POST", DECIDED, {"Origin": ORIGIN}, 415),
        ("GET", "/{token}/0/decide", {}, 405),
        ("PUT", "/{token}/0/decide", {**JSON, "Origin": ORIGIN}, 405),
    ],
)  # fmt: skip
def test_what_the_page_itself_would_not_send_is_not_answered(
    method: str, path: str, headers: dict[str, str], status: int, undecided: Running
) -> None:
    port = undecided.host.split(":")[1]
    told = {"token": undecided.token, "host": undecided.host, "port": port}
    sent = {key: value.format(**told) for key, value in headers.items()}
    body = ACCEPT if method != "GET" else None
    answer = undecided.send(method, path.format(**told), body, sent)
    assert answer.status == status
    assert b"reversed-words" not in answer.body
    assert "access-control-allow-origin" not in answer.headers


def test_two_hosts_are_none(undecided: Running) -> None:
    name, port = undecided.host.split(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        lines = (f"GET /{undecided.token}/review HTTP/1.1", f"Host: {undecided.host}", "Host: evil")
        connection.sendall("\r\n".join((*lines, "", "")).encode())
        assert connection.recv(100).split()[1] in (b"400", b"421")


def test_the_page_itself_is_answered(undecided: Running) -> None:
    assert b"<title>restore review" in undecided.get("", **{"Sec-Fetch-Site": "none"}).body
    for name in ("review.js", "review.css", "line.js", "line.css", "icon.svg"):
        assert undecided.get(name, **{"Sec-Fetch-Site": "same-origin"}).status == 200
    assert undecided.post(DECIDE, ACCEPT).status == 200
    assert undecided.post("0/undo", {}).data["id"] == ID
    assert undecided.post("0/undo", {}).data == {}


@pytest.mark.parametrize("path", ["", "review", "review.js", "0/sheets/0", "none", "0/decide"])
def test_every_answer_says_what_a_browser_may_do_with_it(path: str, review: Running) -> None:
    headers = review.get(path).headers
    policy = headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert {"frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"} <= set(policy)
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (DECIDE, b"{", 400),
        (DECIDE, b"\xff", 400),
        (DECIDE, [], 400),
        (DECIDE, {}, 400),
        (DECIDE, {"id": ID}, 400),
        (DECIDE, {"id": ID, "accepted": 1}, 400),
        (DECIDE, {"id": "none@0:0", "accepted": True}, 404),
        (DECIDE, b" " * 1_000_001, 413),
        ("7/decide", ACCEPT, 404),
        ("0/edit", {"page": 0, "line": 99, "text": "א", "seen": ""}, 400),
        ("0/edit", {"page": -1, "line": 0, "text": "א", "seen": ""}, 400),
        ("0/edit", {"page": 0, "line": 1, "text": "א\nב", "seen": MENDED}, 400),
        ("0/edit", {"page": 0, "line": 1, "text": "א\0", "seen": MENDED}, 400),
        ("0/edit", {"page": 0, "line": 1, "text": 7, "seen": MENDED}, 400),
        ("0/edit", {"page": 0, "line": 1, "text": "א", "seen": "not what stands there"}, 409),
    ],
)
def test_what_cannot_be_decided_is_refused(
    path: str, body: object, status: int, undecided: Running
) -> None:
    assert undecided.post(path, body).status == status


@pytest.mark.parametrize("path", ["0/sheets/1", "1/sheets/0", "0/lines/0/99", "0/pages/0.png", "x"])
def test_what_is_not_there_is_not_found(path: str, review: Running) -> None:
    assert review.get(path).status == 404


def test_text_is_sent_as_data_and_never_as_markup(review: Running) -> None:
    answer = review.get("0/sheets/0")
    assert answer.headers["content-type"] == "application/json"
    assert EVIL in [view["above"][0] for view in answer.data]


def test_lines_are_found_without_their_points_and_as_they_were(review: Running) -> None:
    def found(text: str) -> list[tuple[int, str]]:
        answer = review.send("GET", f"/{review.token}/0/lines?text={text}").data
        assert not answer["more"]
        return [(line["line"], line["text"]) for line in answer["lines"]]

    assert found(quote("בְּצֵל שלהן")) == [(1, MENDED)]
    assert found(quote("שלהן  בצל")) == [(1, MENDED)]
    assert [line for line, _ in found("SCRIPT")] == [4]
    assert found(quote("אין כזה")) == found("") == []


def test_nothing_is_lost_when_the_review_is_killed(tmp_path: Path) -> None:
    """What was answered is heeded by the next fix, and can be taken back by the next review."""
    output = write_record(tmp_path, DAMAGED)
    with reviewing(output) as running:
        assert running.post(DECIDE, {"id": ID, "accepted": False}).status == 200
        seen = running.get("0/lines/0/0").data["text"]
        edit = {"page": 0, "line": 0, "text": "שורה שכתבתי", "seen": seen}
        assert running.post("0/edit", edit).status == 200
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
    store = output.with_name("book.txt.decisions")
    assert len(read(store, 0)) == 2
    done = run("fix", "raw.txt", "-o", "book.txt", "--keep-lines", folder=tmp_path)
    assert b"2 decisions of book.txt.decisions heeded" in done.stderr
    lines, raw = output.read_text("utf-8").split("\n"), DAMAGED.split("\n")
    assert lines == ["שורה שכתבתי", *raw[1:]]
    with reviewing(output) as running:
        assert running.verdicts() == {ID: "refused", "edited-by-hand@0:0": "edited"}
        assert running.post("0/undo", {}).data["id"] == "edited-by-hand@0:0"
    assert list(read(store, 0)) == [ID]


def test_a_review_that_is_interrupted_says_where_decisions_are(tmp_path: Path) -> None:
    output = write_record(tmp_path, DAMAGED)
    with reviewing(output.with_name("book.changes.jsonl")) as running:
        running.post(DECIDE, ACCEPT)
        running.process.send_signal(signal.SIGINT)
        _, said = running.process.communicate(timeout=20)
        assert running.process.returncode == 0
        assert "decisions are in" in said
        assert "Traceback" not in said
    assert list(read(tmp_path / "book.txt.decisions", 0)) == [ID]


def record_of(*texts: str, outputs: Sequence[str | None]) -> str:
    """The record of some texts, as fix writes it of several inputs."""
    return "".join(
        jsonl.write_changes(one.document, one.original, one.changes, one.doubts, output)
        for one, output in zip(map(restore_text, texts), outputs, strict=True)
    )


def test_the_texts_of_a_record_have_their_own_decisions(tmp_path: Path) -> None:
    record = tmp_path / "c.jsonl"
    record.write_text(record_of(DAMAGED, DAMAGED, outputs=["a.txt", "b.txt"]), "utf-8")
    with reviewing(record) as running:
        assert len(running.get("review").data) == 2
        running.post("1/decide", ACCEPT)
    assert list(read(tmp_path / "b.txt.decisions", 0)) == [ID]
    assert read(tmp_path / "a.txt.decisions", 0) == {}
    (tmp_path / "b.txt").write_text("ב", "utf-8")
    record.rename(tmp_path / "b.jsonl")
    with reviewing(tmp_path / "b.txt") as running:
        (document,) = running.get("review").data
        assert (document["kept"], running.verdicts()) == ("b.txt.decisions", {ID: "accepted"})


def test_texts_that_were_printed_share_a_file_and_the_way_back(tmp_path: Path) -> None:
    record = tmp_path / "c.jsonl"
    record.write_text(record_of(DAMAGED, DAMAGED, outputs=[None, None]), "utf-8")
    with reviewing(record) as running:
        running.post("0/decide", {"id": ID, "accepted": False})
        running.post("1/decide", ACCEPT)
        assert running.verdicts() == {ID: "refused"}
        assert running.post("0/undo", {}).data["document"] == 1
        assert running.post("1/undo", {}).data["document"] == 0
        assert running.post("0/undo", {}).data == {}


def spots(running: Running, lines: int) -> list[dict[str, object]]:
    """Where the lines of the first page stand on the images."""
    found = [running.get(f"0/spots/0/{line}").data for line in range(lines)]
    for spot in found:
        if spot.get("edges"):
            spot["edges"] = [round(edge, 3) for edge in spot["edges"]]
    return found


def test_the_pages_of_a_pdf_are_shown_with_the_place_of_a_line(tmp_path: Path) -> None:
    """A text without pages is found on them by its letters, in whatever order they stand."""
    book = tmp_path / "book.pdf"
    book.write_bytes(pdf([Run("AB", 100, 300, size=40)], [Run("CDE", 40, 450, size=40)]))
    output = write_record(tmp_path, "BA\nEDC\nFG\n")
    with reviewing(output, "--page", book) as running:
        assert running.get("review").data[0]["images"] == 2
        for number in (0, 1):
            answer = running.get(f"0/pages/{number}.png")
            assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
            assert answer.body.startswith(b"\x89PNG")
        assert running.get("0/pages/2.png").status == 404
        assert spots(running, 3) == [
            # A page is 400 by 600 points, a letter half as wide as it is high.
            {"image": 0, "edges": [0.25, 0.447, 0.35, 0.517]},
            {"image": 1, "edges": [0.1, 0.197, 0.25, 0.267]},
            {},
        ]
        assert running.get("0/spots/0/3").status == 404
        assert running.get("0/pages/1.png").status == 200


def test_the_pdf_that_was_read_is_shown_page_by_page(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(pdf([Run("AB", 100, 300)], [Run("AB", 40, 450)]))
    out("fix", "book.pdf", "-o", "book.txt", "--changes", "book.changes.jsonl", folder=tmp_path)
    with reviewing(tmp_path / "book.txt") as running:
        assert running.get("review").data[0]["images"] == 2
        assert [running.get(f"0/spots/{page}/0").data["image"] for page in (0, 1)] == [0, 1]


def test_the_images_of_a_scan_are_shown(tmp_path: Path) -> None:
    """In the order of their numbers, and one that is damaged keeps none of the others back."""
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in (2, 10):
        image = np.full((30, 20 * number), 255, np.uint8)
        (scans / f"{number}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    (scans / "3.png").write_bytes(b"\x89PNG\r\n")
    output = write_record(tmp_path, f"{DAMAGED}\f{DAMAGED}\f{DAMAGED}")
    with reviewing(output, "--page", scans) as running:
        assert running.get("review").data[0]["images"] == 3
        widths = []
        for number in (0, 2):
            shown = np.frombuffer(running.get(f"0/pages/{number}.png").body, np.uint8)
            decoded = cv2.imdecode(shown, cv2.IMREAD_GRAYSCALE)
            assert decoded is not None
            widths.append(decoded.shape[1])
        assert widths == [40, 200]
        assert running.get("0/pages/1.png").status == 404
        assert running.get("0/pages/3.png").status == 404
        assert running.get("0/spots/2/1").data == {"image": 2, "edges": None}


def test_a_page_that_breaks_its_reader_breaks_no_other(tmp_path: Path) -> None:
    book = tmp_path / "book.pdf"
    book.write_bytes(pdf([Run("AB", 100, 300)]))
    images = PageImages(str(book))
    (reader,) = active_children()
    reader.kill()
    with pytest.raises(ValueError, match="PDFium fails on it"):
        images.image(0)
    assert images.image(0).startswith(b"\x89PNG")
    images.close()
    assert not active_children()
