"""A crowd of people at their browsers, standard library only: cookies, forms with their CSRF token, think time, and its own lateness.

One keep-alive connection a person, as a browser has. Traffic goes to 127.0.0.1 only. Whole crowds fit into a small part of one core.
"""

import asyncio
import html
import re
import time
import urllib.parse
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

HOST = "127.0.0.1"
LONGEST_WAIT_SECONDS = 30
MOST_REDIRECTS = 5
HEAD_BYTES = 65_536
LATENESS_EVERY_SECONDS = 0.02
BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError)
"""What a browser shows as "the page cannot be reached"."""

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_CONTROL = re.compile(r"<(input|button)\b([^>]*)>|<(textarea|select)\b([^>]*)>(.*?)</\3>", re.DOTALL)
_OPTION = re.compile(r"<option\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([a-z-]+)(?:="([^"]*)")?""")


class NotThere(LookupError):
    """A page has no such form."""


@dataclass(slots=True)
class Form:
    """A form as a browser reads it: where it goes, what it would send as it stands, and what its choices offer (by field name)."""

    action: str
    method: str
    fields: dict[str, list[str]]
    offers: dict[str, list[str]]

    def filled(self, **given: str | Sequence[str] | None) -> list[tuple[str, str]]:
        """What would be sent with these fields filled in; None leaves one out."""
        told = dict(self.fields)
        for name, value in given.items():
            told[name] = [] if value is None else [value] if isinstance(value, str) else list(value)
        return [(name, value) for name, values in told.items() for value in values]


def forms_in(page: str) -> list[Form]:
    """The forms of a page, in order. Buttons send nothing unless they are filled in by name."""
    return [_read_form(_attributes(found[1]), found[2]) for found in _FORM.finditer(page)]


def form_with(page: str, *names: str) -> Form:
    """The first posted form of a page's main part that has all these fields (a button's name counts). Raises NotThere."""
    for form in forms_in(page[max(0, page.find("<main")) :]):
        if form.method == "post" and all(name in form.fields or name in form.offers for name in names):
            return form
    raise NotThere(f"no form with {', '.join(names) or 'anything'}")


def _attributes(words: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(words)}


def _read_form(attributes: Mapping[str, str], inside: str) -> Form:
    form = Form(attributes.get("action", ""), attributes.get("method", "get").lower(), {}, {})
    for found in _CONTROL.finditer(inside):
        kind, words, content = found[1] or found[3], _attributes(found[2] or found[4] or ""), found[5] or ""
        if "name" in words and "disabled" not in words:
            _read_control(form, kind, words, content)
    return form


def _read_control(form: Form, kind: str, words: Mapping[str, str], content: str) -> None:
    name, value = words["name"], words.get("value", "")
    if kind == "textarea":
        form.fields.setdefault(name, []).append(html.unescape(content.removeprefix("\n")))
    elif kind == "select":
        options = [_attributes(option) for option in _OPTION.findall(content)]
        form.offers[name] = [option.get("value", "") for option in options]
        chosen = [option.get("value", "") for option in options if "selected" in option] or form.offers[name][:1]
        form.fields.setdefault(name, []).extend(chosen)
    elif kind == "button" or words.get("type") in ("radio", "checkbox", "submit"):
        form.offers.setdefault(name, []).append(value or "on")
        if "checked" in words:
            form.fields.setdefault(name, []).append(value or "on")
    else:
        form.fields.setdefault(name, []).append(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered: the status, the headers in lower case, the page as it came."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def page(self) -> str:
        """The page as text."""
        return self.raw.decode("utf-8", "replace")

    @property
    def leads_to(self) -> str:
        """Where a redirect goes; empty for a page."""
        return self.headers.get("location", "")


class Browser:
    """One person's browser. It repeats a GET over a new connection when an idle one was closed, and a POST never by itself."""

    def __init__(self, port: int, *, behind_tls: bool = False) -> None:
        """`behind_tls`: as a browser whose TLS ends at a proxy before the product."""
        self.port = port
        self.cookies: dict[str, str] = {}
        self.page_address = "/"
        self._origin = f"{'https' if behind_tls else 'http'}://{HOST}:{port}"
        self._fixed = f"Host: {HOST}:{port}\r\n" + ("X-Forwarded-Proto: https\r\n" if behind_tls else "")
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, address: str) -> Answer:
        """Fetches a page; a redirect is not followed. Raises one of BROKEN."""
        return await self._ask("GET", address, None)

    async def post(self, address: str, fields: Iterable[tuple[str, str]]) -> Answer:
        """Sends a form; the redirect is not followed. Raises one of BROKEN, and then nobody knows whether it arrived."""
        return await self._ask("POST", address or self.page_address, urllib.parse.urlencode(list(fields)).encode())

    def leave(self) -> None:
        """Closes the connection; cookies stay."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, method: str, address: str, body: bytes | None) -> Answer:
        was_open = self._streams is not None
        try:
            status, headers, raw = await asyncio.wait_for(self._exchange(method, address, body), LONGEST_WAIT_SECONDS)
        except BROKEN as trouble:
            self.leave()
            if method == "GET" and was_open and not isinstance(trouble, TimeoutError):
                return await self._ask(method, address, body)
            raise
        except asyncio.CancelledError:
            self.leave()
            raise
        if method == "GET":
            self.page_address = address
        return Answer(status, headers, raw)

    async def _exchange(self, method: str, address: str, body: bytes | None) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.port, limit=HEAD_BYTES)
        reader, writer = self._streams
        writer.write(self._head(method, address, body) + (body or b""))
        status, headers = self._read_head((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        raw = await _read_body(reader, headers)
        if headers.get("connection", "").lower() == "close":
            self.leave()
        return status, headers, raw

    def _head(self, method: str, address: str, body: bytes | None) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = f"{method} {address} HTTP/1.1\r\n{self._fixed}Accept: text/html\r\nAccept-Language: en-GB\r\n"
        if cookies:
            lines += f"Cookie: {cookies}\r\n"
        if body is not None:
            lines += f"Origin: {self._origin}\r\nReferer: {self._origin}{self.page_address}\r\n"
            lines += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return (lines + "\r\n").encode()

    def _read_head(self, head: str) -> tuple[int, dict[str, str]]:
        first, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._keep_cookie(value.strip())
            elif name:
                headers[name.lower()] = value.strip()
        return int(first.split()[1]), headers

    def _keep_cookie(self, told: str) -> None:
        """Takes a cookie, or drops it when the server takes it back."""
        first, *attributes = [part.strip() for part in told.split(";")]
        name, _, value = first.partition("=")
        if any(attribute.lower() == "max-age=0" for attribute in attributes):
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(int(headers.get("content-length", 0)))
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


# Measuring


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: which step, how long it took (ms), and what was wrong with it (empty: nothing)."""

    step: str
    ms: float
    wrong: str = ""


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of the values do not exceed; 0 when there are none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)]


