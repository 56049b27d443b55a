"""The gallery over HTTP, with the design system's files and the strict content security policy: for a browser to look at."""

import mimetypes
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation

from reachin.groundwork.page_parts.pages import lead_away

from . import gallery_pages

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Says nothing."""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        if not isinstance(found, str):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [f"no static file {path}".encode()]
        start_response("200 OK", [("Content-Type", mimetypes.guess_type(path)[0] or "application/octet-stream")])
        return [Path(found).read_bytes()]
    if path == "/hide":
        hidden.append(environ["REQUEST_METHOD"])
        response = lead_away(WSGIRequest(environ))
        start_response("200 OK", [*response.items(), ("Content-Security-Policy", POLICY)])
        return [response.content]
    if path == "/weather":
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<!DOCTYPE html><html lang=en><title>Weather</title><h1>Sunny spells</h1>"]
    query = parse_qs(environ["QUERY_STRING"])
    with translation.override(query.get("in", ["en-gb"])[0]):
        page = gallery_pages.show(f"{path.strip('/')}.html", query.get("state", ["empty"])[0], WSGIRequest(environ))
    start_response(
        "200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY), ("Cache-Control", "no-store")]
    )
    return [page.encode()]


hidden: list[str] = []


@contextmanager
def serving() -> Iterator[str]:
    """Serves the gallery on a free port of this machine; yields its address."""
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
