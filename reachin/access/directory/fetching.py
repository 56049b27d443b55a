"""Brings what is to be read: a file, a folder or a web address, as texts. Nothing else may be reached than what was named.

Only http and https; no address within a private network (unless that is allowed), also not after being sent on; bounded in size, time and
number of pages. The name is looked up once and that very address is connected to, so that a second answer cannot lead elsewhere.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from .reading import texts
from .reading.charmcare import is_charmcare
from .reading.json_items import JsonItems
from .reading.open_referral import DETAILS
from .reading.shapes import Document, Problem

REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNTOUCHED = "/%:@!$'()*+,;~-._"
CHUNK = 64 * 1024


class CannotFetch(Exception):
    """It may not or cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be read: bytes of one answer or file, seconds of one answer, seconds and pages in all, times of being sent on."""

    bytes: int = 64 * 1024 * 1024
    seconds: float = 30
    seconds_in_all: float = 30 * 60
    pages: int = 20_000
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Reads web addresses within its limits."""

    limits: Limits = field(default_factory=Limits)
    allow_private: bool = False

    def text(self, url: str) -> str:
        """The text at an address. Raises CannotFetch."""
        for _ in range(self.limits.redirects + 1):
            answer = self._ask(url)
            if isinstance(answer, bytes):
                return answer.decode("utf-8-sig", "replace")
            url = urljoin(url, answer)
        raise CannotFetch(f"it was sent on more than {self.limits.redirects} times")

    def _ask(self, url: str) -> bytes | str:
        """The body, or where it sends us on."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise CannotFetch(f"{url[:200]!r} is not a web address (http or https)")
        try:
            connection = self._connection(parts.scheme, parts.hostname, parts.port)
            path = urlunsplit(("", "", quote(parts.path or "/", safe=UNTOUCHED), quote(parts.query, safe=UNTOUCHED + "=&?"), ""))
            host = parts.netloc.rpartition("@")[2]
            try:
                connection.request("GET", path, headers={"Host": host, "Accept": "application/json", "User-Agent": "reach-in"})
                return self._answer(connection.getresponse())
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CannotFetch(f"{parts.hostname}: {str(error) or type(error).__name__}") from error

    def _answer(self, answer: http.client.HTTPResponse) -> bytes | str:
        sent_on = answer.getheader("Location")
        if answer.status in REDIRECTS and sent_on:
            return sent_on
        if answer.status != http.client.OK:
            raise CannotFetch(f"it answered {answer.status} {answer.reason}")
        body, until = bytearray(), monotonic() + self.limits.seconds
        while chunk := answer.read1(CHUNK):
            body += chunk
            if len(body) > self.limits.bytes:
                raise CannotFetch(f"it is larger than {self.limits.bytes:,} bytes")
            if monotonic() > until:
                raise CannotFetch(f"it took longer than {self.limits.seconds:g} seconds")
        return bytes(body)

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        port = port or (443 if scheme == "https" else 80)
        reached = socket.create_connection((self._address(host, port), port), timeout=self.limits.seconds)
        if scheme == "https":
            reached = ssl.create_default_context().wrap_socket(reached, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=self.limits.seconds)
        connection.sock = reached
        return connection

    def _address(self, host: str, port: int) -> str:
        """The address that the name stands for; none of its addresses may be private. Raises CannotFetch."""
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        private = [address for address in found if not ipaddress.ip_address(address.partition("%")[0]).is_global]
        if private and not self.allow_private:
            raise CannotFetch(f"{host} is within a private network ({private[0]})")
        return found[0]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was brought: JSON texts one after another (or problems in bringing them), or the files of a folder of tables."""

    documents: Iterator[Document | Problem] = field(default_factory=lambda: iter(()))
    tables: Mapping[str, str] = field(default_factory=dict)


def bring(place: str, *, fetcher: Fetcher) -> Bundle:
    """What lies at a path or web address. Raises CannotFetch when there is nothing to read."""
    if "://" in place:
        return Bundle(documents=_pages(place, fetcher))
    path = Path(place)
    try:
        if path.is_file():
            return Bundle(documents=iter([Document(path.name, _file(path, fetcher.limits))]))
        names = sorted(found.name for found in path.iterdir() if found.suffix in {".csv", ".json"})
    except (OSError, ValueError) as error:
        raise CannotFetch(f"{place}: {getattr(error, 'strerror', None) or error}") from error
    if is_charmcare(frozenset(names)):
        return Bundle(tables={name: _file(path / name, fetcher.limits) for name in names})
    if not any(name.endswith(".json") for name in names):
        raise CannotFetch(f"{place}: a folder without services (neither *.json nor services.csv with its tables)")
    return Bundle(documents=(Document(name, _file(path / name, fetcher.limits)) for name in names if name.endswith(".json")))


def _file(path: Path, limits: Limits) -> str:
    try:
        if path.stat().st_size > limits.bytes:
            raise CannotFetch(f"{path.name} is larger than {limits.bytes:,} bytes")
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise CannotFetch(f"{path.name}: {error.strerror or error}") from error


def _pages(url: str, fetcher: Fetcher) -> Iterator[Document | Problem]:
    """Every page of a list, and each service's own page where the list has only summaries."""
    until = monotonic() + fetcher.limits.seconds_in_all
    address, to_come = url, iter([""])
    while True:
        try:
            page = Page.of(address, fetcher.text(address))
        except CannotFetch as error:
            yield Problem(address, 0, str(error), is_break=True)
            return
        yield from _details(url, page, fetcher) if page.is_of_summaries() else [Document(address, page.text)]
        if address == url:
            to_come = page.others(fetcher.limits.pages)
        address = next(to_come, "")
        if not address:
            return
        if monotonic() > until:
            yield Problem(address, 0, f"it took longer than {fetcher.limits.seconds_in_all:g} seconds in all", is_break=True)
            return


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a feed: its text, its entries, and what stands around them."""

    address: str
    text: str
    items: JsonItems
    entries: list[object]

    @classmethod
    def of(cls, address: str, text: str) -> Self:
        items = JsonItems(text)
        return cls(address, text, items, [item for _, item in items])

    def is_of_summaries(self) -> bool:
        """Whether it is a list whose entries lack every part that only a service's own page has."""
        known = [texts.mapping(entry) for entry in self.entries]
        return self.items.is_list and self.items.broken is None and bool(known) and all(DETAILS.isdisjoint(entry) for entry in known)

    def others(self, most: int) -> Iterator[str]:
        """The addresses of the list's further pages. Some feeds count pages from 0."""
        told = self.items.around
        total = texts.count(told.get("total_pages")) or texts.count(told.get("totalPages")) or 1
        first = texts.count(told.get("page_number", told.get("number", 1)))
        for number in range(1, min(total, most)):
            yield _with_page(self.address, number + (1 if first is None else first))


def _details(url: str, page: Page, fetcher: Fetcher) -> Iterator[Document | Problem]:
    parts = urlsplit(url)
    for entry in page.entries:
        key = texts.key(texts.mapping(entry).get("id"))
        if not key:
            yield Document(page.address, json.dumps(entry))
            continue
        address = urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{quote(key, safe='')}", "", ""))
        try:
            yield Document(address, fetcher.text(address))
        except CannotFetch as error:
            yield Problem(address, 0, f"only its summary could be read: {error}", is_refused=False)
            yield Document(address, json.dumps(entry))


def _with_page(url: str, number: int) -> str:
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "page"]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*asked, ("page", number)]), ""))
