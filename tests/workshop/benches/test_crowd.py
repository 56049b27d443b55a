import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from workshop.crowd import Answer, Browser, NotThere, Sample, Watch, figures, form_with, forms_in, percentile, rate_of

PAGE = """
<form action="/sign-out/" method="post"><input type="hidden" name="csrfmiddlewaretoken" value="outside"><button name="q">x</button></form>
<main>
<form action="" method="get"><input name="q" value="words"></form>
<form action="/ask/" method="post" novalidate>
  <input type="hidden" name="csrfmiddlewaretoken" value="a&amp;b">
  <textarea name="story" rows="5" dir="auto">
It&#x27;s hard</textarea>
  <select name="area"><option value="">Any</option><option value="1" selected>One</option></select>
  <select name="other"><option value="first">First</option><option value="second">Second</option></select>
  <input type="radio" name="asked_by" value="relative"><input type="radio" name="asked_by" value="parent" checked>
  <input type="checkbox" name="help" value="food" checked><input type="checkbox" name="help" value="sleep" checked>
  <input type="checkbox" name="plain"><input type="text" name="gone" value="x" disabled>
  <button type="submit">Save</button><button type="submit" name="leave" value="yes">Later</button>
</form>
</main>
"""


def test_a_form_is_read_as_a_browser_reads_it() -> None:
    form = form_with(PAGE, "story")
    assert (form.action, form.method) == ("/ask/", "post")
    assert form.fields == {
        "csrfmiddlewaretoken": ["a&b"],
        "story": ["It's hard"],
        "area": ["1"],
        "other": ["first"],
        "asked_by": ["parent"],
        "help": ["food", "sleep"],
    }
    assert form.offers["asked_by"] == ["relative", "parent"]
    assert (form.offers["plain"], form.offers["leave"]) == (["on"], ["yes"])


def test_a_form_is_filled_in() -> None:
    sent = form_with(PAGE, "asked_by").filled(story="Now", help=["sleep"], asked_by=None, leave="yes")
    assert dict(sent) == {"csrfmiddlewaretoken": "a&b", "story": "Now", "area": "1", "other": "first", "help": "sleep", "leave": "yes"}


def test_only_the_main_part_of_a_page_is_filled_in_and_a_missing_form_is_told() -> None:
    assert len(forms_in(PAGE)) == 3
    assert form_with(PAGE).action == "/ask/"
    with pytest.raises(NotThere):
        form_with(PAGE, "q")


Answerer = Callable[[str, dict[str, str], bytes], bytes]


@contextlib.asynccontextmanager
async def serving(answer: Answerer, *, closes: bool = False) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that answers by the function; gives its port, and the first lines of what it was asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                asked.append(head[0])
                writer.write(answer(head[0], headers, body))
                if closes:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


def page(text: str, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(text.encode())}", "", text]
    return "\r\n".join(lines).encode()


def run(doing: Coroutine[Any, Any, None]) -> None:
    asyncio.run(doing)


def test_cookies_are_kept_sent_and_dropped() -> None:
    def answer(line: str, headers: dict[str, str], body: bytes) -> bytes:
        if " /out " in line:
            return page("", 'Set-Cookie: session=""; Max-Age=0; Path=/')
        cookies = ("Set-Cookie: csrftoken=t; Path=/; SameSite=Lax", "Set-Cookie: session=s=1; HttpOnly")
        return page(headers.get("cookie", "none"), *cookies)

    async def visit() -> None:
        async with serving(answer) as (port, _asked):
            browser = Browser(port)
            assert [(await browser.get("/")).page for _time in range(2)] == ["none", "csrftoken=t; session=s=1"]
            await browser.get("/out")
            assert browser.cookies == {"csrftoken": "t"}
            browser.leave()

    run(visit())


