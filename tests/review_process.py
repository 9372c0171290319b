"""A review as its users run it: a process of its own, and a folder with a text and its record."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from json import dumps, loads
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from restore import restore_text
from restore.formats import jsonl


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        assert self.status == 200, self
        return loads(self.body)


class Running:
    """A review that runs, and what a browser would send to it."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        parts = urlsplit(address)
        self.host = parts.netloc
        self.token = parts.path.strip("/")

    def send(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """What is answered; ``path`` begins with the token."""
        name, port = self.host.split(":")
        connection = HTTPConnection(name, int(port), timeout=20)
        sent = None if body is None else body if isinstance(body, bytes) else dumps(body).encode()
        connection.putrequest(method, path, skip_host=True)
        for key, value in {"Host": self.host, **(headers or {})}.items():
            connection.putheader(key, value)
        if sent is not None:
            connection.putheader("Content-Length", str(len(sent)))
        connection.endheaders(sent)
        got = connection.getresponse()
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        connection.close()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", f"/{self.token}/{path}", headers=headers)

    def post(self, path: str, body: object) -> Answer:
        """As the page itself sends it."""
        origin = {"Origin": f"http://{self.host}", "Content-Type": "application/json"}
        return self.send("POST", f"/{self.token}/{path}", body, origin)

    def verdicts(self) -> dict[str, str]:
        """What was decided, by id."""
        return {item[0]: item[-1] for item in self.get("review").data[0]["items"] if item[-1]}


def write_record(folder: Path, text: str, name: str = "book", confidence: float = 0.9) -> Path:
    """Restore a text into a folder, as fix does, and give the path of what came out."""
    (folder / "raw.txt").write_bytes(text.encode())
    result = restore_text(text, confidence=confidence)
    record = jsonl.write_changes(
        result.document, result.original, result.changes, result.doubts, f"{name}.txt"
    )
    (folder / f"{name}.changes.jsonl").write_text(record, "utf-8")
    (folder / f"{name}.txt").write_text(result.page_text, "utf-8")
    return folder / f"{name}.txt"


@contextmanager
def reviewing(*arguments: str | Path) -> Iterator[Running]:
    """A review that is ready; it is ended as by Ctrl-C if it still runs."""
    command = [sys.executable, "-m", "restore", "review", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        try:
            assert run.stdout and run.stderr
            address = run.stdout.readline().strip()
            assert address, run.stderr.read()
            yield Running(run, address)
        finally:
            if run.poll() is None:
                run.send_signal(2)
                try:
                    run.wait(10)
                finally:
                    run.kill()