def figures(samples: Sequence[Sample], seconds: float) -> dict[str, Any]:
    """Requests, p50, p95, p99 (ms, over requests that went well), the share that failed, what was wrong, and the same by step."""
    well = [sample.ms for sample in samples if not sample.wrong]
    wrong = [f"{sample.step}: {sample.wrong}" for sample in samples if sample.wrong]
    by_step = groupby(sorted(samples, key=lambda sample: sample.step), key=lambda sample: sample.step)
    return {
        "requests": len(samples),
        "requests_per_second": round(len(samples) / seconds, 1) if seconds else 0.0,
        **_percentiles(well),
        "failed_share": round(len(wrong) / len(samples), 5) if samples else 1.0,
        "wrong": {what: wrong.count(what) for what in sorted(set(wrong))},
        "steps": {step: _of_step(list(found)) for step, found in by_step},
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{share}_ms": round(percentile(values, share / 100), 1) for share in (50, 95, 99)}


def _of_step(samples: Sequence[Sample]) -> dict[str, float]:
    return {"requests": len(samples), **_percentiles([sample.ms for sample in samples if not sample.wrong])}


@dataclass(slots=True)
class Watch:
    """Takes samples while a measurement runs, and counts what is on its way."""

    samples: list[Sample] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)
    """How late (ms) the crowd itself was; when that is much, its figures say more about it than about the product."""
    is_on: bool = False
    on_their_way: int = 0

    async def measure(self, seconds: float) -> list[Sample]:
        """The samples of every request that begins within the coming seconds, once the last of them is answered."""
        self.samples, self.lateness, self.is_on = [], [], True
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            asleep = min(LATENESS_EVERY_SECONDS, left)
            due = time.perf_counter() + asleep
            await asyncio.sleep(asleep)
            self.lateness.append((time.perf_counter() - due) * 1000)
        self.is_on = False
        last = time.perf_counter() + LONGEST_WAIT_SECONDS
        while self.on_their_way and time.perf_counter() < last:
            await asyncio.sleep(LATENESS_EVERY_SECONDS)
        return self.samples

    async def taking(self, step: str, asking: Coroutine[Any, Any, Answer], wanted: Callable[[Answer], str]) -> Answer:
        """Awaits one request and notes how it went; `wanted` says what is wrong with the answer. Raises one of BROKEN."""
        counts, began = self.is_on, time.perf_counter()
        self.on_their_way += counts
        wrong = "cancelled"
        try:
            answer = await asking
            wrong = wanted(answer)
            return answer
        except BROKEN as trouble:
            wrong = type(trouble).__name__
            raise
        finally:
            if counts:
                self.on_their_way -= 1
                if wrong != "cancelled":
                    self.samples.append(Sample(step, (time.perf_counter() - began) * 1000, wrong))


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Sends people home: cancels their tasks and waits until they have ended."""
    going = list(tasks)
    for task in going:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*going, return_exceptions=True)


async def rate_of(browsers: Sequence[Browser], address: str, seconds: float) -> float:
    """How many times a second a page can be had when each of these browsers asks for it again at once. Raises NotThere."""
    deadline = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_ask_until(browser, address, deadline) for browser in browsers))
    return sum(counts) / seconds


async def _ask_until(browser: Browser, address: str, deadline: float) -> int:
    count = 0
    while time.perf_counter() < deadline:
        answer = await browser.get(address)
        if answer.status != 200:
            raise NotThere(f"{address} answers {answer.status}")
        count += 1
    return count
