"""ASVS chapters 4 and 5: messages of HTTP, and files."""

import socket

import pytest
from django import forms
from django.apps import apps
from django.db import models

from tests.security import sources
from tests.security.test_v01_encoding import _forms
from tests.security.visiting import Answered, Browser
from workshop.crowd import HOST
from workshop.served import Served


def said(port: int, message: bytes) -> bytes:
    """What the server says to a message as it stands; everything until it closes or is silent."""
    with socket.create_connection((HOST, port), timeout=3) as line:
        line.sendall(message)
        heard = b""
        try:
            while chunk := line.recv(65_536):
                heard += chunk
        except TimeoutError:
            pass
    return heard


def test_v4_1_1_every_answer_says_what_it_is_and_in_which_letters(answers: list[Answered]) -> None:
    for one in answers:
        if one.answer.body:
            assert one.answer.get("content-type") == "text/html; charset=utf-8", one.name
            one.answer.body.decode("utf-8")


def test_v4_1_2_plain_http_is_sent_on_for_pages_and_a_posted_form_is_not_taken(production: Served, db: None) -> None:
    plain = Browser(production.port)
    led = plain.ask("GET", "/", headers={"X-Forwarded-Proto": "http"})
    assert (led.status, led.get("location")) == (301, f"https://{HOST}/")
    posted = plain.ask("POST", "/work/sign-in/", body=b"email=x", headers={"X-Forwarded-Proto": "http"})
    assert posted.status == 301


def test_v4_1_3_what_a_proxy_says_of_the_host_is_not_believed_of_others(visitor: Browser) -> None:
    assert visitor.get("/", Host="elsewhere.example").status == 400
    assert "elsewhere.example" not in visitor.get("/", X_Forwarded_Host="elsewhere.example").text
    assert visitor.get("/work/", X_Forwarded_Host="elsewhere.example").get("location").startswith("/work/")
    assert visitor.get("/work/", Remote_User="somebody", X_User_ID="1").status == 302


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "INVENTED"])
def test_v4_1_4_only_methods_that_pages_know_are_taken(visitor: Browser, method: str) -> None:
    for path in ("/", "/work/sign-in/", "/services/", "/ask/"):
        assert visitor.ask(method, path).status in (400, 403, 405, 501), path


def test_v4_2_1_a_message_has_one_end(production: Served) -> None:
    hidden = b"GET /hidden/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
    both = said(production.port, head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden)
    two = said(production.port, head + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n12345" + hidden)
    assert both.count(b"HTTP/1.1 ") <= 1, "what followed was not taken for a second message"
    assert two.count(b"HTTP/1.1 ") <= 1
    assert two == b"" or two.startswith(b"HTTP/1.1 400")


def test_v5_2_1_a_body_that_is_too_large_is_refused_before_it_is_read(production: Served, db: None) -> None:
    head = b"POST /ask/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 90000000000\r\n\r\na=b"
    assert said(production.port, head + form).startswith(b"HTTP/1.1 413")


def test_v5_2_2_no_page_and_no_record_takes_a_file() -> None:
    fields = [
        f"{form.__qualname__}.{name}" for form in _forms() for name, field in form.base_fields.items() if isinstance(field, forms.FileField)
    ]
    assert fields == [], "whatever takes files must look at what they are: see chapter 5"
    assert sources.callers_of("request.FILES.get", "request.FILES.getlist") == []
    assert not [field for model in apps.get_models() for field in model._meta.fields if isinstance(field, models.FileField)]


def test_v5_2_2_a_file_that_is_sent_all_the_same_is_not_kept(visitor: Browser) -> None:
    named = b'--b\r\nContent-Disposition: form-data; name="story"; filename="../../x.php"\r\n'
    body = named + b"Content-Type: text/plain\r\n\r\nsecret\r\n--b--\r\n"
    answer = visitor.ask("POST", "/ask/", body=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status == 400, "it is refused at the door"


@pytest.mark.parametrize(
    "path", ["/media/x.php", "/uploads/", "/static/../settings/__init__.py", "/static/%2e%2e/manage.py", "/static/..%2f..%2fkeys.json"]
)
def test_v5_3_1_and_v5_3_2_no_path_leads_out_of_the_static_files(visitor: Browser, path: str) -> None:
    assert visitor.get(path).status in (400, 404)


@pytest.mark.asvs("5.3.2")
def test_the_product_opens_no_file_whose_name_a_page_was_given() -> None:
    opened = sources.callers_of("open", "Path", ".read_text", ".read_bytes", ".write_text", ".write_bytes", "FileResponse", "os.remove")
    assert not [where for where in opened if where.startswith("interfaces/") and not where.startswith("interfaces/demonstration/")]