def test_a_form_is_sent_with_what_csrf_protection_asks_for() -> None:
    heard: dict[str, str] = {}

    def answer(line: str, headers: dict[str, str], body: bytes) -> bytes:
        heard.update(headers, body=body.decode())
        return page("", "Location: /next", status="302 Found")

    async def visit() -> None:
        async with serving(answer) as (port, asked):
            browser = Browser(port, behind_tls=True)
            await browser.get("/ask/")
            sent = await browser.post("", [("story", "two words & é")])
            assert (sent.status, sent.leads_to, asked[-1]) == (302, "/next", "POST /ask/ HTTP/1.1")
            assert heard["origin"] == f"https://127.0.0.1:{port}"
            assert (heard["referer"], heard["x-forwarded-proto"]) == (f"https://127.0.0.1:{port}/ask/", "https")
            assert heard["body"] == "story=two+words+%26+%C3%A9"
            browser.leave()

    run(visit())


def test_a_page_in_pieces_is_put_together() -> None:
    def answer(line: str, headers: dict[str, str], body: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"

    async def visit() -> None:
        async with serving(answer) as (port, _asked):
            browser = Browser(port)
            assert [(await browser.get("/")).page for _time in range(2)] == ["abcdefg"] * 2
            browser.leave()

    run(visit())


def test_a_page_is_asked_for_again_where_an_idle_connection_was_closed_but_a_form_is_not() -> None:
    async def visit() -> None:
        async with serving(lambda line, headers, body: page("here"), closes=True) as (port, asked):
            browser = Browser(port)
            for _time in range(2):
                assert (await browser.get("/")).page == "here"
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await browser.post("/", [])
            assert asked == ["GET / HTTP/1.1"] * 2
            browser.leave()

    run(visit())


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.95, 0.0), ([7.0], 0.5, 7.0), ([3, 1, 2], 0.5, 2), (range(1, 101), 0.95, 95), (range(1, 101), 0.99, 99), ([1, 2], 1.0, 2)],
)
def test_percentiles(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_figures_tell_what_went_well_and_what_was_wrong() -> None:
    told = figures([Sample("open", 10), Sample("open", 20), Sample("send", 90), Sample("send", 1, "status 500")], 2.0)
    assert (told["requests"], told["requests_per_second"], told["failed_share"]) == (4, 2.0, 0.25)
    assert (told["p50_ms"], told["p95_ms"], told["wrong"]) == (20, 90, {"send: status 500": 1})
    assert told["steps"]["open"] == {"requests": 2, "p50_ms": 10, "p95_ms": 20, "p99_ms": 20}
    assert figures([], 1.0)["failed_share"] == 1.0, "nothing measured is nothing shown"


def test_only_what_begins_in_time_is_measured_and_the_last_is_waited_for() -> None:
    async def asked(seconds: float) -> Answer:
        await asyncio.sleep(seconds)
        return Answer(200, {}, b"")

    async def measuring() -> None:
        watch = Watch()
        measuring = asyncio.create_task(watch.measure(0.1))
        await asyncio.sleep(0.02)
        slow = asyncio.create_task(watch.taking("slow", asked(0.15), lambda answer: ""))
        await asyncio.sleep(0.1)
        late = asyncio.create_task(watch.taking("late", asked(0.01), lambda answer: ""))
        assert [sample.step for sample in await measuring] == ["slow"]
        assert watch.lateness
        await asyncio.gather(slow, late)

    run(measuring())


def test_a_rate_is_counted_and_an_error_is_no_page() -> None:
    async def visit() -> None:
        async with serving(lambda line, headers, body: page("x")) as (port, asked):
            browser = Browser(port)
            rate = await rate_of([browser], "/", 0.2)
            assert round(rate * 0.2) == len(asked) > 1
            browser.leave()
        async with serving(lambda line, headers, body: page("", status="500 Oh")) as (port, _asked):
            browser = Browser(port)
            with pytest.raises(NotThere):
                await rate_of([browser], "/", 0.2)
            browser.leave()

    run(visit())
