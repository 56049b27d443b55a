"""What these tests say often: a page as text, addresses, and the same post many times at once."""

import re
import threading
from collections.abc import Mapping
from html import unescape
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

WRONG, CHANGED, NOT_FOUND = 422, 409, 404


def words(page: Any) -> str:
    """What a reader sees of a page, in one line."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def hidden(page: Any, name: str) -> str:
    """The value of a hidden input."""
    tag = next(tag for tag in re.findall(r"<input[^>]+>", page.content.decode()) if f'name="{name}"' in tag)
    found = re.search(r'value="([^"]*)"', tag)
    assert found is not None
    return found[1]


def asked(page: Any) -> set[str]:
    """The names of every input on a page, without the safety token and the search of the frame."""
    names = set(re.findall(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"', page.content.decode()))
    return names - {"csrfmiddlewaretoken"}


def go(client: Client, name: str, *args: object, **query: str) -> Any:
    return client.get(reverse(f"practitioner:{name}", args=args), query)


def post(client: Client, name: str, *args: object, data: Mapping[str, Any] | None = None) -> Any:
    return client.post(reverse(f"practitioner:{name}", args=args), dict(data or {}))


def location(answer: Any) -> str:
    assert answer.status_code == 302, answer.status_code
    return str(answer.headers["Location"])


def at_once(clients: list[Client], address: str, data: Mapping[str, Any]) -> list[int]:
    """The statuses of the same form posted by all these browsers at the same moment."""
    statuses: list[int] = []

    def send(client: Client) -> None:
        try:
            statuses.append(client.post(address, dict(data)).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def queries_of(client: Client, name: str, *args: object) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert go(client, name, *args).status_code == 200
    return len(captured)
