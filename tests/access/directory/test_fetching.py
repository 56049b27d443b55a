"""Bringing what is to be read: from files, and from the web without being led elsewhere."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from reachin.access.directory.fetching import Bundle, CannotFetch, Fetcher, Limits, bring
from reachin.access.directory.reading.shapes import Document, Problem

Answer = tuple[int, dict[str, str], bytes]
HERE = Fetcher(allow_private=True)


@contextmanager
def feed(answer: Callable[[str], Answer]) -> Iterator[str]:
    """A web server on this machine that answers as told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def as_json(value: object) -> Answer:
    return 200, {}, json.dumps(value).encode()


def documents(bundle: Bundle) -> list[Document]:
    return [one for one in bundle.documents if isinstance(one, Document)]


def problems(bundle: Bundle) -> list[Problem]:
    return [one for one in bundle.documents if isinstance(one, Problem)]


def service(number: int, **more: object) -> dict[str, object]:
    return {"id": f"s/{number}", "name": f"Service {number}", "status": "active", **more}


@pytest.mark.parametrize(
    ("names", "first"), [(("total_pages", "page_number"), 1), (("totalPages", "number"), 1), (("totalPages", "number"), 0)]
)
def test_every_page_of_a_list_is_read(names: tuple[str, str], first: int) -> None:
    def answer(path: str) -> Answer:
        number = int(parse_qs(urlsplit(path).query).get("page", [str(first)])[0])
        return as_json({names[0]: 3, names[1]: number, "contents": [service(number, attributes=[])]})

    with feed(answer) as url:
        read = documents(bring(f"{url}/services?per_page=1", fetcher=HERE))
    assert [json.loads(one.text)["contents"][0]["name"] for one in read] == [f"Service {first + step}" for step in range(3)]


def test_of_a_list_of_summaries_each_service_is_read_itself() -> None:
    def answer(path: str) -> Answer:
        if path == "/services":
            return as_json({"total_pages": 1, "contents": [service(1), service(2)]})
        return as_json(service(1, schedules=[])) if path == "/services/s%2F1" else (404, {}, b"")

    with feed(answer) as url:
        read = list(bring(f"{url}/services", fetcher=HERE).documents)
    first, problem, second = read
    assert isinstance(first, Document)
    assert "schedules" in first.text
    assert isinstance(problem, Problem)
    assert (problem.is_refused, "only its summary" in problem.reason) == (False, True)
    assert isinstance(second, Document)
    assert json.loads(second.text)["name"] == "Service 2"


@pytest.mark.asvs("1.3.6")
def test_a_private_address_is_refused() -> None:
    [problem] = problems(bring("http://127.0.0.1:9/services", fetcher=Fetcher()))
    assert "private network" in problem.reason
    assert problem.is_break


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/x", "http://[::1]/x", "http://169.254.169.254/meta", "file:///etc/passwd", "ftp://x.example/y"]
)
@pytest.mark.asvs("1.3.6", "15.3.2")
def test_being_sent_on_leads_nowhere_private(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def first_is_public(self: Fetcher, host: str, port: int) -> str:
        asked.append(host)
        return host if len(asked) == 1 else real(self, host, port)

    real = Fetcher._address
    monkeypatch.setattr(Fetcher, "_address", first_is_public)
    with feed(lambda path: (302, {"Location": target}, b"")) as url, pytest.raises(CannotFetch, match=r"private network|not a web address"):
        Fetcher().text(url)


@pytest.mark.asvs("15.2.2")
def test_limits_of_size_of_being_sent_on_and_of_waiting() -> None:
    with feed(lambda path: (200, {}, b" " * 5000)) as url, pytest.raises(CannotFetch, match="larger than 1,000 bytes"):
        Fetcher(Limits(bytes=1000), allow_private=True).text(url)
    with feed(lambda path: (302, {"Location": "/again"}, b"")) as url, pytest.raises(CannotFetch, match="sent on more than 5 times"):
        HERE.text(url)
    with feed(lambda path: (500, {}, b"")) as url, pytest.raises(CannotFetch, match="it answered 500"):
        HERE.text(url)


def test_a_page_that_fails_ends_the_reading_and_says_so() -> None:
    def answer(path: str) -> Answer:
        return as_json({"total_pages": 2, "contents": [service(1, attributes=[])]}) if "page" not in path else (503, {}, b"")

    with feed(answer) as url:
        page, problem = bring(f"{url}/services", fetcher=HERE).documents
    assert isinstance(page, Document)
    assert isinstance(problem, Problem)
    assert problem.is_break


def test_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("[]")
    (tmp_path / "a.json").write_text("\ufeff[]")
    (tmp_path / "notes.txt").write_text("no")
    assert documents(bring(str(tmp_path), fetcher=HERE)) == [Document("a.json", "[]"), Document("b.json", "[]")]
    assert documents(bring(str(tmp_path / "b.json"), fetcher=HERE)) == [Document("b.json", "[]")]
    for name in ("services.csv", "locations.csv", "organizations.csv"):
        (tmp_path / name).write_text("id,name\n")
    assert set(bring(str(tmp_path), fetcher=HERE).tables) >= {"services.csv", "locations.csv", "organizations.csv"}


@pytest.mark.parametrize("place", ["missing.json", "missing/folder", "", "\x00"])
def test_nothing_there_is_said(tmp_path: Path, place: str) -> None:
    with pytest.raises(CannotFetch):
        bring(str(tmp_path / place), fetcher=HERE)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.json").write_text(" " * 2000)
    with pytest.raises(CannotFetch, match="larger than"):
        bring(str(tmp_path / "large.json"), fetcher=Fetcher(Limits(bytes=1000)))
